package snaplogic

import (
	"context"
	"iter"
	"log/slog"
	"math"
	"slices"

	"github.com/activity-sdk/activity/internal/paging"
)

const (
	// maxSearchRequests limits the requests of one search, whatever the service claims about the
	// list.
	maxSearchRequests = 3000
	// minSearchRows is how many rows a request of a search asks for at least.
	minSearchRows = 1000
)

// resync finds the walk's place again after a response that does not continue the rows that were
// read. It returns a response that has delivered rows and misses none between those and the rest of
// it, and the index of the first row that the walk has to look at.
//
// One response shows a part of the list at a single moment. If the newest rows come first, the
// place is before the first row that is not later than all that were read: every row before it was
// read, and the rows at the time that was read last are told apart by their keys.
//
// In another order, if the delivered rows of the response are in the order in which they were
// delivered, other rows only came or went. If not, the service sorts rows differently in each
// response, and some may have moved to before the response. Then the rows before it are counted.
func (w *activityWalk) resync(ctx context.Context, latest response) (resp response, start int, err error) {
	w.prefetcher.Discard()
	w.api.Logger().LogAttrs(ctx, slog.LevelWarn, "rows moved while the list was read; searching for the place where it goes on",
		slog.String("op", opListActivities))
	if start, ok := w.showsPlace(latest); ok {
		return latest, start, nil
	}
	if len(latest.rows) > 0 && w.isCapped(latest) {
		w.serverLimit = max(len(latest.rows), 2)
	}
	remaining, seen := maxSearchRequests, false
	for req := range w.searchRequests(&latest) {
		if remaining--; remaining < 0 {
			return resp, 0, w.listChanged("the list is too long to be searched for the place where it goes on")
		}
		if latest, err = w.fetch(ctx, req); err != nil {
			return resp, 0, err
		}
		w.noteOrder(latest)
		if latest.total == 0 && len(latest.rows) == 0 {
			// The list is empty, so nothing is missing. What comes later begins it.
			latest.offset = 0
			return latest, 0, nil
		}
		start, found := w.startIndex(latest)
		switch {
		case !found:
		case w.isComplete(latest, start, w.serverLimit == 0):
			return latest, start, nil
		case w.remembersTies():
			seen = true // rows of the same time may be before the response
		default:
			return resp, 0, w.listChanged("the service sorts activities differently in each response")
		}
	}
	if w.remembersAll() && !seen { // no delivered row is left, so all rows of the list are new
		resp, err = w.fetch(ctx, w.requestAround(0))
		return resp, 0, err
	}
	return resp, 0, w.listChanged("activities came or went faster than the place in the list could be found")
}

// showsPlace reports whether a response that does not continue the rows that were read shows all
// the same where the walk goes on: it has rows after those that were read, and if only their count
// can prove it, also the row that was read last.
func (w *activityWalk) showsPlace(resp response) (start int, ok bool) {
	start, found := w.startIndex(resp)
	if w.remembersTies() {
		return start, found && start < len(resp.rows) && w.isComplete(resp, start, false)
	}
	last := slices.IndexFunc(resp.rows, func(row Activity) bool { return w.isLastRow(&row) })
	return start, found && last >= 0 && last+1 < len(resp.rows) && w.isComplete(resp, start, false)
}

// startIndex returns the index of the first row that the walk has to look at. found is false if no
// row of the response was read before.
//
// Rows before the first known row may have been delivered and forgotten, or have come in since.
// They are looked at only if they can be neither.
func (w *activityWalk) startIndex(resp response) (start int, found bool) {
	first := slices.IndexFunc(resp.rows, func(row Activity) bool {
		k, entry, match := w.lookUp(&row)
		return match == paging.SameRow && !k.withoutID() && entry.Place > w.recent.Forgotten()
	})
	switch {
	case first < 0:
		return 0, false
	case w.remembersTies():
		return w.notLater(resp.rows), true
	case w.remembersAll():
		return 0, true
	}
	return first, true
}

// notLater returns the index of the first row that is not later than all rows that were read, or
// the number of rows if all are later. Rows before it were read, or came in since.
func (w *activityWalk) notLater(rows []Activity) int {
	for i := range rows {
		if rows[i].CreateTime.UnixMicro() <= w.Earliest {
			return i
		}
	}
	return len(rows)
}

// skipLater returns the index of the first row that the walk has to look at in a response that
// continues the rows that were read. It is start, unless the place of the walk is among rows that
// are later than all that were read.
func (w *activityWalk) skipLater(resp response, start int) (int, error) {
	switch {
	case w.skippedTo == "":
		w.Unsorted = w.Unsorted || w.sorted() && w.notLater(resp.rows[start:]) > 0
		return start, nil
	case w.remembersTies():
		return start + w.notLater(resp.rows[start:]), nil
	}
	return 0, w.listChanged("the service sorts activities differently in each response")
}

// isComplete reports whether every row that was there before was read, or is in the response from
// start on. Each of these proves it:
//
//   - The newest rows come first, and the row before start is later than all rows that were read.
//     Then all rows at the time that was read last are in the response from start on, or after it.
//   - At least as many rows as there are before start were read and are not in the response, and
//     none of those can be after it. Rows that vanished are subtracted, since they may be among
//     those.
//   - The count changed, rows that were read have always kept their order, and the response is
//     wide.
func (w *activityWalk) isComplete(resp response, start int, wide bool) bool {
	w.Unstable = w.Unstable || !w.inOrder(resp.rows, -1)
	counted := false
	switch {
	case w.remembersTies():
		if start > 0 || resp.offset == 0 {
			return true
		}
		counted = w.isCapped(resp) // a response with enough rows would show the row before start
	case resp.total >= 0:
		counted = !w.mayRepeat(resp, start)
	}
	if !counted {
		return false
	}
	known := 0
	for i := range resp.rows {
		if k, _, match := w.lookUp(&resp.rows[i]); match != paging.NoMatch && !k.withoutID() {
			known++
		}
	}
	readBefore := w.RowsRead - known - w.CountDrop - w.shrinkage(resp)
	return readBefore >= resp.offset+start && w.endsAfterKnown(resp, wide) || wide && resp.total != w.Total && !w.Unstable
}

// isCapped reports whether the service lists fewer rows in a response than there are and were
// requested.
func (w *activityWalk) isCapped(resp response) bool {
	return resp.nextOffset() < resp.total && (len(resp.rows) < resp.limit || w.serverLimit > 0)
}

// endsAfterKnown reports whether no row that was read can be after the response: the list ends with
// it, or rows of the time of its last row were not read. A wide response shows it, too, if the
// known rows are in order and the last row is not one of them.
func (w *activityWalk) endsAfterKnown(resp response, wide bool) bool {
	if resp.nextOffset() >= resp.total || len(resp.rows) == 0 {
		return true
	}
	last := resp.rows[len(resp.rows)-1].CreateTime
	ends, known := !last.IsZero(), false
	for i := range resp.rows {
		_, _, match := w.lookUp(&resp.rows[i])
		known = match != paging.NoMatch
		ends = ends && (!known || !resp.rows[i].CreateTime.Equal(last))
	}
	return ends || wide && !known && w.inOrder(resp.rows, -1)
}

// mayRepeat reports whether rows of the response from start on, the first known row, may have been
// delivered and forgotten. They would be delivered again, and counted twice.
//
// Forgotten rows are before all others unless rows changed places. So it is the order of the known
// rows that counts, and after a cursor, with its few keys, also that no other row is among them.
func (w *activityWalk) mayRepeat(resp response, start int) bool {
	if w.remembersAll() {
		return false
	}
	if w.sorted() { // and not all rows of the earliest time are remembered
		return w.Unstable || w.resumed > 0 && !w.adjoin(resp.rows[start:])
	}
	_, entry, _ := w.lookUp(&resp.rows[start])
	switch {
	case w.resumed > 0 && entry.Place < float64(w.resumed):
		return w.Unstable || !w.adjoin(resp.rows[start:])
	default:
		return w.Unstable && start > 0
	}
}

// adjoin reports whether the known rows follow each other from the first row on.
func (w *activityWalk) adjoin(rows []Activity) bool {
	unknown := false
	for i := range rows {
		_, _, match := w.lookUp(&rows[i])
		if match != paging.NoMatch && unknown {
			return false
		}
		unknown = unknown || match == paging.NoMatch
	}
	return true
}

// areKnown reports whether all rows were read before.
func (w *activityWalk) areKnown(rows []Activity) bool {
	return !slices.ContainsFunc(rows, func(row Activity) bool {
		_, _, match := w.lookUp(&row)
		return match == paging.NoMatch
	})
}

// noteOrder notes whether the list has the newest rows first.
func (w *activityWalk) noteOrder(resp response) { w.Unsorted = w.Unsorted || !newestFirst(resp.rows) }

// sorted reports whether all rows came with the newest first.
func (w *activityWalk) sorted() bool { return w.Earliest != 0 && !w.Unsorted }

// remembersTies reports whether the newest rows come first, and all rows that were read at the
// earliest time are remembered. Then the rows that were read are those that are later, and these.
func (w *activityWalk) remembersTies() bool { return w.sorted() && w.tiePlace > w.recent.Forgotten() }

// newestFirst reports whether all rows have a time, and none a later one than the row before it.
func newestFirst(rows []Activity) bool {
	for i := range rows {
		if at := rows[i].CreateTime; at.IsZero() || i > 0 && at.After(rows[i-1].CreateTime) {
			return false
		}
	}
	return true
}

// remembersAll reports whether all delivered rows are remembered.
func (w *activityWalk) remembersAll() bool {
	return w.resumed == 0 && math.IsInf(w.recent.Forgotten(), -1)
}

// requestAround returns a request for the rows on both sides of an offset.
func (w *activityWalk) requestAround(offset int) pageRequest {
	limit := min(max(2*w.pageSize+1, minSearchRows), maxPageSize)
	if w.serverLimit > 0 {
		limit = w.serverLimit
	}
	return pageRequest{offset: max(offset-limit/2, 0), limit: limit, end: w.End}
}

// searchRequests yields the requests of a search: where the place is now if the rows before it
// changed as the count did; then from where it was back to the beginning of the list, which is
// where it moves if rows vanish; then on to the end. The requests overlap, since rows can move
// while the search goes on. latest is the response to the request before.
func (w *activityWalk) searchRequests(latest *response) iter.Seq[pageRequest] {
	return func(yield func(pageRequest) bool) {
		change := latest.total - w.Total
		if w.Total >= 0 && latest.total >= 0 && change != 0 && !yield(w.requestAround(w.Offset-1+change)) {
			return
		}
		for req := w.requestAround(w.Offset - 1); ; req.offset = max(req.offset-searchStep(req.limit), 0) {
			if !yield(req) {
				return
			}
			if req.offset == 0 {
				break
			}
		}
		for req := latest.pageRequest; len(latest.rows) > 0 && (latest.total < 0 || latest.nextOffset() < latest.total); {
			req.offset += max(searchStep(len(latest.rows)), 1)
			if !yield(req) {
				return
			}
		}
	}
}

// searchStep returns by how many rows two requests of a search are apart, so that they overlap.
func searchStep(rows int) int { return rows - rows/4 }
