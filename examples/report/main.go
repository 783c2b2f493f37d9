// Report answers questions that people ask of the four activity APIs: the four that Aspera's
// documentation names, one or two of each other vendor, and two of all together. It prints tables
// and saves pictures as SVG and PNG. Without configuration it asks the four fakes inside this
// process; with a vendor's environment variables set, which are those of the quickstart, it asks
// the real service of that vendor instead.
//
//	cd examples/report
//	go run .                              every report, with pictures in ./report
//	go run . -only aspera,opswat          those of some vendors
//	go run . -since 720h -out /tmp/may    another time, another folder
//
// Each report is two files: internal/tally has what turns records into figures, and the file of the
// same subject here what turns the figures into tables and a chart.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
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
	s := settings{env: environment(getenv)}
	var only, folder string
	flags := flag.NewFlagSet("report", flag.ContinueOnError)
	flags.SetOutput(problems)
	flags.StringVar(&only, "only", "", "the `vendors` whose reports are wanted: some of "+strings.Join(vendorNames(), ",")+"; default all")
	flags.StringVar(&folder, "out", "report", "the `folder` for the pictures, made if it is not there")
	flags.DurationVar(&s.since, "since", 0, "how far back to read, such as 168h; default what suits each report, which it names")
	flags.StringVar(&s.file, "file", "", "the `name` to search the accesses to files for (Aspera)")
	flags.StringVar(&s.project, "project", "", "the `space/project` whose changes are wanted (SnapLogic); default the one that was changed most")
	flags.StringVar(&s.person, "person", "", "the `name` of who is asked after in all vendors' events; default whoever did most")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("%q is not a flag; this program takes nothing else", flags.Arg(0))
	}
	if s.since < 0 {
		return errors.New("-since is negative; it reaches back")
	}
	chosen, err := choose(only)
	if err != nil {
		return err
	}
	p, err := newPrinter(out, folder)
	if err != nil {
		return err
	}
	defer p.close()
	return s.reports(ctx, p, chosen)
}

// settings are what the user asked for.
type settings struct {
	env     environment
	since   time.Duration // 0: what suits the report
	file    string
	project string
	person  string
}

// vendor is a service with reports.
type vendor struct {
	name    string // as -only has it
	title   string
	connect func(settings) (source, error)
}

var vendors = []vendor{
	{"aspera", "Aspera on Cloud", connectAspera},
	{"snaplogic", "SnapLogic", connectSnapLogic},
	{"opswat", "OPSWAT Central Management", connectOPSWAT},
	{"sdelements", "SD Elements", connectSDElements},
	{"all", "All vendors", connectEverywhere},
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

// source is a vendor's service, or its fake, with the questions to ask it.
type source struct {
	where   string
	now     time.Time // the end of what is read; on a fake, that of its rows
	reports []report
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
	for _, v := range chosen {
		from, err := v.connect(s)
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", v.title, err))
			continue
		}
		for _, r := range from.reports {
			since := r.span
			if s.since > 0 {
				since = s.since
			}
			span := tally.Span{From: from.now.Add(-since), Until: from.now}
			if err := p.heading(v.title, r.question, from.where); err != nil {
				return err
			}
			a, err := r.ask(ctx, span)
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
	return errors.Join(failed...)
}
