// Package tally turns the records of a list into the figures of a report. It neither prints nor
// draws. It holds sums, except where the order of events counts: what it keeps grows with the
// users, devices and projects there are, with the logins of a report on failures, and with the
// events of a report on people.
package tally

import "time"

// Span is the time that a report is about: From, which counts in, until Until, which does not.
type Span struct{ From, Until time.Time }

func (s Span) has(t time.Time) bool { return !t.Before(s.From) && t.Before(s.Until) }

// Days returns the days in UTC that the span touches, by the instants at which they begin.
func (s Span) Days() []time.Time {
	var days []time.Time
	for day := midnight(s.From); day.Before(s.Until); day = day.AddDate(0, 0, 1) {
		days = append(days, day)
	}
	return days
}

// WholeDays widens the span to whole days in UTC.
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

// later is the later of two times.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
