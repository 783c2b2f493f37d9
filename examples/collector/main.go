// Collector reads the activity of Aspera on Cloud, SnapLogic, OPSWAT Central Management and SD
// Elements into a store of your own, each record once, through restarts, crashes and outages.
//
//	go run .                          collects four fakes into activity.db, and ends
//	go run . -config collector.yaml   collects your tenants, and ends
//	go run . -config … -follow        and goes on until it is interrupted
//
// README.md has a whole configuration, the tables, the metrics, and what is guaranteed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second interrupt ends the program at once
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if !errors.Is(err, errReported) {
			fmt.Fprintln(os.Stderr, "collector:", err)
		}
		os.Exit(1)
	}
}

// errReported means that what went wrong was told already.
var errReported = errors.New("reported")

// run is the program without its process: records are counted on out, problems are logged to
// problems.
func run(ctx context.Context, args []string, out, problems io.Writer) error {
	s, err := settingsOf(args, out)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return nil
	case err != nil:
		return err
	}
	return s.collect(ctx, &shared{Writer: out}, problems)
}

// shared is written to by progress and telemetry at the same time.
type shared struct {
	mu sync.Mutex
	io.Writer
}

func (w *shared) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.Writer.Write(p)
}
