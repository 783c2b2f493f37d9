package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/activity-sdk/activity/examples/report/internal/recorded"
	"github.com/activity-sdk/activity/examples/report/internal/tally"
)

// settings are what the user asked for.
type settings struct {
	env            environment
	only, folder   string
	since          time.Duration // 0: what suits the report
	db             string        // the collector's file; "": ask the services
	tenant         string        // of the file; "": all
	search         string        // the name of a file in Aspera
	space, project string        // in SnapLogic; "": whichever was changed most
	person         string
	limit          float64 // of one user in Aspera, in Mbit/s; 0: none
	most           int     // events in the page
	names          tally.Names

	file     *recorded.File // what -db names, once it is open
	invented bool           // what it has is
}

// parse reads the command line.
func parse(args []string, problems io.Writer) (settings, error) {
	var project string
	s := settings{names: tally.Names{}}
	flags := flag.NewFlagSet("report", flag.ContinueOnError)
	flags.SetOutput(problems)
	flags.StringVar(&s.only, "only", "", "the `vendors` whose reports are wanted: some of "+strings.Join(vendorNames(), ",")+"; default all")
	flags.StringVar(&s.folder, "out", "report", "the `folder` for pictures and the page, which go into real or fake below it")
	flags.DurationVar(&s.since, "since", 0, "how far back to read, such as 168h; default what suits each report, which it names")
	flags.StringVar(&s.db, "db", "", "the collector's `file`, to be read instead of the services")
	flags.StringVar(&s.tenant, "tenant", "", "the one `tenant` of the -db file that is wanted; default all")
	flags.StringVar(&s.search, "file", "", "the `name` to search the accesses to files for (Aspera)")
	flags.StringVar(&project, "project", "", "the `space/project` whose changes are wanted (SnapLogic); default the one that was changed most")
	flags.StringVar(&s.person, "person", "", "the `name` of who is asked after in all vendors' events; default whoever did most")
	flags.Float64Var(&s.limit, "limit", 0, "what one user may use, in `Mbit/s` (Aspera); who used more is named; default no limit")
	flags.IntVar(&s.most, "events", 50_000, "the most `events` in the page; the newest are taken")
	flags.Func("same", "another name of a `person`, as in 'sdelements 7=ada@example.com'; may be repeated", func(value string) error {
		name, person, both := strings.Cut(value, "=")
		if !both || name == "" || person == "" {
			return errors.New("it is name=person")
		}
		s.names[name] = person
		return nil
	})
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	switch {
	case flags.NArg() > 0:
		return s, fmt.Errorf("%q is not a flag; this program takes nothing else", flags.Arg(0))
	case s.since < 0:
		return s, errors.New("-since is negative; it reaches back")
	case !(s.limit >= 0):
		return s, errors.New("-limit is not a rate; it is the Mbit/s that one user may use")
	case s.most < 1:
		return s, errors.New("-events leaves the page without events; it is 1 or more")
	}
	if project != "" {
		var both bool
		if s.space, s.project, both = strings.Cut(project, "/"); !both || s.space == "" || s.project == "" {
			return s, errors.New("-project names no project space: it is space/project, as in projects/Ledger")
		}
	}
	return s, nil
}
