package snaplogic

import (
	"context"
	"math"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/cursor"
	"github.com/activity-sdk/activity/internal/paging"
)

// leastRoom is how many consecutive rows may vanish at least, whatever the page size.
const leastRoom = 1000

// patience is how many answers in a row may bring a walk no further before it gives up.
const patience = 3

// activityWalk reads the list page by page while rows come and go. Every request but the first begins with the row that was delivered
// last. If the answer holds a delivered row, what follows the last one of them is new (see [memory.join]); if it holds none, the
// place is searched for. Offsets only say where to look: what is delivered never rests on them.
type activityWalk struct {
	source   *activitySource
	prefetch int             // how many pages may be loaded ahead of the one that was delivered last
	next     activity.Cursor // where the state below stands

	end    int64   // pinned when the walk began
	offset int     // of the row that comes next, in the list as it was when
	total  int     // it had so many rows; -1: unknown
	behind *memory // the rows that were delivered

	ahead *paging.Ahead[span, answer]
	most  int // how many rows the service gives at once at most, if that is fewer than it is asked for; 0: as many
	gap   int // the offset up to which rows are missing before those that were loaded ahead; 0: none
}

// Page reads the page at a cursor: with all that the walk remembers where it goes on from its own last page, else with what the cursor
// holds.
func (w *activityWalk) Page(ctx context.Context, at activity.Cursor) (activity.Page[Activity], error) {
	if at == "" || at != w.next {
		if err := w.begin(at); err != nil {
			return activity.Page[Activity]{Total: -1}, err
		}
	}
	page, err := w.read(ctx)
	if err != nil {
		return activity.Page[Activity]{Total: -1}, err
	}
	w.next = page.Next
	return page, nil
}

func (w *activityWalk) begin(at activity.Cursor) error {
	p := position{End: w.source.pin(time.Now()), Total: -1, Whole: true}
	if at != "" {
		var err error
		if p, err = w.source.locate(at); err != nil {
			return err
		}
	}
	w.next, w.end, w.offset, w.total = at, p.End, p.Offset, p.Total
	w.behind = newMemory(w.room(), p.Whole, p.Keys...)
	w.loadAhead()
	return nil
}

// room is how many rows are remembered. Rows that were loaded ahead may vanish before they are delivered, and those of the page that is
// being used are not delivered yet: they come on top.
func (w *activityWalk) room() int {
	room := max(leastRoom, 2*w.source.pageSize) + 1
	if w.prefetch > 0 {
		room += (w.prefetch + 1) * w.source.pageSize
	}
	return room
}

// read asks until there is something to deliver or the list is over.
func (w *activityWalk) read(ctx context.Context) (activity.Page[Activity], error) {
	part := w.part()
	for idle, ahead := 0, math.MaxInt; ; {
		a, j, found, err := w.ask(ctx, part)
		if err != nil {
			return activity.Page[Activity]{}, err
		}
		if !found {
			if a, j, err = w.search(ctx, a.total); err != nil {
				return activity.Page[Activity]{}, err
			}
		}
		if len(j.fresh) > 0 {
			return w.deliver(a, j)
		}

		// Nothing new. Either more was inserted in front than the answer holds, so that the place is further on; or rows that were
		// delivered vanished at the end of the list; or the service promises rows that it does not give.
		if j.ahead < ahead {
			ahead, idle = j.ahead, 0
		} else {
			idle++
		}
		if w.over(a, j, idle > 0) {
			return activity.Page[Activity]{Total: a.total, Raw: a.body, Date: a.date}, nil
		}
		if idle == patience {
			return activity.Page[Activity]{}, w.lost("the service says that more activities follow, and gives none")
		}
		w.offset, w.total = a.offset+j.anchor+j.ahead+w.behind.overlap(), a.total
		if w.front() >= 0 {
			part = w.around(w.front())
		}
	}
}

// front is the offset at which the last delivered row that has an _id is expected; -1 at the beginning.
func (w *activityWalk) front() int { return w.offset - w.behind.overlap() }

// part is the page that comes next, begun with the row at the front.
func (w *activityWalk) part() span {
	switch front := w.front(); {
	case front < 0:
		return span{offset: 0, limit: w.source.pageSize}
	case w.gap > w.offset:
		return span{offset: front, limit: w.gap - front}
	default:
		return span{offset: front, limit: min(w.offset-front+w.source.pageSize, maxPageSize)}
	}
}

// shifted tells whether the front is no longer where it was expected.
func (w *activityWalk) shifted(a answer, j joint) bool {
	return j.ahead > 0 || a.offset+j.anchor != w.front()
}

// over tells whether the list ends with an answer that brought nothing new. An answer that shows a shift is not believed at once: the
// service may have counted the rows before it, and listed them after.
func (w *activityWalk) over(a answer, j joint, again bool) bool {
	atEnd := a.total == a.reach() || a.total < a.reach() && a.rows.Len() < a.limit
	return atEnd && (again || !w.shifted(a, j))
}

// deliver makes a page of what is new in an answer and moves the walk behind it.
func (w *activityWalk) deliver(a answer, j joint) (activity.Page[Activity], error) {
	fresh, reach := j.fresh, a.reach()
	if len(fresh) > w.source.pageSize {
		fresh = fresh[:w.source.pageSize]
		reach = a.offset + fresh[len(fresh)-1] + 1
	}
	page := activity.Page[Activity]{Total: a.total, Raw: a.body, Date: a.date}
	if items, later := a.rows.Pick(fresh).Records(); later != nil {
		page = page.Defer(later)
	} else {
		page.Items = items
	}
	last := a.total == reach && !w.shifted(a, j)
	w.offset, w.total = reach, a.total
	w.behind.advance(a.keys, j.anchor, fresh[len(fresh)-1]+1)
	w.gap = w.missing(a, reach)
	if last {
		return page, nil
	}
	var err error
	page.Next, err = w.cursor()
	return page, err
}

// cursor stores the state, but for what was delivered long ago.
func (w *activityWalk) cursor() (activity.Cursor, error) {
	keys := w.behind.recent(keptInCursor)
	return cursor.At(w.source.cursors, position{
		Offset: w.offset,
		End:    w.end,
		Total:  w.total,
		Keys:   keys,
		Whole:  w.behind.whole && len(keys) == len(w.behind.keys),
	})
}

// lost ends a walk that cannot go on without losing or repeating rows.
func (w *activityWalk) lost(reason string) error {
	return w.source.api.Fail(opListActivities, activity.ErrListChanged,
		reason+"; what was delivered is good: read the list again, in shorter spans between Start and End if this happens often")
}
