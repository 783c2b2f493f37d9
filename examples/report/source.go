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

// vendor is a service with reports. They read the collector's file if there is one, else the
// service, else its fake. One run never mixes fakes with real data, so that nobody mistakes one for
// the other.
type vendor struct {
	name      string // in -only
	title     string
	variables []string // that configure the service
	service   func(settings) (source, error)
	fake      func(settings) source
	recorded  func(settings) source
	inFile    string // the name of the vendor in the file; "" for all vendors
}

var vendors = []vendor{
	{"aspera", "Aspera on Cloud", asperaVariables, asperaService, asperaFake, asperaRecorded, "aspera"},
	{"snaplogic", "SnapLogic", snapLogicVariables, snapLogicService, snapLogicFake, snapLogicRecorded, "snaplogic"},
	{"opswat", "OPSWAT Central Management", opswatVariables, opswatService, opswatFake, opswatRecorded, "opswat"},
	{"sdelements", "SD Elements", sdElementsVariables, sdElementsService, sdElementsFake, sdElementsRecorded, "sdelements"},
	{"all", "All vendors", slices.Concat(asperaVariables, snapLogicVariables, opswatVariables, sdElementsVariables),
		allService, allFake, allRecorded, ""},
}

// The names of what fakes invent: above a table, and in charts and on the page.
const (
	fake     = "embedded fake"
	invented = "invented data from a fake"
)

// source is where answers come from.
type source struct {
	where   string
	now     time.Time // the end of the period; for a fake, the end of its rows
	newest  time.Time // time of a record in a file; zero if this is no file
	note    string    // below all answers; "" for none
	reports []report
}

// errNoData is the error for a vendor without data.
type errNoData struct{ reason string }

func (e errNoData) Error() string { return e.reason }

// source returns the source of a vendor's reports.
func (s settings) source(ctx context.Context, v vendor) (source, error) {
	switch {
	case s.file != nil:
		return s.recorded(ctx, v)
	case s.fakes():
		return v.fake(s), nil
	case !s.env.Any(v.variables):
		return source{}, errNoData{"not configured: set " + strings.Join(v.variables, ", ") + ". Fakes are used only if nothing is configured."}
	}
	return v.service(s)
}

// fakes reports whether fakes are read.
func (s settings) fakes() bool {
	return s.file == nil && !slices.ContainsFunc(vendors, func(v vendor) bool { return s.env.Any(v.variables) })
}

// recorded returns the source with what the collector's file has of a vendor.
func (s settings) recorded(ctx context.Context, v vendor) (source, error) {
	contents, err := s.file.Contents(ctx, v.inFile)
	if err != nil {
		return source{}, err
	}
	name := filepath.Base(s.db)
	if contents.Records == 0 {
		what := name + " has no records of this vendor"
		if s.tenant != "" {
			what += " for the tenant " + s.tenant
		}
		return source{}, errNoData{what + "."}
	}
	from := v.recorded(s)
	from.where, from.now, from.newest = s.fileTitle(), time.Now(), contents.Newest
	from.note = fmt.Sprintf("%s has %d records of this, of %s %s. The newest is of %s UTC.", name, contents.Records,
		map[bool]string{true: "the tenant", false: "the tenants"}[len(contents.Tenants) == 1], strings.Join(contents.Tenants, ", "), minute(contents.Newest))
	if contents.Undated > 0 {
		from.note += fmt.Sprintf(" %d have no readable time and are in no report.", contents.Undated)
	}
	return from, nil
}

// fileTitle returns the name of the collector's file, and the tenant if one is selected.
func (s settings) fileTitle() string {
	name := filepath.Base(s.db)
	if s.tenant != "" {
		name += ", tenant " + s.tenant
	}
	if s.invented {
		name += ", " + invented
	}
	return name
}

// span returns the period of a report. It ends now. If a file has no record in that period, it ends
// with the newest record, so that the report on an old file is not empty.
func (f source) span(length time.Duration) tally.Span {
	until := f.now
	if from := until.Add(-length); !f.newest.IsZero() && f.newest.Before(from) {
		until = f.newest.Add(1)
	}
	return tally.Span{From: until.Add(-length), Until: until}
}

// openFile opens the collector's file, if -db names one.
func (s *settings) openFile(ctx context.Context) (err error) {
	switch {
	case s.db == "" && s.tenant != "":
		return errors.New("-tenant selects a tenant of a collector's file: name the file with -db")
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
