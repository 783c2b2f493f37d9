package opswat

import (
	"slices"
	"time"
)

// A clock that is set back shows an hour twice, and the service's timestamps do not say which of
// the two they mean. The order of the list does: newest first, times fall from row to row, except
// for one step up, from the earliest rows of the second hour to the latest of the first. Rows above
// the step belong to the second hour, rows below it to the first.

// occurrences returns the two instants at which a clock shows what it shows at t, in t's zone. They
// are one unless the hour is doubled.
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

// setBack returns how far the clocks are set back at a moment.
func setBack(at time.Time) time.Duration {
	if at.IsZero() {
		return 0
	}
	_, before := at.Add(-1).Zone()
	_, after := at.Zone()
	return time.Duration(max(before-after, 0)) * time.Second
}

// beforeDoubledHour returns where a reading has to begin that must not begin within the doubled
// hours: before the first of them if they end less than slack before from, otherwise at from.
func beforeDoubledHour(from time.Time, slack time.Duration) time.Time {
	begin, end := from.ZoneBounds()
	for _, back := range []time.Time{begin, end} {
		by := setBack(back)
		if first := back.Add(-by); by > 0 && from.After(first) && from.Add(-slack).Before(back.Add(by)) {
			return first
		}
	}
	return from
}

// doubled reports whether the activity's time is one that comes twice.
func doubled(a Activity) bool {
	first, second := occurrences(a.Timestamp)
	return second.After(first)
}

// stepIn returns the index of the first row below a step among rows of one answer; -1 if there is
// no step.
func stepIn(rows []Activity) int {
	var last time.Time
	for i, a := range rows {
		if !doubled(a) {
			continue
		}
		if !last.IsZero() && a.Timestamp.After(last) {
			return i
		}
		last = a.Timestamp
	}
	return -1
}

// stepBetween reports whether the times step up from one page to the next, provided that nothing
// moved between the two answers.
func stepBetween(before, rows []Activity) bool {
	at := slices.IndexFunc(rows, doubled)
	if at < 0 {
		return false
	}
	for _, a := range slices.Backward(before) {
		if doubled(a) {
			return rows[at].Timestamp.After(a.Timestamp)
		}
	}
	return false
}

// unclearSide reports whether the rows of a page may stand on either side of the step. A page with
// a step in it speaks for itself. What follows rows above the step without stepping up is above
// too, whatever moved. What follows rows below it is below, unless more rows came in than a page
// has room for; that matters if there are rows like these above.
func (w *feedWalk) unclearSide(rows []Activity) bool {
	if w.sideless || stepIn(rows) >= 0 {
		return false
	}
	return stepBetween(w.before.rows, rows) || w.before.endsBelow() && slices.ContainsFunc(rows, func(a Activity) bool {
		return doubled(a) && w.counts[likeness{key: keyOf(&a)}] > 0
	})
}

// following finds the sides of the rows that follow the page before, of which it may repeat as many
// as moved.
func (w *feedWalk) following(rows []Activity, moved int) feedPage {
	p := feedPage{rows: rows, step: len(rows)}
	repeated := w.before.rows[max(len(w.before.rows)-max(moved, 0), 0):]
	if at := stepIn(rows); at >= 0 {
		p.step = at
	} else if w.before.endsBelow() || stepBetween(w.before.rows, rows) && !overlap(repeated, rows) {
		p.step = 0
	}
	w.stepped = w.stepped || p.endsBelow()
	return p
}

// shifted finds the sides of the rows of the page before as they are now, after some moved. What
// came in front of its first row is newer, so that it stands above the step if that row does. If
// the row stands below, so do those in front of it, as far as there is no step, and provided that
// it is still on the page.
func (w *feedWalk) shifted(rows []Activity, moved int) feedPage {
	p := feedPage{rows: rows, step: len(rows)}
	if at := stepIn(rows); at >= 0 {
		p.step = at
	} else if w.before.step == 0 {
		p.step = 0
		w.sideless = w.sideless || moved < 0
	}
	w.stepped = w.stepped || p.endsBelow()
	return p
}

// overlap reports whether a page has any of the rows with which the page before ended.
func overlap(last, rows []Activity) bool {
	return slices.ContainsFunc(rows, func(a Activity) bool {
		return slices.ContainsFunc(last, func(b Activity) bool { return alike(a, b) })
	})
}
