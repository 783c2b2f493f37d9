package snaplogic

import (
	"context"
	"iter"
	"math"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/cursor"
	"github.com/activity-sdk/activity/internal/paging"
)

const (
	// minRemembered is how many rows a walk remembers at least. It remembers more if two pages have
	// more.
	minRemembered = 1000
	// maxIdle is how many responses in a row may bring the walk no further before it ends with an
	// error.
	maxIdle = 3
	// maxResyncs is how often the walk may search for its place before it delivers a row.
	maxResyncs = 8
)

// pages is the list's [activity.Source].
//
// Rows come and go while a list is read. Each request after the first begins with the row that was
// read last. If the response does not begin with that row, or has delivered rows after it, the rows
// around that place are read again in one response, which shows them at a single moment (see
// resync). A row is skipped only if its id was already delivered.
func (s *activitySource) pages(ctx context.Context, from activity.Cursor) iter.Seq2[activity.Page[Activity], error] {
	return func(yield func(activity.Page[Activity], error) bool) {
		w, err := s.newWalk(ctx, from)
		if err == nil {
			defer w.prefetcher.Close()
		}
		for err == nil {
			var page activity.Page[Activity]
			if page, err = w.next(ctx); err == nil && (!yield(page, nil) || page.Next == "") {
				return
			}
		}
		yield(activity.Page[Activity]{Total: -1}, err)
	}
}

// activityWalk is the state of one range over a list.
type activityWalk struct {
	*activitySource
	position
	started     bool                   // the first page was read
	keysCut     bool                   // the walk began at a cursor without all keys
	lastRowOnly bool                   // the last response had only the row that was read last
	lastFull    bool                   // the last response had as many rows as were requested
	recent      *paging.Recent[rowKey] // the places of rows grow in the order of the list
	lastPlace   float64                // the place of the row before Offset; -1: none
	prefetcher  *paging.Prefetcher[pageRequest, response]
	pageStep    int // how many new rows the next pages are expected to have
	serverLimit int // the most rows that the service lists in a response; 0: no limit
}

func (s *activitySource) newWalk(ctx context.Context, from activity.Cursor) (*activityWalk, error) {
	w := &activityWalk{
		activitySource: s,
		position:       position{End: s.end, Total: -1},
		recent:         paging.NewRecent[rowKey](max(minRemembered, 2*s.pageSize)),
		lastPlace:      -1,
		prefetcher:     s.newPrefetcher(ctx),
		pageStep:       s.pageSize,
	}
	if from == "" {
		return w, nil
	}
	p, err := s.decode(from)
	if err != nil {
		return nil, err
	}
	w.position, w.started, w.keysCut = p, true, p.RowsRead > len(p.Keys)
	for i, k := range p.Keys {
		w.recent.Note(k, float64(i), nil)
	}
	w.lastPlace = float64(len(p.Keys) - 1)
	return w, nil
}

// next reads responses until there are new rows or the list ends.
func (w *activityWalk) next(ctx context.Context) (activity.Page[Activity], error) {
	for resyncs, atTotal, idle := 0, 0, 0; ; {
		offset := w.Offset
		page, inPlace, err := w.step(ctx)
		if err != nil {
			return activity.Page[Activity]{}, err
		}
		ended := inPlace && w.ended(w.Offset > offset)
		if !inPlace && w.Offset == w.Total && len(page.Items) == 0 {
			// Once is not enough: the service may have counted the rows before it listed them.
			atTotal++
			ended = atTotal == 2
		}
		if len(page.Items) > 0 || ended {
			if !ended {
				page.Next, err = cursor.At(w.cursors, w.position)
			}
			return page, err
		}
		// Nothing new. Either rows moved, so that the place is further on; or rows vanished at the
		// end of the list; or the service counts rows that it does not list.
		switch {
		case !inPlace:
			resyncs++
		case w.Offset > offset:
			idle = 0
		default:
			idle++
		}
		if idle == maxIdle || resyncs > maxResyncs {
			return activity.Page[Activity]{}, w.listChanged("the service counts more activities, but does not list them")
		}
	}
}

// step reads one response and moves the walk over its rows. inPlace reports that the response
// continued the rows that were read.
func (w *activityWalk) step(ctx context.Context) (page activity.Page[Activity], inPlace bool, err error) {
	resp, err := w.fetchNext(ctx)
	if err != nil {
		return page, false, err
	}
	start := min(w.overlap(), len(resp.rows)) // the index of the first new row
	if inPlace = w.continues(resp); !inPlace {
		w.Unstable = w.Unstable || resp.total >= 0 && resp.total == w.Total
		if resp, start, err = w.resync(ctx, resp); err != nil {
			return page, false, err
		}
		w.lastPlace = -1 // the rows before start may be others than those that were read
	}
	w.CountDrop += w.shrinkage(resp)
	w.Total = resp.total
	if !w.started {
		w.started = true
		w.pinEnd(resp)
	}
	page = activity.Page[Activity]{Items: w.advance(resp, start, inPlace), Total: resp.total, Raw: resp.body, Date: resp.date}
	if w.recent.Forgotten() > w.lastPlace {
		return page, false, w.listChanged("more activities came in than are remembered")
	}
	w.lastRowOnly = inPlace && !w.lastRowOnly && len(resp.rows) == start && w.Offset != w.Total && w.Offset > 0
	w.noteSize(resp, len(page.Items))
	return page, inPlace, nil
}

// fetchNext returns the response to the next request. A prefetched response that does not continue
// the rows that were read is requested again, since the list may have changed in the meantime.
func (w *activityWalk) fetchNext(ctx context.Context) (response, error) {
	req := w.requestAt(w.Offset, w.overlap())
	resp, prefetched, err := w.prefetcher.Get(ctx, req, w.plan())
	if err != nil {
		return resp, err
	}
	if prefetched && !w.continues(resp) {
		w.prefetcher.Discard()
		return w.fetch(ctx, req)
	}
	return resp, nil
}

// overlap returns how many rows of the next page were read before. It is one, except at the
// beginning and after a response that had only that row.
func (w *activityWalk) overlap() int {
	if w.lastRowOnly {
		return 0
	}
	return min(w.Offset, 1)
}

// requestAt returns the request for the page at an offset and for overlap rows before it. If that
// page would be full and the last one, one row more is requested, which shows whether the service
// lists more rows than it counts.
func (w *activityWalk) requestAt(offset, overlap int) pageRequest {
	limit := w.pageSize + overlap
	if offset > 0 && offset+w.pageSize == w.Total {
		limit++
	}
	return pageRequest{offset: offset - overlap, limit: min(limit, maxPageSize), end: w.End}
}

// continues reports whether a response continues the rows that were read: the count did not fall,
// the response begins with the row that was read last, and no delivered row comes after it.
func (w *activityWalk) continues(resp response) bool {
	switch {
	case w.Offset == 0:
		return true
	case w.shrinkage(resp) > 0:
		return false
	case w.lastRowOnly:
		return w.inOrder(resp.rows, math.Nextafter(w.lastPlace, math.Inf(1)))
	}
	return len(resp.rows) > 0 && w.isLastRow(&resp.rows[0]) && w.inOrder(resp.rows[1:], w.lastPlace)
}

// isLastRow reports whether a row is the one that was read last.
func (w *activityWalk) isLastRow(row *Activity) bool {
	last := w.Keys[len(w.Keys)-1]
	return keyOf(row) == last || keyOfBytes(row.Raw) == last
}

// shrinkage returns by how much the service's count fell since the last response.
func (w *activityWalk) shrinkage(resp response) int {
	if resp.total < 0 {
		return 0
	}
	return max(w.Total-resp.total, 0)
}

// pinEnd sets the end of the walk, so that activities which happen later move no row (see
// [paging.PinnedEnd]). The query's own end wins if it is earlier.
func (w *activityWalk) pinEnd(first response) {
	end, ok := paging.PinnedEnd(first.date, first.rows, func(a *Activity) time.Time { return a.CreateTime }, time.Millisecond)
	if !ok {
		return
	}
	if pinned := max(ceilMillis(end), w.start); w.end == noTime || pinned < w.end {
		w.End = pinned
	}
}

// noteSize notes how many rows the service lists in a response, and how many of these were new.
func (w *activityWalk) noteSize(resp response, newRows int) {
	w.lastFull = len(resp.rows) >= resp.limit
	switch {
	case !w.lastFull && resp.nextOffset() < resp.total:
		w.serverLimit = max(len(resp.rows), 2) // one of them may be the row that was read last
	case len(resp.rows) > w.serverLimit:
		w.serverLimit = 0
	}
	w.pageStep = w.pageSize
	if w.Offset < resp.total && newRows > 0 {
		w.pageStep = newRows
	}
}

// ended reports whether the list ends at the walk's offset. moved reports that the last response
// moved the offset.
//
// The count alone does not prove the end. If the last response was full, if the service does not
// count, or if it has listed more rows than it counts, only a response without new rows is the end.
func (w *activityWalk) ended(moved bool) bool {
	if w.Offset == w.Total {
		return !w.lastFull || !moved
	}
	return w.Offset > w.Total && !moved && !w.lastRowOnly
}

// listChanged returns the error of a walk that cannot go on without losing or repeating rows.
func (w *activityWalk) listChanged(reason string) error {
	return w.api.Fail(opListActivities, activity.ErrListChanged,
		reason+"; what was delivered is good: read the list again, in shorter spans between Start and End if this happens often")
}
