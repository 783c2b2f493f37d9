package opswat

import (
	"slices"
	"time"
)

// A clock that is set back shows an hour twice, and the service's timestamps do not tell which of
// the two hours they mean: they are ambiguous. The order of the list tells. It begins with the
// newest, so times fall from row to row, except for one step up: from the earliest rows of the
// second hour to the latest rows of the first. Rows above the step belong to the second hour, rows
// below it to the first.

// occurrences returns the two instants at which a clock in t's zone shows what it shows at t. They
// are the same unless that time is ambiguous.
func occurrences(t time.Time) (first, second time.Time) {
	begin, end := t.ZoneBounds()
	if by := setBack(begin); t.Before(begin.Add(by)) {
		return t.Add(-by), t
	}
	if by := setBack(end); by > 0 && !t.Before(end.Add(-by)) {
		return t, t.Add(by)
	}
	return t, t
}

// setBack returns how far the clock in at's zone is set back at that moment.
func setBack(at time.Time) time.Duration {
	if at.IsZero() {
		return 0
	}
	_, before := at.Add(-1).Zone()
	_, after := at.Zone()
	return time.Duration(max(before-after, 0)) * time.Second
}

// beforeAmbiguousHours returns where a walk must begin so that it does not begin within two
// ambiguous hours: at the beginning of the first if they end less than slack before from, and
// otherwise at from.
func beforeAmbiguousHours(from time.Time, slack time.Duration) time.Time {
	begin, end := from.ZoneBounds()
	for _, change := range []time.Time{begin, end} {
		by := setBack(change)
		if first := change.Add(-by); by > 0 && from.After(first) && from.Add(-slack).Before(change.Add(by)) {
			return first
		}
	}
	return from
}

// ambiguous reports whether the activity's time occurs twice.
func ambiguous(a Activity) bool {
	first, second := occurrences(a.Timestamp)
	return second.After(first)
}

// splitPage is a page whose ambiguous rows belong to the second hour before index split, and to the
// first hour from there on.
type splitPage struct {
	rows  []Activity
	split int
}

// endsInFirstHour reports whether the rows after the page belong to the first hour.
func (p splitPage) endsInFirstHour() bool { return p.split < len(p.rows) }

// findStep returns the index of the first row below a step within a page; -1 if there is no step.
func findStep(rows []Activity) int {
	var last time.Time
	for i, a := range rows {
		if !ambiguous(a) {
			continue
		}
		if !last.IsZero() && a.Timestamp.After(last) {
			return i
		}
		last = a.Timestamp
	}
	return -1
}

// stepBetween reports whether the times step up from one page to the next, if nothing moved between
// the two requests.
func stepBetween(previous, rows []Activity) bool {
	at := slices.IndexFunc(rows, ambiguous)
	if at < 0 {
		return false
	}
	for _, a := range slices.Backward(previous) {
		if ambiguous(a) {
			return rows[at].Timestamp.After(a.Timestamp)
		}
	}
	return false
}

// hourUnclear reports whether the rows of a page may belong to either hour.
//
// A page with a step is clear. After rows of the second hour, rows without a step up belong to the
// second hour too, whatever moved. After rows of the first hour, rows belong to the first hour,
// unless more rows came in than a page has room for. That matters only if rows with the same keys
// were counted in the second hour.
func (w *feedWalk) hourUnclear(rows []Activity) bool {
	if w.hoursUnknown || findStep(rows) >= 0 {
		return false
	}
	return stepBetween(w.previous.rows, rows) || w.previous.endsInFirstHour() && slices.ContainsFunc(rows, func(a Activity) bool {
		return ambiguous(a) && w.counts[group{key: keyOf(&a)}] > 0
	})
}

// splitNext splits the page after the previous one. It may begin with as many rows of the previous
// page as moved.
func (w *feedWalk) splitNext(rows []Activity, moved int) splitPage {
	p := splitPage{rows: rows, split: len(rows)}
	repeated := w.previous.rows[max(len(w.previous.rows)-max(moved, 0), 0):]
	if at := findStep(rows); at >= 0 {
		p.split = at
	} else if w.previous.endsInFirstHour() || stepBetween(w.previous.rows, rows) && !shareRow(repeated, rows) {
		p.split = 0
	}
	w.stepFound = w.stepFound || p.endsInFirstHour()
	return p
}

// splitReread splits the previous page as it is after some rows moved. Rows that came in before its
// first row are newer: if that row belongs to the second hour, so do they. If it belongs to the
// first hour, so do they unless there is a step, provided that the row is still on the page.
func (w *feedWalk) splitReread(rows []Activity, moved int) splitPage {
	p := splitPage{rows: rows, split: len(rows)}
	if at := findStep(rows); at >= 0 {
		p.split = at
	} else if w.previous.split == 0 {
		p.split = 0
		w.hoursUnknown = w.hoursUnknown || moved < 0
	}
	w.stepFound = w.stepFound || p.endsInFirstHour()
	return p
}

// shareRow reports whether a page has a row with the key of one of the last rows of another.
func shareRow(last, rows []Activity) bool {
	return slices.ContainsFunc(rows, func(a Activity) bool {
		return slices.ContainsFunc(last, func(b Activity) bool { return sameKey(a, b) })
	})
}
