package asperatest

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/activity-sdk/activity/internal/fake"
)

var checkTime = fake.Layout("2006-01-02T15:04:05Z", "2006-01-02T15:04:05.000Z")

// params returns the parameters of a list.
func (s *Server) params(name string) fake.Params {
	p := fake.Params{"start_time": checkTime, "stop_time": checkTime}
	if name == volumes {
		return p
	}
	p["limit"] = fake.Int(1, int64(s.config.greatestLimit))
	p["next"] = nil
	switch name {
	case transfers:
		p["status"] = s.checkStatus
		p["direction"] = fake.OneOf("send", "receive")
	case matches:
		p[s.config.searchBy] = nil
	}
	return p
}

// checkStatus accepts the known statuses of the service, and those of the fake's transfers.
func (s *Server) checkStatus(value string) error {
	accepted := []string{"completed", "failed", "running"}
	s.tables[transfers].Select(func(r fake.Row) bool {
		accepted = append(accepted, r.Value.(attributes).status)
		return false
	})
	slices.Sort(accepted)
	return fake.OneOf(slices.Compact(accepted)...)(value)
}

// verify checks a query. It returns the query without what a lenient service ignores.
func (s *Server) verify(list string, query url.Values) (url.Values, error) {
	params := s.params(list)
	if s.config.lenient {
		query = known(params, query)
	}
	return query, params.Verify(query)
}

// known returns the part of a query that a lenient service does not ignore.
func known(params fake.Params, query url.Values) url.Values {
	out := url.Values{}
	for name, values := range query {
		check, ok := params[name]
		ignored := func(value string) bool { return check(value) != nil && !isPositive(value) }
		if !ok || name == "limit" && slices.ContainsFunc(values, ignored) {
			continue
		}
		out[name] = values
	}
	return out
}

// isPositive reports whether a limit is a positive number. If a check refuses such a limit, it is
// too large.
func isPositive(limit string) bool {
	n, err := strconv.Atoi(limit)
	return err == nil && n > 0
}

// span returns the bounds of a query that was verified. The zero time is no bound.
func (s *Server) span(query url.Values) (start, stop time.Time, err error) {
	if text := query.Get("start_time"); text != "" {
		start, _ = time.Parse(time.RFC3339, text)
	}
	if text := query.Get("stop_time"); text != "" {
		stop, _ = time.Parse(time.RFC3339, text)
	}
	if start.IsZero() || stop.IsZero() {
		return start, stop, nil
	}
	least, most := s.config.leastSpan, s.config.mostSpan
	switch width := stop.Sub(start); {
	case width < 0:
		err = errors.New(`parameter "stop_time" is before "start_time"`)
	case width < least, most > 0 && width > most:
		err = fmt.Errorf(`parameters "start_time" and "stop_time" are %v apart: want %v to %v`, width, least, most)
	}
	return start, stop, err
}

// includes reports whether a row belongs to the list.
func (r listRequest) includes(row fake.Row, c *config) bool {
	a := row.Value.(attributes)
	is := func(name, value string) bool {
		return c.filtersIgnored || !r.filters.Has(name) || r.filters.Get(name) == value
	}
	switch {
	case !c.inSpan(row, r.start, r.stop):
		return false
	case r.name == transferFiles:
		return a.uuid == r.uuid
	case r.name == transfers:
		return is("status", a.status) && is("direction", a.direction)
	case r.name == matches:
		return strings.Contains(a.text, strings.ToLower(r.filters.Get(c.searchBy)))
	}
	return true
}

// inSpan reports whether a row is in a span.
func (c *config) inSpan(row fake.Row, start, stop time.Time) bool {
	a := row.Value.(attributes)
	timeOf := func(which TransferTime) time.Time {
		switch {
		case which == SessionStop && a.transfer:
			return a.stopped
		case which == UpdatedAt && a.transfer:
			return a.updated
		default:
			return row.Time
		}
	}
	return c.afterStart(timeOf(c.startBounds), start) && c.beforeStop(timeOf(c.stopBounds), stop)
}

// afterStart and beforeStop report whether a time satisfies a bound. The zero time satisfies every
// bound, and every time satisfies a zero bound.
func (c *config) afterStart(at, start time.Time) bool {
	return at.IsZero() || start.IsZero() || at.After(start) || at.Equal(start) && !c.exclusive
}

func (c *config) beforeStop(at, stop time.Time) bool {
	return at.IsZero() || stop.IsZero() || at.Before(stop) || at.Equal(stop) && !c.exclusive && !c.exclusiveStop
}

// compare returns the order of a list's rows. Rows without a time are last.
func (c *config) compare(list string) func(a, b fake.Row) int {
	newest := func(a, b fake.Row) int { return b.Time.Compare(a.Time) }
	if list != transfers {
		return newest
	}
	switch c.order {
	case OldestFirst:
		return func(a, b fake.Row) int {
			if a.Time.IsZero() || b.Time.IsZero() {
				return newest(a, b)
			}
			return a.Time.Compare(b.Time)
		}
	case WeeksAscending:
		return func(a, b fake.Row) int {
			if a.Time.IsZero() || b.Time.IsZero() || monday(a.Time).Equal(monday(b.Time)) {
				return newest(a, b)
			}
			return a.Time.Compare(b.Time)
		}
	default:
		return newest
	}
}

// monday returns the day on which the ISO week of a time begins.
func monday(t time.Time) time.Time {
	const week = 7 * 24 * time.Hour
	return t.UTC().Truncate(week) // the zero time is a Monday
}
