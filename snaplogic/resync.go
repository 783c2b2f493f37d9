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
// One response shows a part of the list at a single moment. If its delivered rows are in the order
// in which they were delivered, other rows only came or went. If not, the service sorts rows
// differently in each response, and some may have moved to before the response. Then the rows
// before it are counted.
func (w *activityWalk) resync(ctx context.Context, latest response) (resp response, start int, err error) {
	w.prefetcher.Discard()
	w.api.Logger().LogAttrs(ctx, slog.LevelWarn, "rows moved while the list was read; searching for the place where it goes on",
		slog.String("op", opListActivities))
	if start, ok := w.showsPlace(latest); ok {
		return latest, start, nil
	}
	remaining := maxSearchRequests
	for req := range w.searchRequests(&latest) {
		if remaining--; remaining < 0 {
			return resp, 0, w.listChanged("the list is too long to be searched for the place where it goes on")
		}
		if latest, err = w.fetch(ctx, req); err != nil {
			return resp, 0, err
		}
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
		default:
			return resp, 0, w.listChanged("the service sorts activities differently in each response")
		}
	}
	if w.remembersAll() { // no delivered row is left, so all rows of the list are new
		resp, err = w.fetch(ctx, w.requestAround(0))
		return resp, 0, err
	}
	return resp, 0, w.listChanged("activities came or went faster than the place in the list could be found")
}

// showsPlace reports whether a response that does not continue the rows that were read shows all
// the same where the walk goes on: it has the row that was read last, and others after it.
func (w *activityWalk) showsPlace(resp response) (start int, ok bool) {
	start, found := w.startIndex(resp)
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
	if first < 0 {
		return 0, false
	}
	if !w.remembersAll() {
		return first, true
	}
	if !newestFirst(resp.rows) || w.Earliest == 0 {
		return 0, true
	}
	earliest := slices.IndexFunc(resp.rows, func(row Activity) bool { return row.CreateTime.UnixMicro() <= w.Earliest })
	if earliest >= 0 && earliest < first {
		return earliest, true
	}
	return first, true
}

// isComplete reports whether every row that was there before was read, or is in the response from
// start on. Each of these proves it:
//
//   - At least as many rows as there are before start were read and are not in the response. Rows
//     that vanished are subtracted, since they may be among those.
//   - The rows from start on are sorted by time, and the first is later than the earliest time that
//     was read. Then all rows of that time, which the service may sort in any way, are in the
//     response.
//   - The count changed, rows that were read have always kept their order, and the response is
//     wide.
func (w *activityWalk) isComplete(resp response, start int, wide bool) bool {
	w.Unstable = w.Unstable || !w.inOrder(resp.rows, -1)
	if resp.total < 0 && w.Unstable {
		return false
	}
	known := 0
	for i := range resp.rows {
		if k, _, match := w.lookUp(&resp.rows[i]); match != paging.NoMatch && !k.withoutID() {
			known++
		}
	}
	readBefore := w.RowsRead - known - w.CountDrop - w.shrinkage(resp)
	switch {
	case resp.total >= 0 && readBefore >= resp.offset+start:
		return true
	case w.Earliest != 0 && newestFirst(resp.rows[start:]) && resp.rows[start].CreateTime.UnixMicro() > w.Earliest:
		return true
	default:
		return wide && resp.total >= 0 && resp.total != w.Total && !w.Unstable
	}
}

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
func (w *activityWalk) remembersAll() bool { return !w.keysCut && math.IsInf(w.recent.Forgotten(), -1) }

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
