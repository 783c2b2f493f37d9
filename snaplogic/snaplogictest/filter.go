package snaplogictest

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/activity-sdk/activity/internal/fake"
)

// parameters are the documented ones. Values of open sets are not checked.
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

// timestamp accepts Unix milliseconds, and 0, which is the beginning of 1970.
func timestamp(value string) error {
	if value == "0" {
		return nil
	}
	return fake.UnixMilli()(value)
}

// filterFields are what the parameters filter by. A row passes if one of these has the value.
var filterFields = map[string]func(e *entry) []string{
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

// filter is a parsed query.
type filter struct {
	start, end time.Time // zero: no bound
	filterRules
	offset, limit int
	checks        []func(e *entry) bool // a row must pass all
}

func readFilter(rawQuery string, rules filterRules) (filter, error) {
	query, err := rules.parse(rawQuery)
	if err != nil {
		return filter{}, err
	}
	f := filter{filterRules: rules, limit: 100, start: readTime(query.Get("start")), end: readTime(query.Get("end"))}
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
	f.checks = append(f.checks, rules.hiddenChecks(query)...)
	for name, fields := range filterFields {
		if query.Has(name) && !rules.ignores(name, query.Get(name)) {
			wanted := query.Get(name)
			f.checks = append(f.checks, func(e *entry) bool { return slices.Contains(fields(e), wanted) })
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

// keeps reports whether the filter selects a row.
func (f filter) keeps(row fake.Row) bool {
	e := row.Value.(*entry)
	switch at := e.CreateTime; {
	case !f.start.IsZero() && at.Before(f.start),
		!f.start.IsZero() && f.exclusiveStart && at.Equal(f.start),
		!f.end.IsZero() && at.After(f.end),
		!f.end.IsZero() && !f.inclusiveEnd && at.Equal(f.end):
		return false
	}
	for _, passes := range f.checks {
		if !passes(e) {
			return false
		}
	}
	return true
}

// parse verifies a query.
func (r filterRules) parse(rawQuery string) (url.Values, error) {
	if r.literalPlus {
		rawQuery = strings.ReplaceAll(rawQuery, "+", "%2B")
	}
	query, err := fake.StrictQuery(rawQuery)
	if err != nil {
		return nil, err
	}
	if r.unknownIgnored {
		maps.DeleteFunc(query, func(name string, _ []string) bool {
			_, known := parameters[name]
			return !known
		})
	}
	if err := parameters.Verify(query); err != nil {
		return nil, err
	}
	if r.assetNeedsProject && query.Has("filter_asset") && !query.Has("filter_project") {
		return nil, errors.New(`parameter "filter_asset" requires "filter_project"`)
	}
	if r.documentedTypesOnly && query.Has("filter_asset_type") {
		if err := documentedAssetType(query.Get("filter_asset_type")); err != nil {
			return nil, fmt.Errorf(`parameter "filter_asset_type": %w`, err)
		}
	}
	return query, nil
}

// documentedAssetType accepts the types that the vendor documents for queries.
var documentedAssetType = fake.OneOf("File", "Pipeline", "Plex", "Org", "Account")

// hiddenChecks returns the checks for activities that are hidden unless a query asks for them.
func (r filterRules) hiddenChecks(query url.Values) (checks []func(e *entry) bool) {
	if r.alertsHidden && !query.Has("filter_is_alert") && !query.Has("filter_alert_state") {
		checks = append(checks, func(e *entry) bool { return !e.alert })
	}
	if r.updatesHidden && !query.Has("filter_snaplogic_admin_update") {
		checks = append(checks, func(e *entry) bool { return !e.byAdmin() })
	}
	return checks
}

// ignores reports whether a parameter filters nothing.
func (r filterRules) ignores(name, value string) bool {
	return r.falseIgnored && value == "false" && (name == "filter_is_alert" || name == "filter_snaplogic_admin_update")
}
