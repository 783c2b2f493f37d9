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
	// leastRemembered is how many rows a walk remembers at least, or the rows of two pages.
	leastRemembered = 1000
	// patience is how many answers in a row may bring a walk no further before it gives up.
	patience = 3
	// mostRelocated is how often in a row the walk's place may move and nothing is delivered.
	mostRelocated = 8
)

// pages is the list's [activity.Source].
//
// Rows come and go while a list is read. Every request except the first begins with the row that
// was read last. If it is not there, or if rows come again behind it, the rows around that place
// are read once more, in one answer, which shows them at a single moment (see relocate). A row is
// left out only because its own id was delivered.
func (s *activitySource) pages(ctx context.Context, from activity.Cursor) iter.Seq2[activity.Page[Activity], error] {
	return func(yield func(activity.Page[Activity], error) bool) {
		w, err := s.begin(ctx, from)
		if err == nil {
			defer w.ahead.Close()
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
	begun  bool                   // the first page was read
	partly bool                   // more was delivered than is remembered
	bare   bool                   // the last answer held the row that was read last, and no other
	full   bool                   // the last answer held as many rows as were asked for
	recent *paging.Recent[rowKey] // the places of rows grow in the order of the list
	mark   float64                // the place of the row in front of Offset; -1: there is none
	ahead  *paging.Ahead[span, answer]
	stride int // how many rows an answer brings that is asked for a page
	most   int // how many rows the service lists at once at most; 0: as many as it is asked for
}

func (s *activitySource) begin(ctx context.Context, from activity.Cursor) (*activityWalk, error) {
	w := &activityWalk{
		activitySource: s,
		position:       position{End: s.end, Total: -1},
		recent:         paging.NewRecent[rowKey](max(leastRemembered, 2*s.pageSize)),
		mark:           -1,
		stride:         s.pageSize,
	}
	w.ahead = s.loader(ctx)
	if from == "" {
		return w, nil
	}
	p, err := s.locate(from)
	if err != nil {
		return nil, err
	}
	w.position, w.begun, w.partly = p, true, p.Passed > len(p.Keys)
	for i, k := range p.Keys {
		w.recent.Note(k, float64(i), nil)
	}
	w.mark = float64(len(p.Keys) - 1)
	return w, nil
}

// next reads until there is something to deliver or the list is over.
func (w *activityWalk) next(ctx context.Context) (activity.Page[Activity], error) {
	relocated, complete := 0, 0
	for idle := 0; ; {
		offset := w.Offset
		page, settled, err := w.step(ctx)
		if err != nil {
			return activity.Page[Activity]{}, err
		}
		ended := settled && w.ended(w.Offset > offset)
		if !settled && w.Offset == w.Total && len(page.Items) == 0 {
			// Not believed at once: the service may have counted the rows before it listed them.
			complete++
			ended = complete == 2
		}
		if len(page.Items) > 0 || ended {
			if !ended {
				page.Next, err = cursor.At(w.cursors, w.position)
			}
			return page, err
		}
		// Nothing new. Either rows moved, so that the place is further on; or rows vanished at the
		// end of the list; or the service promises rows that it does not list.
		switch {
		case !settled:
			relocated++
		case w.Offset > offset:
			idle = 0
		default:
			idle++
		}
		if idle == patience || relocated > mostRelocated {
			return activity.Page[Activity]{}, w.lost("the service says that more activities follow, and lists none")
		}
	}
}

// step reads one answer. It reports whether the walk's place was where it was expected.
func (w *activityWalk) step(ctx context.Context) (page activity.Page[Activity], settled bool, err error) {
	a, err := w.ask(ctx)
	if err != nil {
		return page, false, err
	}
	begin := min(w.overlap(), len(a.rows)) // of the rows that are new
	if settled = w.fits(a); !settled {
		w.Unstable = w.Unstable || a.total >= 0 && a.total == w.Total
		if a, begin, err = w.relocate(ctx, a); err != nil {
			return page, false, err
		}
		w.mark = -1 // the rows in front of begin need not be those that were read
	}
	w.Fell += w.fallen(a)
	w.Total = a.total
	if !w.begun {
		w.begun = true
		w.pin(a)
	}
	page = activity.Page[Activity]{Items: w.pass(a, begin, settled), Total: a.total, Raw: a.body, Date: a.date}
	if w.recent.Forgotten() > w.mark {
		return page, false, w.lost("more activities came in than are remembered")
	}
	w.bare = settled && !w.bare && len(a.rows) == begin && w.Offset != w.Total && w.Offset > 0
	w.measure(a, len(page.Items))
	return page, settled, nil
}

// measure notes how many rows the service lists at once: those of an answer, some of them fresh.
func (w *activityWalk) measure(a answer, fresh int) {
	w.full = len(a.rows) >= a.limit
	switch {
	case !w.full && a.reach() < a.total:
		w.most = max(len(a.rows), 2) // of which one may be the row that was read last
	case len(a.rows) > w.most:
		w.most = 0
	}
	w.stride = w.pageSize
	if w.Offset < a.total && fresh > 0 {
		w.stride = fresh
	}
}

// fallen returns by how much the service's count is lower than it was.
func (w *activityWalk) fallen(a answer) int {
	if a.total < 0 {
		return 0
	}
	return max(w.Total-a.total, 0)
}

// overlap is how many rows of the next page were read before: one, except at the beginning, and
// where the service listed that one alone.
func (w *activityWalk) overlap() int {
	if w.bare {
		return 0
	}
	return min(w.Offset, 1)
}

// part is the next page, begun with the row that was read last.
func (w *activityWalk) part() span { return w.page(w.Offset, w.overlap()) }

// page returns the rows of the page at an offset and overlap rows in front of it. If it would be
// the last one and full, a row more shows whether the service counts fewer rows than it lists.
func (w *activityWalk) page(offset, overlap int) span {
	limit := w.pageSize + overlap
	if offset > 0 && offset+w.pageSize == w.Total {
		limit++
	}
	return span{offset: offset - overlap, limit: min(limit, maxPageSize), end: w.End}
}

// ask returns the next page. One that was loaded ahead counts only if it fits: while it was on its
// way the list may have changed.
func (w *activityWalk) ask(ctx context.Context) (answer, error) {
	a, early, err := w.ahead.Get(ctx, w.part(), w.plan())
	if err != nil {
		return a, err
	}
	if early && !w.fits(a) {
		w.ahead.Drop()
		return w.fetch(ctx, w.part())
	}
	return a, nil
}

// fits reports whether an answer continues the rows that were read: none vanished, it begins with
// the last of them, and none that was delivered comes again behind it.
func (w *activityWalk) fits(a answer) bool {
	switch {
	case w.Offset == 0:
		return true
	case w.fallen(a) > 0:
		return false
	case w.bare:
		return w.ordered(a.rows, math.Nextafter(w.mark, math.Inf(1)))
	}
	return len(a.rows) > 0 && w.isLast(&a.rows[0]) && w.ordered(a.rows[1:], w.mark)
}

// isLast reports whether a row is the one that was read last.
func (w *activityWalk) isLast(row *Activity) bool {
	last := w.Keys[len(w.Keys)-1]
	return keyOf(row) == last || keyOfBytes(row.Raw) == last
}

// ended reports whether the list ends at the walk's place. The service's count alone is not
// believed: where an answer was full, or the service does not count or has listed more rows than it
// counts, only an answer without further rows is the end.
func (w *activityWalk) ended(moved bool) bool {
	if w.Offset == w.Total {
		return !w.full || !moved
	}
	return w.Offset > w.Total && !moved && !w.bare
}

// pin fixes the end of the walk, so that what comes in later moves no row: at the moment of the
// first answer, by the service's clock, and not before any row in it. The query's own end counts if
// it is earlier. A list that does not begin with its newest rows is not bounded: others that are
// dated ahead may follow.
func (w *activityWalk) pin(a answer) {
	end := a.date
	if end.IsZero() {
		end = time.Now()
	}
	end = end.Truncate(time.Second).Add(time.Second)
	var before time.Time
	for i := range a.rows {
		at := a.rows[i].CreateTime
		if at.IsZero() {
			continue
		}
		if !before.IsZero() && at.After(before) {
			return
		}
		if before = at; !at.Before(end) {
			end = at.Add(time.Millisecond) // the end itself may not be part of the list
		}
	}
	if pinned := max(ceilMillis(end), w.start); w.end == noTime || pinned < w.end {
		w.End = pinned
	}
}

// lost ends a walk that cannot go on without losing or repeating rows.
func (w *activityWalk) lost(reason string) error {
	return w.api.Fail(opListActivities, activity.ErrListChanged,
		reason+"; what was delivered is good: read the list again, in shorter spans between Start and End if this happens often")
}
