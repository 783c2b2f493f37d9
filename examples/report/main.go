// Report answers questions about the activity at the four vendors: the four questions in Aspera's
// documentation, one or two about each other vendor, and two about all vendors together. It prints
// tables and saves charts as SVG and PNG. It also makes a page, report.html, to search the events
// of all vendors in a browser. The page is one of the reports of -only all.
//
//	cd examples/report
//	go run .                              all reports, from fakes, to ./report/fake
//	go run . -only aspera,opswat          the reports of two vendors
//	go run . -since 720h -out /tmp/may    the last 30 days, to another folder
//	go run . -db ../collector/activity.db from a file of the collector, to ./report/real
//	go run . -limit 300                   who used more than 300 Mbit/s, when and for how long
//
// Without configuration, the data comes from four fakes inside the program. It is invented, and
// every table, every chart and the page say so. If environment variables of the quickstart are set,
// the data comes from the services they configure, and no fake is used.
//
// OPSWAT allows 500 records a minute, and its records are read twice: for its own report and for
// those on all vendors. The program says when it has to wait. A shorter -since shortens that, and
// -db avoids it.
//
// With -db, the data comes from the SQLite file of a collector, which may be running. Data of the
// collector's demo is marked as invented, too. A period ends now, or with the newest record if the
// file has no record in that period. The file has events, but no permissions: it cannot answer who
// has access to a file in Aspera. It does not name workspaces either, so their report counts by
// server.
//
// The page has at most the newest 50,000 events. Such a page has about 35 MB and opens in two
// seconds. If there are more events, the page says so; -events and -since select others.
//
// SD Elements knows people by number. -same 'sdelements 7=ada@example.com' names the person with a
// number, so that her events at all vendors are shown together.
//
// The code of a report is in two files: one in internal/tally computes the figures from records,
// and one of the same name here makes tables and a chart from the figures.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/activity-sdk/activity/examples/report/internal/tally"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr, os.Getenv); err != nil {
		fmt.Fprintln(os.Stderr, "report:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out, problems io.Writer, getenv func(string) string) error {
	s, err := parse(args, problems)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	s.env, s.quota = getenv, newQuota(problems)
	chosen, err := choose(s.only)
	if err != nil {
		return err
	}
	if err := s.openFile(ctx); err != nil {
		return err
	}
	if s.file != nil {
		defer func() { _ = s.file.Close() }() // it was only read
	}
	folder, mark := "real", ""
	if s.fakes() || s.invented {
		folder, mark = "fake", invented
	}
	p, err := newPrinter(out, filepath.Join(s.folder, folder), mark)
	if err != nil {
		return err
	}
	defer p.close()
	return s.reports(ctx, p, chosen)
}

func vendorNames() []string {
	names := make([]string, len(vendors))
	for i, v := range vendors {
		names[i] = v.name
	}
	return names
}

func choose(only string) ([]vendor, error) {
	if only == "" {
		return vendors, nil
	}
	names := strings.Split(strings.ReplaceAll(only, " ", ""), ",")
	for _, name := range names {
		if !slices.Contains(vendorNames(), name) {
			return nil, fmt.Errorf("-only names %q; the vendors are %s", name, strings.Join(vendorNames(), ", "))
		}
	}
	return slices.DeleteFunc(slices.Clone(vendors), func(v vendor) bool { return !slices.Contains(names, v.name) }), nil
}

// report answers one question.
type report struct {
	name     string        // of its charts
	question string        // as a person would ask it
	span     time.Duration // the default period
	ask      func(context.Context, tally.Span) (answer, error)
}

// reports prints the reports of the vendors. If one fails, it continues with the next.
func (s settings) reports(ctx context.Context, p *printer, vendors []vendor) error {
	var failed []error
	asked := 0
	for _, v := range vendors {
		from, err := s.source(ctx, v)
		if noData, ok := errors.AsType[errNoData](err); ok {
			if err := p.noData(v.title, noData.reason); err != nil {
				return err
			}
			continue
		}
		asked++
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", v.title, err))
			continue
		}
		for _, r := range from.reports {
			since := r.span
			if s.since > 0 {
				since = s.since
			}
			if err := p.heading(v.title, r.question, from.where); err != nil {
				return err
			}
			a, err := r.ask(ctx, from.span(since))
			if from.note != "" {
				a.notes = append(a.notes, from.note)
			}
			switch {
			case ctx.Err() != nil:
				return errors.Join(append(failed, err)...)
			case err != nil:
				failed = append(failed, fmt.Errorf("%s: %s %w", v.title, r.question, err))
				err = p.notes("no answer: " + err.Error())
			default:
				err = p.answer(v.name+"-"+r.name, a)
			}
			if err != nil {
				return errors.Join(append(failed, err)...)
			}
		}
	}
	if asked == 0 {
		failed = append(failed, errors.New("nothing to report on: see above"))
	}
	return errors.Join(failed...)
}
