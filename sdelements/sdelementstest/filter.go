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

// filters has for each parameter that filters what its value must look like, and whether an
// activity fits it.
var filters = map[string]struct {
	check fake.Check
	fits  func(a sdelements.Activity, value string) bool
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

// date reads what isDate has checked.
func date(value string) time.Time {
	t, _ := time.Parse(time.RFC3339Nano, value)
	return t
}

// verify checks a query and gives the complaints by parameter; nil if there are none.
func (r resource) verify(query url.Values, c config) map[string][]string {
	known := r.parameters(c)
	var complaints map[string][]string
	complain := func(name, problem string) {
		if complaints == nil {
			complaints = map[string][]string{}
		}
		complaints[name] = append(complaints[name], problem)
	}
	for name, values := range query {
		alone := [][]string{values}
		if _, filters := filters[name]; filters && c.repeats == anyCounts {
			alone = slices.Collect(slices.Chunk(values, 1))
		}
		for _, values := range alone {
			if err := known.Verify(url.Values{name: values}); err != nil {
				complain(name, err.Error())
			}
		}
	}
	for _, name := range []string{"page", "cursor"} {
		if query.Has(name) && !query.Has("page_size") {
			complain(name, "want page_size beside it")
		}
	}
	return complaints
}

// keep returns what reports whether a row belongs to the list; nil if all do. With exclusive, the
// instants of date_from and date_to do not.
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
				return slices.ContainsFunc(values, func(value string) bool { return f.fits(a, value) })
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
		return !slices.ContainsFunc(tests, func(fits func(sdelements.Activity) bool) bool { return !fits(a) })
	}
}
