// Collector copies the activity records of Aspera on Cloud, SnapLogic, OPSWAT Central Management
// and SD Elements into a store of your own. Each record is stored once, through restarts, crashes
// and outages.
//
//	go run .                          collects four fakes into demo.db, and exits
//	go run . -config collector.yaml   collects your tenants, and exits
//	go run . -config … -follow        collects until it is interrupted
//
// README.md documents the configuration, the tables, the metrics and the guarantees.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	_ "time/tzdata" // for systems without a time zone database
)

func main() {
	signal.Ignore(syscall.SIGPIPE) // writing to a closed pipe returns an error instead
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second interrupt ends the program at once
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if !errors.Is(err, errReported) {
			fmt.Fprintln(os.Stderr, "collector:", err)
		}
		os.Exit(1)
	}
}

// errReported means that the failure was already printed or logged.
var errReported = errors.New("reported")

// run is main without the process. It logs to problems.
func run(ctx context.Context, args []string, out, problems io.Writer) error {
	s, err := settingsOf(args, out)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return nil
	case err == nil:
		err = s.do(ctx, out, problems)
	case slices.ContainsFunc(args, setsLogJSON):
		s.json = true // also if another argument was invalid, and this one was not parsed
	}
	if err != nil && s.json && !errors.Is(err, errReported) {
		s.logger(problems).Error("the collector failed", "error", err)
		return errReported
	}
	return err
}

// setsLogJSON reports whether an argument sets -log-json, in any of the forms that package flag
// accepts.
func setsLogJSON(arg string) bool {
	name, value, hasValue := strings.Cut(arg, "=")
	isTrue, err := strconv.ParseBool(value)
	return (name == "-log-json" || name == "--log-json") && (!hasValue || err == nil && isTrue)
}

func (s *settings) do(ctx context.Context, out, problems io.Writer) error {
	switch {
	case s.check:
		return s.checkAll(ctx, out, problems)
	case s.command == "feeds":
		return s.listFeeds(ctx, out)
	case s.command == "replay":
		return s.replay(ctx, out, problems)
	case s.command == "version":
		fmt.Fprintln(out, version())
		return nil
	}
	return s.collect(ctx, out, problems)
}

// version returns the module's version, with the revision if the program was built from a
// repository.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	version := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && version == "(devel)" {
			version += " " + s.Value[:min(12, len(s.Value))]
		}
	}
	return version
}
