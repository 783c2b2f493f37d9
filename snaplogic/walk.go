package snaplogic

import (
	"cmp"
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
	// maxSteps is how many responses without a new row it reads in a row.
	maxSteps = 1000
	// maxTieResyncs is how often it may search where rows of one time were delivered: they change
	// places by chance, until the row that was read last is where it was.
	maxTieResyncs = 30
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
	resumed     int                    // how many keys the cursor had, if it did not have all
	lastRowOnly bool                   // the last response had only the row that was read last
	lastFull    bool                   // the last response had as many rows as were requested
	recent      *paging.Recent[rowKey] // the places of rows grow in the order of the list
	lastPlace   float64                // the place of the row before Offset; -1: none
	tiePlace    float64                // the lowest place of the rows with the time Earliest
	// skippedTo is the key of the row before Offset if that row is later than Earliest: then the
	// rows that follow are skipped until one is not later. It is empty otherwise.
	skippedTo   rowKey
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
	w.position, w.started = p, true
	for i, k := range p.Keys {
		w.recent.Note(k, float64(i), nil)
	}
	w.lastPlace = float64(len(p.Keys) - 1)
	if p.RowsRead > len(p.Keys) {
		w.resumed = len(p.Keys)
	}
	if w.tiePlace = float64(len(p.Keys) - p.Ties); w.tiePlace < 0 {
		w.tiePlace = math.Inf(-1)
	}
	return w, nil
}

// next reads responses until there are new rows or the list ends.
func (w *activityWalk) next(ctx context.Context) (activity.Page[Activity], error) {
	for resyncs, atTotal, idle, steps := 0, 0, 0, 1; ; steps++ {
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
		limit := maxResyncs
		if w.remembersTies() && w.Ties > 1 {
			limit = maxTieResyncs
		}
		if idle == maxIdle || resyncs > limit || steps == maxSteps {
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
	w.noteOrder(resp)
	start := min(w.Offset-resp.offset, len(resp.rows)) // the index of the first new row
	lastRowOnly := len(resp.rows) == start
	if inPlace = w.continues(resp); inPlace {
		if start, err = w.skipLater(resp, start); err != nil {
			return page, false, err
		}
	} else {
		w.Unstable = w.Unstable || resp.total == w.Total
		if resp, start, err = w.resync(ctx, resp); err != nil {
			return page, false, err
		}
		w.lastPlace = w.placeBefore(resp, start)
	}
	w.CountDrop += w.shrinkage(resp)
	w.Total = resp.total
	if inPlace && w.End == w.end && (!w.started || !w.Unsorted) {
		w.pinEnd(resp)
	}
	w.started = true
	page = activity.Page[Activity]{Items: w.advance(resp, start, inPlace), Total: resp.total, Raw: resp.body, Date: resp.date}
	if w.recent.Forgotten() > w.lastPlace {
		return page, false, w.listChanged("more activities came in than are remembered")
	}
	w.lastRowOnly = inPlace && !w.lastRowOnly && lastRowOnly && w.Offset != w.Total && w.Offset > 0
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
		if resp, err = w.fetch(ctx, req); err != nil {
			return resp, err
		}
	}
	if w.overlap() > 1 && len(resp.rows) <= w.overlap() && resp.nextOffset() != resp.total && w.continues(resp) {
		return w.fetch(ctx, w.requestAt(w.Offset, 1)) // the service lists no more rows in a response
	}
	return resp, nil
}

// overlap returns how many rows of the next page were read before. It is one, except at the
// beginning and after a response that had only that row.
//
// After a cursor, rows may have changed places with some whose keys the cursor does not have. Then
// all rows that it has keys of are read again: if each is where it was, no others moved.
//
// If rows moved and the service does not count, no count shows that rows vanished. Then the rows of
// the earliest time and the one before them are read again.
func (w *activityWalk) overlap() int {
	switch {
	case w.lastRowOnly:
		return 0
	case w.showsTies():
		return min(w.Offset, w.Ties+1)
	case w.resumed > 0 && w.skippedTo == "" && !w.remembersTies():
		return min(w.Offset, len(w.Keys)-w.Apart)
	}
	return min(w.Offset, 1)
}

// showsTies reports whether each response has to show all rows of the earliest time.
func (w *activityWalk) showsTies() bool {
	return w.Unstable && w.Total < 0 && w.skippedTo == "" && w.remembersTies() && w.Ties < minRemembered
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
// the response begins with the rows that were read last, and no delivered row comes after them.
func (w *activityWalk) continues(resp response) bool {
	switch {
	case w.Offset == 0:
		return true
	case w.shrinkage(resp) > 0:
		return false
	case w.lastRowOnly:
		return w.inOrder(resp.rows, math.Nextafter(w.lastPlace, math.Inf(1))) && (!w.sorted() || w.notLater(resp.rows) == 0)
	}
	overlap := w.Offset - resp.offset
	switch {
	case overlap > 1 && w.showsTies():
		return len(resp.rows) >= overlap && w.isLastRow(&resp.rows[overlap-1]) &&
			(resp.offset == 0 || resp.rows[0].CreateTime.UnixMicro() > w.Earliest) &&
			w.areKnown(resp.rows[1:overlap]) && w.inOrder(resp.rows[overlap:], w.lastPlace)
	case overlap == 1:
		return len(resp.rows) > 0 && w.isLastRow(&resp.rows[0]) && w.inOrder(resp.rows[1:], w.lastPlace)
	case overlap > len(w.Keys): // as many ties, and this response shows that the list is not sorted
		return false
	}
	for i, k := range w.Keys[len(w.Keys)-overlap:] {
		if i == len(resp.rows) {
			return i > 0
		}
		if !hasKey(&resp.rows[i], k) {
			return false
		}
	}
	return w.inOrder(resp.rows[overlap:], w.lastPlace)
}

// isLastRow reports whether a row is the one before Offset.
func (w *activityWalk) isLastRow(row *Activity) bool {
	return hasKey(row, cmp.Or(w.skippedTo, w.Keys[len(w.Keys)-1]))
}

func hasKey(row *Activity, k rowKey) bool { return keyOf(row) == k || keyOfBytes(row.Raw) == k }

// shrinkage returns by how much the service's count fell since the last response.
func (w *activityWalk) shrinkage(resp response) int {
	if resp.total < 0 {
		return 0
	}
	return max(w.Total-resp.total, 0)
}

// pinEnd sets the end of the walk, so that activities which happen later move no row (see
// [paging.PinnedEnd]). The query's own end wins if it is earlier. Nothing is set before two rows
// show that the newest come first: in another order, rows that are dated ahead may follow.
func (w *activityWalk) pinEnd(resp response) {
	timeOf := func(a *Activity) time.Time { return a.CreateTime }
	end, ok := paging.PinnedEnd(resp.date, resp.rows, timeOf, time.Millisecond)
	if !ok || !paging.Falls(resp.rows, timeOf) {
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
