package paging

import (
	"context"
	"hash/maphash"
	"io"
	"iter"

	"github.com/activity-sdk/activity"
)

var (
	_ activity.Walker[any] = (*Links[any])(nil)
	_ io.Closer            = (*linkWalk[any])(nil)
)

// Walk begins a walk, which remembers more than a cursor can hold if there is something to remember.
func (l *Links[T]) Walk() activity.Source[T] {
	if l.Remember == nil {
		return l
	}
	return &linkWalk[T]{
		links:    l,
		followed: map[uint64]struct{}{},
		seed:     maphash.MakeSeed(),
		// The list itself has one page on its way: the one that the walk is asked for.
		ahead:   NewAhead(l.Prefetch()-1, l.fetch),
		planned: l.Plan != nil,
		total:   -1,
	}
}

// linkWalk is one walk with a memory.
type linkWalk[T any] struct {
	links  *Links[T]
	memory Memory[T] // nil before the first page
	// followed has a hash of every link so far. Whoever walks compares cursors, but those differ by their notes where links do not.
	followed map[uint64]struct{}
	seed     maphash.Seed

	ahead   *Ahead[link, linkedPage[T]]
	planned bool // the links so far were those that were planned
	total   int  // what the last page said
	size    int  // the items of the largest page so far
}

func (w *linkWalk[T]) Page(ctx context.Context, at activity.Cursor) (activity.Page[T], error) {
	none := activity.Page[T]{Total: -1}
	from, err := w.links.locate(at)
	if err != nil {
		return none, err
	}
	if w.repeats(from) {
		return none, w.links.Client.Fail(w.links.Op, activity.ErrCursorLoop,
			"a page links to one that was read before; nothing is repeated")
	}
	if w.memory == nil {
		if w.memory, err = w.links.recall(from); err != nil {
			return none, err
		}
	}
	here := from.link()
	page, early, err := w.ahead.Get(ctx, here, w.plan(here))
	if early && !w.fits(page, err) {
		early = false
		w.ahead.Drop()
		page, err = w.links.fetch(ctx, here)
	}
	page.Early = early
	if err == nil {
		w.observe(here, page)
	}
	return w.links.deliver(ctx, page, err, at != "", w.memory)
}

// Close ends what is still on its way.
func (w *linkWalk[T]) Close() error {
	w.ahead.Close()
	return nil
}

// fits tells whether what was loaded ahead can be taken for what would be loaded now. A failure can, but for a page that does not exist:
// it may have come into being since. The last page is always asked for in its turn.
func (w *linkWalk[T]) fits(page linkedPage[T], err error) bool {
	if err != nil {
		return !w.links.ended(err)
	}
	return page.Next != "" && w.memory.Follows(page.Linked)
}

// plan gives the links behind one.
func (w *linkWalk[T]) plan(at link) iter.Seq[link] {
	return func(yield func(link) bool) {
		if !w.planned || w.size == 0 {
			return
		}
		for query := range w.links.Plan(at.query, w.total, w.size) {
			if !yield(link{at.path, query}) {
				return
			}
		}
	}
}

// observe learns from a page how to plan, and whether the service's links are as they were planned.
func (w *linkWalk[T]) observe(at link, page linkedPage[T]) {
	w.total, w.size = page.Total, max(w.size, len(page.Items))
	if page.Next == "" {
		return
	}
	for next := range w.plan(at) {
		w.planned = next == page.next.link()
		return
	}
}

func (w *linkWalk[T]) repeats(p linkPosition) bool {
	hash := maphash.String(w.seed, p.Path+"?"+p.Query)
	_, known := w.followed[hash]
	w.followed[hash] = struct{}{}
	return known
}
