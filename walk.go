package activity

import (
	"context"
	"hash/maphash"
	"io"
	"sync"
)

// walk is the state of one range over a list.
type walk[T any] struct {
	ctx    context.Context //nolint:containedctx // one range is one call, and lives exactly as long as its context
	cancel context.CancelFunc
	source Source[T]
	closer io.Closer                                       // nil: the walk needs no closing
	load   func(at Cursor) (await func() (Page[T], error)) // onDemand or ahead

	// pending gives the page that comes next. With prefetching it is on its way already, in a goroutine that flights counts.
	pending func() (Page[T], error)
	flights sync.WaitGroup
	// seen has a hash of every cursor met so far. A set, since a loop must be found before any page of it is delivered again.
	seen map[uint64]struct{}
	seed maphash.Seed
}

func (l List[T]) walk(ctx context.Context) *walk[T] {
	w := &walk[T]{source: l.source, seen: map[uint64]struct{}{}, seed: maphash.MakeSeed()}
	w.ctx, w.cancel = context.WithCancel(ctx) //nolint:gosec // stop calls it
	if isNil(l.source) {
		w.pending = func() (Page[T], error) { return l.Page(ctx, "") }
		return w
	}
	if walker, ok := l.source.(Walker[T]); ok {
		w.source = walker.Walk()
		w.closer, _ = w.source.(io.Closer)
	}
	w.load = w.onDemand
	if p, ok := l.source.(Prefetcher); ok && p.Prefetch() > 0 {
		w.load = w.ahead
	}
	if l.start != "" {
		w.repeats(l.start)
	}
	w.pending = w.load(l.start)
	return w
}

// next gives the next page and arranges for the one after it.
func (w *walk[T]) next() (Page[T], error) {
	page, err := w.pending()
	w.pending = nil
	if err == nil && w.ctx.Err() != nil { // a page that was loaded ahead of a cancellation
		err = listError(nil, "", w.ctx.Err())
	}
	if err != nil {
		return Page[T]{Total: -1}, err
	}
	switch {
	case page.Next == "":
	case w.repeats(page.Next):
		w.pending = func() (Page[T], error) {
			return Page[T]{}, listError(ErrCursorLoop, "a page points to a cursor that was followed before; nothing is repeated", nil)
		}
	default:
		w.pending = w.load(page.Next)
	}
	return page, nil
}

// stop ends whatever is still on its way, and waits for it, so that nothing is left running behind a range.
func (w *walk[T]) stop() {
	w.cancel()
	w.flights.Wait()
	if w.closer != nil {
		_ = w.closer.Close() // the range is over, and has said how it went
	}
}

func (w *walk[T]) repeats(at Cursor) bool {
	hash := maphash.String(w.seed, string(at))
	_, known := w.seen[hash]
	w.seen[hash] = struct{}{}
	return known
}

// onDemand loads a page when it is awaited.
func (w *walk[T]) onDemand(at Cursor) func() (Page[T], error) {
	return func() (Page[T], error) { return w.source.Page(w.ctx, at) }
}

// ahead loads a page at once. One page is ahead of its consumer at any time; a [Walker] that can tell where further ones are loads those
// itself.
func (w *walk[T]) ahead(at Cursor) func() (Page[T], error) {
	type result struct {
		page Page[T]
		err  error
	}
	arrived := make(chan result, 1)
	w.flights.Go(func() {
		page, err := w.source.Page(w.ctx, at)
		arrived <- result{page, err}
	})
	return func() (Page[T], error) {
		r := <-arrived
		return r.page, r.err
	}
}
