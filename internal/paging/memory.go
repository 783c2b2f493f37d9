package paging

import (
	"context"
	"hash/maphash"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/activity-sdk/activity"
)

// Memory keeps records that were delivered from being delivered again, where they can move from one page to another while a list is
// read. It serves one walk, which asks for one page after the other.
type Memory[T any] interface {
	// Sift gives the records of a page that were not delivered before, in their order. It is called once for each page, after the whole
	// of it was received and understood. Its error ends the walk.
	Sift(page Linked[T]) ([]T, error)
	// Note is what a cursor carries of the memory: JSON, and short.
	Note() jsontext.Value
}

var _ activity.Walker[any] = (*Links[any])(nil)

// Walk begins a walk, which remembers more than a cursor can hold if there is something to remember.
func (l *Links[T]) Walk() activity.Source[T] {
	if l.Remember == nil {
		return l
	}
	return &linkWalk[T]{links: l, followed: map[uint64]struct{}{}, seed: maphash.MakeSeed()}
}

// linkWalk is one walk with a memory.
type linkWalk[T any] struct {
	links  *Links[T]
	memory Memory[T] // nil before the first page
	// followed has a hash of every link so far. Whoever walks compares cursors, but those differ by their notes where links do not.
	followed map[uint64]struct{}
	seed     maphash.Seed
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
	return w.links.load(ctx, from, at != "", w.memory)
}

func (w *linkWalk[T]) repeats(p linkPosition) bool {
	hash := maphash.String(w.seed, p.Path+"?"+p.Query)
	_, known := w.followed[hash]
	w.followed[hash] = struct{}{}
	return known
}
