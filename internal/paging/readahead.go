package paging

import (
	"context"
	"iter"
	"sync"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/onepage"
)

// ReadAhead returns a source that requests the next page while the caller uses the current one. If
// pages, the user's setting, is 0, it returns source itself.
//
// The pages, their order and the final error are the same. If the source panics or calls
// runtime.Goexit, so does the goroutine that ranges over the pages. No goroutine is left when a
// range ends.
func ReadAhead[T any](source activity.Source[T], pages int) activity.Source[T] {
	if pages == 0 {
		return source
	}
	return func(ctx context.Context, from activity.Cursor) iter.Seq2[activity.Page[T], error] {
		if onepage.Wanted(ctx) {
			return source(ctx, from)
		}
		return func(yield func(activity.Page[T], error) bool) { readAhead(ctx, source, from, yield) }
	}
}

func readAhead[T any](ctx context.Context, source activity.Source[T], from activity.Cursor, yield func(activity.Page[T], error) bool) {
	type result struct {
		page activity.Page[T]
		err  error
	}
	ctx, cancel := context.WithCancel(ctx)
	// The channel has no buffer, so the reader is one page ahead.
	results, stopped := make(chan result), make(chan struct{})
	var readerExit exit
	var reader sync.WaitGroup
	reader.Go(func() {
		defer close(results)
		readerExit.run(func() {
			for page, err := range source(ctx, from) {
				select {
				case results <- result{page, err}:
				case <-stopped:
					return
				}
			}
		})
	})
	stop := func() {
		close(stopped)
		cancel()
		reader.Wait()
	}
	finished := false // false: the loop's body panicked or called Goexit
	defer func() {
		if !finished {
			stop()
		}
	}()
	for r := range results {
		if !yield(r.page, r.err) {
			break
		}
	}
	finished = true
	stop()
	readerExit.propagate()
}
