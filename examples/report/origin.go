package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/activity-sdk/activity/examples/report/internal/recorded"
	"github.com/activity-sdk/activity/examples/report/internal/tally"
)

// vendor is a service with reports. What is asked is one of three: the collector's file if there is
// one, else the service, else its fake. A run never asks fakes beside anything real, so that nobody
// takes what is invented for what happened.
type vendor struct {
	name      string // as -only has it
	title     string
	variables []string // those that configure the service
	service   func(settings) (source, error)
	fake      func(settings) source
	recorded  func(settings) source
	inFile    string // what the file calls the vendor; "": all that it has
}

var vendors = []vendor{
	{"aspera", "Aspera on Cloud", asperaVariables, asperaService, asperaFake, asperaRecorded, "aspera"},
	{"snaplogic", "SnapLogic", snapLogicVariables, snapLogicService, snapLogicFake, snapLogicRecorded, "snaplogic"},
	{"opswat", "OPSWAT Central Management", opswatVariables, opswatService, opswatFake, opswatRecorded, "opswat"},
	{"sdelements", "SD Elements", sdElementsVariables, sdElementsService, sdElementsFake, sdElementsRecorded, "sdelements"},
	{"all", "All vendors", slices.Concat(asperaVariables, snapLogicVariables, opswatVariables, sdElementsVariables),
		everywhereService, everywhereFake, everywhereRecorded, ""},
}

// source is where the answers come from.
type source struct {
	where   string
	now     time.Time // the end of what is read; on a fake, that of its rows
	newest  time.Time // of the records in a file; zero: this is none
	note    string    // about all answers; "": nothing
	reports []report
}

// errNothing is for a vendor of which there is nothing to ask.
type errNothing struct{ because string }

func (e errNothing) Error() string { return e.because }

// source returns what the vendor's reports are made from.
func (s settings) source(ctx context.Context, v vendor) (source, error) {
	switch {
	case s.file != nil:
		return s.recorded(ctx, v)
	case s.fakes():
		return v.fake(s), nil
	case !s.env.any(v.variables):
		return source{}, errNothing{"not configured: set " + strings.Join(v.variables, ", ") + ". A fake is asked only where nothing is configured."}
	}
	return v.service(s)
}

// fakes reports whether fakes are asked.
func (s settings) fakes() bool {
	return s.file == nil && !slices.ContainsFunc(vendors, func(v vendor) bool { return s.env.any(v.variables) })
}

// recorded returns what the collector's file has of a vendor.
func (s settings) recorded(ctx context.Context, v vendor) (source, error) {
	contents, err := s.file.Contents(ctx, v.inFile)
	if err != nil {
		return source{}, err
	}
	name := filepath.Base(s.db)
	if contents.Records == 0 {
		what := name + " has no records of it"
		if s.tenant != "" {
			what += " for the tenant " + s.tenant
		}
		return source{}, errNothing{what + "."}
	}
	from := v.recorded(s)
	from.where, from.now, from.newest = s.inFile(), time.Now(), contents.Newest
	from.note = fmt.Sprintf("%s has %d records of this, of %s %s. They reach until %s UTC.", name, contents.Records,
		map[bool]string{true: "the tenant", false: "the tenants"}[len(contents.Tenants) == 1], strings.Join(contents.Tenants, ", "), when(contents.Newest))
	if contents.Undated > 0 {
		from.note += fmt.Sprintf(" %d have no time that could be read, and are in no report.", contents.Undated)
	}
	return from, nil
}

// inFile names the collector's file, and the tenant if one is chosen.
func (s settings) inFile() string {
	name := filepath.Base(s.db)
	if s.tenant != "" {
		name += ", tenant " + s.tenant
	}
	if s.invented {
		name += ", " + invented
	}
	return name
}

// span is the time that a report covers. It ends now. Where a file has nothing as new as that, it
// ends with the newest record, so that an old file is not a page of zeros.
func (f source) span(length time.Duration) tally.Span {
	until := f.now
	if from := until.Add(-length); !f.newest.IsZero() && f.newest.Before(from) {
		until = f.newest.Add(1)
	}
	return tally.Span{From: until.Add(-length), Until: until}
}

// openFile opens the collector's file, if one is asked for.
func (s *settings) openFile(ctx context.Context) (err error) {
	switch {
	case s.db == "" && s.tenant != "":
		return errors.New("-tenant chooses among the tenants of a collector's file: name the file with -db")
	case s.db == "":
		return nil
	}
	if s.file, err = recorded.Open(ctx, s.db, s.tenant); err != nil {
		return err
	}
	if s.invented, err = s.file.Invented(ctx); err != nil {
		return errors.Join(fmt.Errorf("%s: %w", s.db, err), s.file.Close())
	}
	return nil
}
