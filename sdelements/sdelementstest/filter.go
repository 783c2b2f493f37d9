package sdelementstest

import (
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/activity-sdk/activity/internal/fake"
	"github.com/activity-sdk/activity/sdelements"
)

// filters are the parameters that filter, each with the check of its value and the test of an
// activity.
var filters = map[string]struct {
	check   fake.Check
	matches func(a sdelements.Activity, value string) bool
}{
	"actor":       {isID, func(a sdelements.Activity, v string) bool { return a.Actor == number(v) }},
	"application": {isID, func(a sdelements.Activity, v string) bool { return a.Data.Application == number(v) }},
	"application_desc": {nil, func(a sdelements.Activity, v string) bool {
		return a.Data.ApplicationDesc == v
	}},
	"business_unit": {isID, func(a sdelements.Activity, v string) bool { return a.Data.BusinessUnit == number(v) }},
	"business_unit_desc": {nil, func(a sdelements.Activity, v string) bool {
		return a.Data.BusinessUnitDesc == v
	}},
	"date_from":     {isDate, func(a sdelements.Activity, v string) bool { return a.Date.IsZero() || !a.Date.Before(date(v)) }},
	"date_to":       {isDate, func(a sdelements.Activity, v string) bool { return a.Date.IsZero() || !a.Date.After(date(v)) }},
	"id":            {isID, func(a sdelements.Activity, v string) bool { return a.ID == number(v) }},
	"name":          {isName, func(a sdelements.Activity, v string) bool { return string(a.Name) == v }},
	"project":       {isID, func(a sdelements.Activity, v string) bool { return a.Data.Project == number(v) }},
	"project_desc":  {nil, func(a sdelements.Activity, v string) bool { return a.Data.ProjectDesc == v }},
	"standard":      {isStandard, func(a sdelements.Activity, v string) bool { return a.Data.Standard == v }},
	"standard_desc": {nil, func(a sdelements.Activity, v string) bool { return a.Data.StandardDesc == v }},
	"user":          {isID, func(a sdelements.Activity, v string) bool { return strings.TrimPrefix(a.Data.User, "U") == v }},
}

var (
	isID       = fake.Int(1, 999_999_999_999_999_999)
	isName     = fake.Match(regexp.MustCompile(`[A-Z][A-Za-z0-9]*Activity`), "the name of an activity, such as LoggedInActivity")
	isStandard = fake.Match(regexp.MustCompile(`[A-Z]+[0-9]+`), "the id of a standard with its prefix, such as T21 or CT3")
)

func isDate(value string) error {
	t, err := time.Parse(time.RFC3339Nano, value)
	switch {
	case !strings.HasSuffix(value, "Z"):
		return errors.New("want a date in UTC with a Z, such as 2016-03-30T15:16:05.65961Z; without the Z it would be local time")
	case err != nil:
		return errors.New("want a date such as 2016-03-30T15:16:05.65961Z")
	case t.Nanosecond()%1000 != 0:
		return errors.New("want a date in microseconds, not finer")
	}
	return nil
}

// date parses a date that isDate has accepted.
func date(value string) time.Time {
	t, _ := time.Parse(time.RFC3339Nano, value)
	return t
}

// verify checks a query. It returns the problems by parameter, or nil if there are none.
func (r resource) verify(query url.Values, c config) map[string][]string {
	known := r.parameters(c)
	var problems map[string][]string
	report := func(name, problem string) {
		if problems == nil {
			problems = map[string][]string{}
		}
		problems[name] = append(problems[name], problem)
	}
	for name, values := range query {
		groups := [][]string{values}
		if _, filters := filters[name]; filters && c.repeated == repeatedAnyMatches {
			groups = slices.Collect(slices.Chunk(values, 1))
		}
		for _, values := range groups {
			if err := known.Verify(url.Values{name: values}); err != nil {
				report(name, err.Error())
			}
		}
	}
	for _, name := range []string{"page", "cursor"} {
		if query.Has(name) && !query.Has("page_size") {
			report(name, "want page_size beside it")
		}
	}
	return problems
}

// keep returns a function that reports whether a row belongs to the list, or nil if all do. With
// exclusive, a row exactly at date_from or date_to does not.
func (r resource) keep(query url.Values, exclusive bool) func(fake.Row) bool {
	var tests []func(a sdelements.Activity) bool
	if r.of != nil {
		tests = append(tests, r.of)
	}
	for name, values := range query {
		if filter, ok := strings.CutSuffix(name, lookupIn); ok {
			name, values = filter, strings.Split(values[0], ",")
		}
		if f, ok := filters[name]; ok {
			tests = append(tests, func(a sdelements.Activity) bool {
				return slices.ContainsFunc(values, func(value string) bool { return f.matches(a, value) })
			})
		}
	}
	for _, name := range []string{"date_from", "date_to"} {
		if exclusive && query.Has(name) {
			bound := date(query.Get(name))
			tests = append(tests, func(a sdelements.Activity) bool { return !a.Date.Equal(bound) })
		}
	}
	if tests == nil {
		return nil
	}
	return func(row fake.Row) bool {
		a := row.Value.(sdelements.Activity)
		return !slices.ContainsFunc(tests, func(matches func(sdelements.Activity) bool) bool { return !matches(a) })
	}
}

// lookupIn is the suffix of a lookup with several values.
const lookupIn = "__in"

// parameters returns the parameters of a resource.
func (r resource) parameters(c config) fake.Params {
	known := fake.Params{}
	if r.one != 0 {
		return known
	}
	for name, f := range filters {
		known[name] = f.check
	}
	if c.lookups {
		for _, name := range []string{"id", "name"} {
			known[name+lookupIn] = fake.CSV(filters[name].check)
		}
	}
	known["page_size"] = fake.Int(1, int64(c.maxPageSize))
	if r.stream {
		known["cursor"] = nil
	} else {
		known["page"] = fake.Int(1, 1_000_000_000)
	}
	return known
}

// normalize returns the query without what the options ignore, and with its dates in UTC. It
// changes the query in place.
func (r resource) normalize(query url.Values, c config) url.Values {
	known := r.parameters(c)
	for name, values := range query {
		if _, ok := known[name]; !ok && c.unknownIgnored {
			delete(query, name)
			continue
		}
		if c.repeated == repeatedLastCounts {
			query[name] = values[len(values)-1:]
		}
	}
	for _, name := range []string{"date_from", "date_to"} {
		for i, value := range query[name] {
			query[name][i] = toUTC(value, c.local)
		}
	}
	return query
}

// toUTC returns a date without a Z in UTC, if there is a local zone.
func toUTC(value string, local *time.Location) string {
	if local == nil || strings.HasSuffix(value, "Z") {
		return value
	}
	at, err := time.ParseInLocation("2006-01-02T15:04:05", value, local)
	if err != nil {
		return value
	}
	return at.UTC().Format(time.RFC3339Nano)
}
