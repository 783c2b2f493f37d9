// Package tally computes the figures of a report from the records of a list. It does not print or
// draw. It keeps sums, so its memory grows with the number of users, devices and projects. Only
// failed logins and the events of people are kept one by one, since their order matters.
package tally

import "time"

// Span is the time that a report covers: from From, inclusive, until Until, exclusive.
type Span struct{ From, Until time.Time }

func (s Span) contains(t time.Time) bool { return !t.Before(s.From) && t.Before(s.Until) }

// Days returns the midnights in UTC of the days that the span touches.
func (s Span) Days() []time.Time {
	var days []time.Time
	for day := midnight(s.From); day.Before(s.Until); day = day.AddDate(0, 0, 1) {
		days = append(days, day)
	}
	return days
}

// WholeDays returns the span extended to whole days in UTC.
func (s Span) WholeDays() Span {
	until := midnight(s.Until)
	if until.Before(s.Until) {
		until = until.AddDate(0, 0, 1)
	}
	return Span{midnight(s.From), until}
}

func midnight(t time.Time) time.Time {
	t = t.UTC()
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// later returns the later of two times.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
