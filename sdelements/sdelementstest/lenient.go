package sdelementstest

import (
	"net/url"
	"strings"
	"time"

	"github.com/activity-sdk/activity/internal/fake"
)

// repeats is what becomes of a parameter that occurs several times.
type repeats int

const (
	refused repeats = iota
	lastCounts
	anyCounts
)

// lookupIn is the end of a lookup that takes several values.
const lookupIn = "__in"

// parameters has what a resource knows, and what the values must look like.
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

// understood returns a query without what the options make the fake ignore, and with its dates in
// UTC. The query is the caller's own to change.
func (r resource) understood(query url.Values, c config) url.Values {
	known := r.parameters(c)
	for name, values := range query {
		if _, ok := known[name]; !ok && c.ignoreUnknown {
			delete(query, name)
			continue
		}
		if c.repeats == lastCounts {
			query[name] = values[len(values)-1:]
		}
	}
	for _, name := range []string{"date_from", "date_to"} {
		for i, value := range query[name] {
			query[name][i] = zoned(value, c.local)
		}
	}
	return query
}

// zoned returns a date that has no Z in UTC, if there is a local zone.
func zoned(value string, local *time.Location) string {
	if local == nil || strings.HasSuffix(value, "Z") {
		return value
	}
	at, err := time.ParseInLocation("2006-01-02T15:04:05", value, local)
	if err != nil {
		return value
	}
	return at.UTC().Format(time.RFC3339Nano)
}
