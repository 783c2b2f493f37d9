// Report answers questions that people ask of the four activity APIs: the four that Aspera's
// documentation names, one or two of each other vendor, and two of all together. It prints tables,
// saves pictures as SVG and PNG, and makes one page, report.html, in which the events of all
// vendors can be looked through. The page belongs to the reports of all, as in -only all.
//
// Without configuration it asks the four fakes inside this process. What is invented says so in
// every picture, above every table and on the page. With a vendor's environment variables set,
// which are those of the quickstart, it asks the real services that are configured, and no fake of
// the others. With -db it reads what the collector stored in its SQLite file, and asks no service.
// The file may be in use by a collector. What the collector's demo stored is called invented, too.
// A period then ends now, as it does with a service, or with the newest record where the file has
// nothing as new as the period.
//
//	cd examples/report
//	go run .                              every report on the fakes, in ./report/fake
//	go run . -only aspera,opswat          those of some vendors
//	go run . -since 720h -out /tmp/may    another time, another folder
//	go run . -db ../collector/activity.db what a collector stored, in ./report/real
//	go run . -limit 300                   who used more than 300 Mbit/s, when and how long
//
// A file cannot answer who has access to a file in Aspera, since it has events and no permissions.
// Nor does it say which workspace moved how much: the servers stand in for them.
//
// The page has the newest 50,000 events at most, which makes a file of about 35 MB that opens in
// two seconds. If there are more it says so, and -events and -since choose others.
//
// SD Elements knows people by numbers. -same 'sdelements 7=ada@example.com' says whose one is, so
// that her events of all vendors are in one line of time.
//
// Each report is two files: internal/tally has what turns records into figures, and the file of the
// same subject here what turns the figures into tables and a chart.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/activity-sdk/activity/examples/report/internal/tally"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr, os.Getenv); err != nil {
		fmt.Fprintln(os.Stderr, "report:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out, problems io.Writer, getenv func(string) string) error {
	s, err := parse(args, problems)
	if err != nil {
		return err
	}
	s.env = getenv
	chosen, err := choose(s.only)
	if err != nil {
		return err
	}
	if err := s.openFile(ctx); err != nil {
		return err
	}
	if s.file != nil {
		defer func() { _ = s.file.Close() }() // it was only read from
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
	names := strings.Split(only, ",")
	for _, name := range names {
		if !slices.Contains(vendorNames(), name) {
			return nil, fmt.Errorf("-only names %q; there are %s", name, strings.Join(vendorNames(), ", "))
		}
	}
	return slices.DeleteFunc(slices.Clone(vendors), func(v vendor) bool { return !slices.Contains(names, v.name) }), nil
}

// report is one question.
type report struct {
	name     string        // of its pictures
	question string        // as a person asks it
	span     time.Duration // that suits it
	ask      func(context.Context, tally.Span) (answer, error)
}

// reports asks all questions. One that fails keeps no other from being answered.
func (s settings) reports(ctx context.Context, p *printer, chosen []vendor) error {
	var failed []error
	asked := 0
	for _, v := range chosen {
		from, err := s.source(ctx, v)
		if nothing, is := errors.AsType[errNothing](err); is {
			if err := p.nothing(v.title, nothing.because); err != nil {
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
				err = p.notes("not answered: " + err.Error())
			default:
				err = p.answer(v.name+"-"+r.name, a)
			}
			if err != nil {
				return errors.Join(append(failed, err)...)
			}
		}
	}
	if asked == 0 {
		failed = append(failed, errors.New("there is nothing to report on: see above"))
	}
	return errors.Join(failed...)
}
