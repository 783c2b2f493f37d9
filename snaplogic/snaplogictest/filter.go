package snaplogictest

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/activity-sdk/activity/internal/fake"
)

// parameters are all that the service knows, with what they may be. Sets that are open at the
// service are open here.
var parameters = fake.Params{
	"start":                         timestamp,
	"end":                           timestamp,
	"limit":                         fake.Int(1, 100_000),
	"offset":                        fake.Int(0, 1<<53),
	"filter_project_space":          nil,
	"filter_project":                nil,
	"filter_asset":                  nil,
	"filter_asset_type":             nil,
	"filter_event_type":             fake.CSV(nil),
	"filter_is_alert":               fake.Bool(),
	"filter_alert_state":            fake.OneOf("open", "closed"),
	"filter_user":                   nil,
	"filter_snaplogic_admin_update": fake.Bool(),
}

// timestamp takes Unix milliseconds, and 0 for the beginning of all.
func timestamp(value string) error {
	if value == "0" {
		return nil
	}
	return fake.UnixMilli()(value)
}

// subjects are what the text parameters look at: a row is kept if one of these is the value that is
// asked for.
var subjects = map[string]func(e *entry) []string{
	"filter_project_space":          func(e *entry) []string { return []string{e.PartitionLabel} },
	"filter_project":                func(e *entry) []string { return []string{e.ProjectLabel} },
	"filter_asset":                  func(e *entry) []string { return []string{e.AssetLabel} },
	"filter_asset_type":             func(e *entry) []string { return []string{e.AssetType} },
	"filter_alert_state":            func(e *entry) []string { return []string{e.state} },
	"filter_user":                   func(e *entry) []string { return []string{e.ByWhom, e.UserID} },
	"filter_is_alert":               func(e *entry) []string { return []string{strconv.FormatBool(e.alert)} },
	"filter_snaplogic_admin_update": func(e *entry) []string { return []string{strconv.FormatBool(e.byAdmin())} },
}

func (e *entry) byAdmin() bool { return e.SnapLogicAdminUpdate != nil && *e.SnapLogicAdminUpdate }

// filter is a query that was checked.
type filter struct {
	start, end time.Time // zero: no bound
	choices
	offset, limit int
	checks        []func(e *entry) bool // all of which a row must pass
}

func readFilter(rawQuery string, c choices) (filter, error) {
	query, err := c.read(rawQuery)
	if err != nil {
		return filter{}, err
	}
	f := filter{choices: c, limit: 100, start: readTime(query.Get("start")), end: readTime(query.Get("end"))}
	if query.Has("limit") {
		f.limit, _ = strconv.Atoi(query.Get("limit"))
	}
	f.offset, _ = strconv.Atoi(query.Get("offset")) // 0 if there is none
	switch {
	case query.Has("filter_project") && !query.Has("filter_project_space"):
		return filter{}, errors.New(`parameter "filter_project" requires "filter_project_space"`)
	case !f.start.IsZero() && !f.end.IsZero() && f.end.Before(f.start):
		return filter{}, errors.New(`parameter "end" lies before "start"`)
	}
	if query.Has("filter_event_type") {
		types := strings.Split(query.Get("filter_event_type"), ",")
		f.checks = append(f.checks, func(e *entry) bool { return slices.Contains(types, string(e.EventType)) })
	}
	f.checks = append(f.checks, c.unasked(query)...)
	for name, subject := range subjects {
		if query.Has(name) && !c.ignores(name, query.Get(name)) {
			wanted := query.Get(name)
			f.checks = append(f.checks, func(e *entry) bool { return slices.Contains(subject(e), wanted) })
		}
	}
	return f, nil
}

func readTime(ms string) time.Time {
	n, err := strconv.ParseInt(ms, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(n)
}

// keeps reports whether a row is one of those that are asked for.
func (f filter) keeps(row fake.Row) bool {
	e := row.Value.(*entry)
	switch at := e.CreateTime; {
	case !f.start.IsZero() && at.Before(f.start),
		!f.start.IsZero() && f.exclusive && at.Equal(f.start),
		!f.end.IsZero() && at.After(f.end),
		!f.end.IsZero() && !f.inclusive && at.Equal(f.end):
		return false
	}
	for _, passes := range f.checks {
		if !passes(e) {
			return false
		}
	}
	return true
}
