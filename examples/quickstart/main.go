// Quickstart reads the audit logs of all four services and prints a table of each. It needs no
// configuration: without any, it reads fakes that run inside the program. If the environment
// variables of a vendor are set, it reads that vendor's real service instead.
//
//	go run ./examples/quickstart          a table per vendor
//	go run ./examples/quickstart -json    one line of JSON per record, to pipe into other programs
//
// The variables are listed at the end of the output and in the README. The file of each vendor
// shows how to make its client and how to read its list.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/activity-sdk/activity/examples/internal/environment"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr, terminal(os.Stderr), os.Getenv); err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}

// quickstart is one run of the program.
type quickstart struct {
	out      io.Writer
	progress io.Writer // a terminal, or nil
	env      environment.Variables
	json     bool
	rows     int           // in each table
	limit    int           // of records per list of a real service; 0 for no limit
	since    time.Duration // how far back to read a real service
}

func run(ctx context.Context, args []string, out, stderr, progress io.Writer, getenv func(string) string) error {
	q := &quickstart{out: out, progress: progress, env: getenv}
	flags := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.BoolVar(&q.json, "json", false, "print one line of JSON per record, with invisible characters escaped")
	flags.IntVar(&q.rows, "rows", 5, "the number of `rows` in each table")
	flags.IntVar(&q.limit, "max", 1000, "the most `records` to read from each list of a real service; 0 reads all")
	flags.DurationVar(&q.since, "since", 24*time.Hour, "how far back to read a real service")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil {
		return err
	}
	switch {
	case flags.NArg() > 0:
		return fmt.Errorf("%q is not a flag: see -h", flags.Arg(0))
	case q.rows < 0:
		return errors.New("-rows is negative: want a number of rows, such as 5")
	case q.limit < 0:
		return errors.New("-max is negative: want a number of records, or 0 for all")
	case q.since <= 0:
		return errors.New("-since is not above 0: want a duration, such as 24h")
	}
	for _, vendor := range []func(context.Context) error{q.aspera, q.snaplogic, q.opswat, q.sdelements} {
		if err := vendor(ctx); err != nil {
			return err
		}
	}
	if !q.json {
		fmt.Fprint(out, variablesHelp)
	}
	return nil
}

const variablesHelp = `
To read your own account, set the variables of a vendor and run this program again:

  Aspera on Cloud             ASPERA_ORGANIZATION (subdomain), ASPERA_CLIENT_ID, ASPERA_CLIENT_SECRET (if there is one),
                              ASPERA_USER (e-mail), ASPERA_PRIVATE_KEY_FILE (PEM)
  SnapLogic                   SNAPLOGIC_ORGANIZATION, SNAPLOGIC_USER, SNAPLOGIC_PASSWORD
  OPSWAT Central Management   OPSWAT_CLIENT_KEY, OPSWAT_CLIENT_SECRET
  SD Elements                 SDELEMENTS_BASE_URL, SDELEMENTS_TOKEN

ASPERA_BASE_URL, SNAPLOGIC_BASE_URL and OPSWAT_BASE_URL replace the usual address of a vendor.
-since and -max limit what is read of a real service.
`
