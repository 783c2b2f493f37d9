package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/activity-sdk/activity/examples/internal/environment"
	"github.com/activity-sdk/activity/examples/report/internal/recorded"
	"github.com/activity-sdk/activity/examples/report/internal/tally"
)

// settings are the values of the command line.
type settings struct {
	env            environment.Variables
	quota          *quota // of OPSWAT
	only, folder   string
	since          time.Duration // 0 for the default of each report
	db             string        // the collector's file; "" to read the services
	tenant         string        // in the file; "" for all
	search         string        // the name of a file in Aspera
	space, project string        // in SnapLogic; "" for the project with the most changes
	person         string
	limit          float64 // of one user in Aspera, in Mbit/s; 0 for no limit
	most           int     // the most events on the page
	names          tally.Names

	file     *recorded.File // the open file of -db
	invented bool           // the file has invented records
}

// parse reads the command line.
func parse(args []string, problems io.Writer) (settings, error) {
	var project string
	s := settings{names: tally.Names{}}
	flags := flag.NewFlagSet("report", flag.ContinueOnError)
	flags.SetOutput(problems)
	flags.StringVar(&s.only, "only", "", "the `vendors` to report on, separated by commas: "+strings.Join(vendorNames(), ",")+"; default all")
	flags.StringVar(&s.folder, "out", "report", "the `folder` for charts and the page, which are saved in its subfolder real or fake")
	flags.DurationVar(&s.since, "since", 0, "how far back to read, such as 168h; each report has its own default")
	flags.StringVar(&s.db, "db", "", "a `file` of the collector to read instead of the services")
	flags.StringVar(&s.tenant, "tenant", "", "the `tenant` to read from the -db file; default all")
	flags.StringVar(&s.search, "file", "", "the `name` of the file whose users to list (Aspera)")
	flags.StringVar(&project, "project", "", "the `space/project` whose changes to list (SnapLogic); default the one with the most changes")
	flags.StringVar(&s.person, "person", "", "the `name` of the person whose day to show; default the most active person")
	flags.Float64Var(&s.limit, "limit", 0, "the limit of one user in `Mbit/s` (Aspera); the report lists who exceeded it; default no limit")
	flags.IntVar(&s.most, "events", 50_000, "the most `events` on the page, which has the newest")
	flags.Func("same", "another name of a `person`, such as 'sdelements 7=ada@example.com'; may be repeated", func(value string) error {
		name, person, both := strings.Cut(value, "=")
		if !both || name == "" || person == "" {
			return errors.New("want name=person")
		}
		s.names[name] = person
		return nil
	})
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	switch {
	case flags.NArg() > 0:
		return s, fmt.Errorf("%q is not a flag; this program takes only flags", flags.Arg(0))
	case s.since < 0:
		return s, errors.New("-since is negative; want a positive duration")
	case !(s.limit >= 0) || math.IsInf(s.limit, 1):
		return s, errors.New("-limit is not a rate; want the Mbit/s that one user may use")
	case s.most < 1:
		return s, errors.New("-events is less than 1")
	}
	if project != "" {
		var both bool
		if s.space, s.project, both = strings.Cut(project, "/"); !both || s.space == "" || s.project == "" {
			return s, errors.New("-project names no project space; want space/project, such as projects/Ledger")
		}
	}
	return s, nil
}
