// Quickstart walks all four activity APIs through the public packages and shows what it found.
// Without configuration it runs against the four fakes inside this process; with a vendor's
// environment variables set it asks the real service of that vendor instead.
//
//	go run ./examples/quickstart          a table per vendor
//	go run ./examples/quickstart -json    one line per record, each record once, for piping
//
// The variables are listed at the end of its output and in the README.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr, watched(os.Stderr), os.Getenv); err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}

// quickstart is one run of the program.
type quickstart struct {
	out    io.Writer
	getenv func(string) string
	json   bool
	rows   int           // of each table
	limit  int           // records per walk of a real service
	since  time.Duration // how far back a real service is read

	progress io.Writer // a terminal, or nil
}

func run(ctx context.Context, args []string, out, problems, terminal io.Writer, getenv func(string) string) error {
	q := &quickstart{out: out, progress: terminal, getenv: getenv}
	flags := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	flags.SetOutput(problems)
	flags.BoolVar(&q.json, "json", false, "print one JSON line per record as the service sent it, with invisible characters escaped")
	flags.IntVar(&q.rows, "rows", 5, "how many rows each table shows")
	flags.IntVar(&q.limit, "max", 1000, "how many records to read of a real service at most, per list; 0 reads all")
	flags.DurationVar(&q.since, "since", 24*time.Hour, "how far back to read a real service")
	if err := flags.Parse(args); err != nil {
		return err
	}
	for _, vendor := range []func(context.Context) error{q.aspera, q.snaplogic, q.opswat, q.sdelements} {
		if err := vendor(ctx); err != nil {
			return err
		}
	}
	if !q.json {
		fmt.Fprint(out, howToGoReal)
	}
	return nil
}

const howToGoReal = `
To read your own tenant, set a vendor's variables and run this again:

  Aspera on Cloud             ASPERA_ORGANIZATION (subdomain), ASPERA_CLIENT_ID, ASPERA_CLIENT_SECRET (if there is one),
                              ASPERA_USER (e-mail), ASPERA_PRIVATE_KEY_FILE (PEM)
  SnapLogic                   SNAPLOGIC_ORGANIZATION, SNAPLOGIC_USER, SNAPLOGIC_PASSWORD
  OPSWAT Central Management   OPSWAT_CLIENT_KEY, OPSWAT_CLIENT_SECRET
  SD Elements                 SDELEMENTS_BASE_URL, SDELEMENTS_TOKEN

ASPERA_BASE_URL, SNAPLOGIC_BASE_URL and OPSWAT_BASE_URL replace the vendor's usual address. -since and -max bound what is read.
`

// config reads environment variables that only make sense together. None of the required ones set:
// false, use the fake.
func (q *quickstart) config(required ...string) (map[string]string, bool, error) {
	values := map[string]string{}
	for _, name := range required {
		if value := q.getenv(name); value != "" {
			values[name] = value
		}
	}
	if len(values) == 0 {
		return nil, false, nil
	}
	for _, name := range required {
		if values[name] == "" {
			return nil, false, fmt.Errorf("%s is not set, though others that belong to it are", name)
		}
	}
	return values, true, nil
}
