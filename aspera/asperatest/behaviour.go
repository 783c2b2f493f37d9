package asperatest

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/internal/fake"
)

// WithNewest sets the time before which everything lies that [WithRows] invents. Default
// 2025-11-14T17:30:00Z, so that the rows do not change from day to day.
func WithNewest(t time.Time) Option { return func(s *settings) { s.newest = t.UTC() } }

// TransferTime is one of the times of a transfer. Which of them start_time and stop_time bound at
// the real service is inferred and not documented (probe: aspera.start, aspera.stop).
type TransferTime int

// The times of a transfer.
const (
	SessionStart TransferTime = iota // the default of both bounds
	SessionStop
	UpdatedAt
)

// WithBounds chooses which time of a transfer start_time bounds, and which one stop_time bounds:
// SessionStop and SessionStart are the transfers whose session overlaps the span. Default
// SessionStart for both, which is inferred. A time that a transfer does not have lies in every
// span.
func WithBounds(start, stop TransferTime) Option {
	return func(s *settings) { s.startBounds, s.stopBounds = start, stop }
}

// WithExclusiveStop leaves out records of the very instant of stop_time, and keeps those of
// start_time. The default includes both. The vendor does not say which it is (probe: aspera.start,
// aspera.stop).
func WithExclusiveStop() Option { return func(s *settings) { s.exclusiveStop = true } }

// inSpan reports whether a row lies in a span.
func (s *settings) inSpan(row fake.Row, start, stop time.Time) bool {
	t := row.Value.(traits)
	of := func(which TransferTime) time.Time {
		switch {
		case which == SessionStop && t.transfer:
			return t.stopped
		case which == UpdatedAt && t.transfer:
			return t.updated
		default:
			return row.Time
		}
	}
	return s.after(of(s.startBounds), start) && s.before(of(s.stopBounds), stop)
}

// after and before report whether a time lies on that side of a bound. The zero time does for every
// bound, and a zero bound is none.
func (s *settings) after(at, start time.Time) bool {
	return at.IsZero() || start.IsZero() || at.After(start) || at.Equal(start) && !s.exclusive
}

func (s *settings) before(at, stop time.Time) bool {
	return at.IsZero() || stop.IsZero() || at.Before(stop) || at.Equal(stop) && !s.exclusive && !s.exclusiveStop
}

// Order is that of the transfers in a list. Which it is at the real service is not documented
// (probe: aspera.order).
type Order int

// The orders of transfers.
const (
	NewestFirst    Order = iota // by the start of the session; the default
	OldestFirst                 // by the start of the session
	WeeksAscending              // the earliest ISO week first, and in it the latest session
)

// WithOrder chooses the order of transfers. The default is NewestFirst; the vendor's samples look
// like WeeksAscending. Other lists are newest first always.
func WithOrder(o Order) Option { return func(s *settings) { s.order = o } }

// compare returns the order of a list's rows. Those without a time go last.
func (s *settings) compare(list string) func(a, b fake.Row) int {
	newest := func(a, b fake.Row) int { return b.Time.Compare(a.Time) }
	if list != transfers {
		return newest
	}
	switch s.order {
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

// Total is what total_transfers counts. Which it is at the real service was seen in few answers
// (probe: aspera.total).
type Total int

// What total_transfers counts.
const (
	QueryTotal Total = iota // all transfers of the query; the default
	PageTotal               // those of the page
	NoTotal                 // nothing: there is no total_transfers
)

// WithTotal chooses what total_transfers counts.
func WithTotal(t Total) Option { return func(s *settings) { s.total = t } }

// WithGreatestLimit refuses a limit above n. The default takes any; the maximum of the real service
// is not documented (probe: aspera.limit). [WithPageLimit] takes it and returns fewer records.
func WithGreatestLimit(n int) Option { return func(s *settings) { s.greatestLimit = n } }

// WithLenientQuery ignores a parameter that is unknown, and a limit that is no positive number. The
// default refuses both; what the real service does is not documented (probe: aspera.errors).
func WithLenientQuery() Option { return func(s *settings) { s.lenient = true } }

// known returns what a lenient service reads of a query.
func (s *Server) known(list string, query url.Values) url.Values {
	known := s.params(list)
	read := url.Values{}
	for name, values := range query {
		check, taken := known[name]
		if !taken || name == "limit" && slices.ContainsFunc(values, func(v string) bool { return check(v) != nil && !tooLarge(v) }) {
			continue
		}
		read[name] = values
	}
	return read
}

// tooLarge reports whether a limit is a positive number, which is refused only for being too large.
func tooLarge(limit string) bool {
	n, err := strconv.Atoi(limit)
	return err == nil && n > 0
}

// WithIgnoredFilters takes the parameters status and direction, and returns the other transfers
// too. The default honours them, as working programs expect; the vendor's page does not list them
// (probe: aspera.filters).
func WithIgnoredFilters() Option { return func(s *settings) { s.filtersIgnored = true } }

// WithUploadsSent has "send" mean an upload and "receive" a download, in what [WithRows] invents
// for the rates and in the sums of volumes. The default is the opposite, the node's view, which is
// inferred and not documented (probe: aspera.direction).
func WithUploadsSent() Option { return func(s *settings) { s.uploadsSent = true } }

func (s *settings) uploads() aspera.Direction {
	if s.uploadsSent {
		return aspera.DirectionSend
	}
	return aspera.DirectionReceive
}

func (s *settings) downloads() aspera.Direction {
	if s.uploadsSent {
		return aspera.DirectionReceive
	}
	return aspera.DirectionSend
}

// WithoutFileAccess refuses file_access and file_access/search with 404. The vendor announced that
// they would be disabled on 2024-11-15; how the real service answers since then is not documented
// (probe: aspera.search). The default serves them.
func WithoutFileAccess() Option { return func(s *settings) { s.noFileAccess = true } }
