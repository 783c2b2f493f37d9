package paging

import (
	"context"
	"iter"
	"sync"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/onepage"
)

// ReadAhead returns a source that has the next page requested while one is being used. It is the
// same source where pages, how many the user wants loaded ahead, is zero. Pages, their order and
// the error that ends them stay as they are, and so does a panic or a Goexit of the source, which
// ends the goroutine of the range. Nothing is left running behind a range.
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
	// One page is ahead: the reader holds it until it is taken.
	results, left := make(chan result), make(chan struct{})
	var end ending
	var reader sync.WaitGroup
	reader.Go(func() {
		defer close(results)
		end.watch(func() {
			for page, err := range source(ctx, from) {
				select {
				case results <- result{page, err}:
				case <-left:
					return
				}
			}
		})
	})
	stop := func() {
		close(left)
		cancel()
		reader.Wait()
	}
	used := false // the loop's body did not panic or exit itself
	defer func() {
		if !used {
			stop()
		}
	}()
	for r := range results {
		if !yield(r.page, r.err) {
			break
		}
	}
	used = true
	stop()
	end.repeat()
}
