package snaplogic

import (
	"slices"

	"github.com/activity-sdk/activity/internal/paging"
)

// lookUp looks for a row among those that were read, and returns the key by which it is remembered.
func (w *activityWalk) lookUp(row *Activity) (rowKey, paging.Entry, paging.Match) {
	return w.recent.Lookup(keyOf(row), row.Raw, keyOfBytes)
}

// inOrder reports whether the delivered ones among the rows are in the order in which they were
// delivered, and not before a place.
func (w *activityWalk) inOrder(rows []Activity, place float64) bool {
	for i := range rows {
		k, entry, match := w.lookUp(&rows[i])
		if match != paging.SameRow || k.withoutID() {
			continue
		}
		if entry.Place < place {
			return false
		}
		place = entry.Place
	}
	return true
}

// advance moves the walk over the rows of a response from the index start on, until it has a page
// of new rows, and returns these.
//
// A row without an _id has only its bytes to identify it, and others may have the same. If rows
// moved, such a row is left out if it was read before and one of these holds: a row with an _id
// that was read follows in the response, or it comes after the last such row as it did before.
func (w *activityWalk) advance(resp response, start int, inPlace bool) []Activity {
	afterKnown, keysSince := 0, []rowKey(nil)
	if !inPlace {
		afterKnown, keysSince = w.lastKnown(resp.rows)
	}
	var passed []rowKey
	again := false // a row was read before
	known := w.knownRows(resp.rows)
	fresh := resp.rows[start:start] // in place, since a page may be large
	w.Offset = resp.offset + start
	for i := start; i < len(resp.rows) && len(fresh) < w.pageSize; i++ {
		row := &resp.rows[i]
		k, entry, match := w.lookUp(row)
		if k.withoutID() && i >= afterKnown {
			match = paging.NoMatch
			if again := slices.Index(keysSince, k); again >= 0 {
				keysSince, match = keysSince[again+1:], paging.SameRow
			}
		}
		if match == paging.DuplicateKey {
			k = keyOfBytes(row.Raw)
		}
		if match != paging.SameRow {
			w.RowsRead++
			for len(known) > 0 && (known[0].index <= i || known[0].place <= w.lastPlace) {
				known = known[1:]
			}
			entry.Place = w.newPlace(known, i)
			w.recent.Note(k, entry.Place, row.Raw)
		} else if !inPlace && !k.withoutID() && entry.Place <= w.lastPlace {
			entry.Place = w.newPlace(nil, i) // it changed places with the row before
			w.recent.Note(k, entry.Place, row.Raw)
		}
		again = again || match == paging.SameRow
		passed = append(passed, k)
		w.pass(row, entry.Place, match != paging.SameRow)
		if match == paging.NoMatch {
			fresh = append(fresh, *row)
		}
	}
	switch {
	case len(passed) > 0:
		w.skippedTo = ""
		w.noteKeys(passed, again, inPlace)
	case start > 0 && (!inPlace || w.skippedTo != ""):
		w.skippedTo = keyOf(&resp.rows[start-1])
	}
	return slices.Clip(fresh)
}

// placeBefore returns a place for the row before an index of a response that does not continue the
// rows that were read: it is before those of all rows that the walk has yet to look at.
func (w *activityWalk) placeBefore(resp response, start int) float64 {
	place := -1.0
	if !w.remembersTies() {
		return place // the rows before start may be others than those that were read
	}
	place = max(place, w.recent.Forgotten())
	for _, row := range w.knownRows(resp.rows[:start]) {
		place = max(place, row.place)
	}
	return place
}

// pass moves the walk over one row.
func (w *activityWalk) pass(row *Activity, place float64, isNew bool) {
	at := row.CreateTime.UnixMicro()
	switch {
	case row.CreateTime.IsZero():
	case w.Earliest == 0 || at < w.Earliest:
		w.Earliest, w.Ties, w.tiePlace = at, 1, place
	case at == w.Earliest && isNew:
		w.Ties++
		w.tiePlace = min(w.tiePlace, place)
	}
	w.lastPlace = max(w.lastPlace, place)
	w.Offset++
}

// noteKeys adds the keys of rows that the walk has passed. again reports that some of these were
// read before. The keys of delivered rows that the walk did not pass stay, since those rows may
// still come after Offset.
func (w *activityWalk) noteKeys(passed []rowKey, again, inPlace bool) {
	if again || !inPlace {
		w.Keys = slices.DeleteFunc(slices.Clone(w.Keys), func(k rowKey) bool {
			return (!inPlace || !k.withoutID()) && slices.Contains(passed, k)
		})
		w.Apart = len(w.Keys)
	}
	w.Keys = append(w.Keys, passed...)
	if cut := len(w.Keys) - maxCursorKeys; cut > 0 {
		w.Keys = slices.Clone(w.Keys[cut:])
		w.Apart = max(w.Apart-cut, 0)
	}
}

// knownRow is a row of a response that was read before.
type knownRow struct {
	index int     // in the response
	place float64 // when it was read
}

// knownRows returns the rows with an _id that were read before, in the order of the response.
func (w *activityWalk) knownRows(rows []Activity) (known []knownRow) {
	for i := range rows {
		if k, entry, match := w.lookUp(&rows[i]); match == paging.SameRow && !k.withoutID() {
			known = append(known, knownRow{i, entry.Place})
		}
	}
	return known
}

// newPlace returns the place of a new row at an index of a response: after the row before it and
// before the first of the known rows that follow.
func (w *activityWalk) newPlace(following []knownRow, index int) float64 {
	if len(following) == 0 {
		return w.lastPlace + 1
	}
	next := following[0]
	return w.lastPlace + (next.place-w.lastPlace)/float64(next.index-index+1)
}

// lastKnown looks for the last row with an _id that was read before. It returns the index after it,
// and the keys of the rows that were read after it.
func (w *activityWalk) lastKnown(rows []Activity) (after int, keysSince []rowKey) {
	for i := len(rows) - 1; i >= 0; i-- {
		if k, _, match := w.lookUp(&rows[i]); match == paging.SameRow && !k.withoutID() {
			return i + 1, w.Keys[slices.Index(w.Keys, k)+1:]
		}
	}
	return 0, nil
}
