package snaplogic

import (
	"slices"

	"github.com/activity-sdk/activity/internal/paging"
)

// find looks a row up among those that were read, and returns the key by which it is remembered.
func (w *activityWalk) find(row *Activity) (rowKey, paging.Met, paging.Recognized) {
	return w.recent.Recognize(keyOf(row), row.Raw, keyOfBytes)
}

// ordered reports whether those of the rows that were delivered stand in the order in which they
// were, and the first of them not before the place mark.
func (w *activityWalk) ordered(rows []Activity, mark float64) bool {
	for i := range rows {
		k, met, known := w.find(&rows[i])
		if known != paging.Itself || k.anonymous() {
			continue
		}
		if met.Place < mark {
			return false
		}
		mark = met.Place
	}
	return true
}

// pass moves the walk over the rows of an answer, up to a page of new ones, and returns those. The
// rows in front of begin lie behind the walk already.
//
// A row without an _id can only be told from others by its bytes. Where rows moved, it is left out
// if it was read before and stands in front of a row with an _id that was, or behind that one as it
// did then.
func (w *activityWalk) pass(a answer, begin int, settled bool) []Activity {
	joint, since := 0, []rowKey(nil)
	if !settled {
		joint, since = w.joint(a.rows)
		w.Keys = nil
		for i := range a.rows[:begin] {
			w.Keys = append(w.Keys, keyOf(&a.rows[i]))
		}
	}
	read := w.readRows(a.rows)
	fresh := a.rows[begin:begin] // in place: a page may be large
	w.Offset = a.offset + begin
	for i := begin; i < len(a.rows) && len(fresh) < w.pageSize; i++ {
		row := &a.rows[i]
		k, met, known := w.find(row)
		if k.anonymous() && i >= joint {
			known = paging.Unknown
			if again := slices.Index(since, k); again >= 0 {
				since, known = since[again+1:], paging.Itself
			}
		}
		if known == paging.Another {
			k = keyOfBytes(row.Raw)
		}
		if known != paging.Itself {
			w.Passed++
			for len(read) > 0 && (read[0].index <= i || read[0].place <= w.mark) {
				read = read[1:]
			}
			met.Place = w.between(read, i)
			w.recent.Note(k, met.Place, row.Raw)
		}
		w.advance(row, k, met.Place)
		if known == paging.Unknown {
			fresh = append(fresh, *row)
		}
	}
	if len(w.Keys) > keptInCursor {
		w.Keys = slices.Clone(w.Keys[len(w.Keys)-keptInCursor:])
	}
	return slices.Clip(fresh)
}

// advance moves the walk over one row.
func (w *activityWalk) advance(row *Activity, k rowKey, place float64) {
	if at := row.CreateTime.UnixMicro(); !row.CreateTime.IsZero() && (w.Reached == 0 || at < w.Reached) {
		w.Reached = at
	}
	w.mark = max(w.mark, place)
	w.Keys = append(w.Keys, k)
	w.Offset++
}

// readRow is a row of an answer that was read before, and its place then.
type readRow struct {
	index int
	place float64
}

// readRows returns those of the rows that were read before, in their order.
func (w *activityWalk) readRows(rows []Activity) (all []readRow) {
	for i := range rows {
		if k, met, known := w.find(&rows[i]); known == paging.Itself && !k.anonymous() {
			all = append(all, readRow{i, met.Place})
		}
	}
	return all
}

// between returns the place of a row that was not read before, at an index of an answer: behind the
// row in front of it and, if one follows, before the first of those that were read.
func (w *activityWalk) between(following []readRow, index int) float64 {
	if len(following) == 0 {
		return w.mark + 1
	}
	next := following[0]
	return w.mark + (next.place-w.mark)/float64(next.index-index+1)
}

// joint returns the place behind the last row with an _id that was read, and the keys of the rows
// that were read behind that one.
func (w *activityWalk) joint(rows []Activity) (place int, since []rowKey) {
	for i := len(rows) - 1; i >= 0; i-- {
		if k, _, known := w.find(&rows[i]); known == paging.Itself && !k.anonymous() {
			return i + 1, w.Keys[slices.Index(w.Keys, k)+1:]
		}
	}
	return 0, nil
}
