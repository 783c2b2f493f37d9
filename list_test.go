package activity_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/onepage"
	"github.com/activity-sdk/activity/internal/paging"
)

// book is a service whose pages are named by their cursors.
type book struct {
	pages map[activity.Cursor]activity.Page[int]
	delay time.Duration

	mu   sync.Mutex
	asks []activity.Cursor
}

func (b *book) list() activity.List[int] { return activity.NewList(b.source) }

func (b *book) source(ctx context.Context, at activity.Cursor) iter.Seq2[activity.Page[int], error] {
	return func(yield func(activity.Page[int], error) bool) {
		for {
			page, err := b.page(ctx, at)
			if !yield(page, err) || err != nil || page.Next == "" {
				return
			}
			at = page.Next
		}
	}
}

func (b *book) page(ctx context.Context, at activity.Cursor) (activity.Page[int], error) {
	b.mu.Lock()
	b.asks = append(b.asks, at)
	b.mu.Unlock()
	select {
	case <-time.After(b.delay):
	case <-ctx.Done():
		return activity.Page[int]{}, ctx.Err()
	}
	page, ok := b.pages[at]
	if !ok {
		return activity.Page[int]{Total: -1}, errTorn
	}
	return page, nil
}

func (b *book) asked() []activity.Cursor {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.asks)
}

var errTorn = errors.New("page torn out")

func page(next activity.Cursor, items ...int) activity.Page[int] {
	return activity.Page[int]{Items: items, Next: next, Total: -1}
}

func threePages() *book {
	return &book{pages: map[activity.Cursor]activity.Page[int]{
		"": page("b", 1, 2), "b": page("c"), "c": page("", 3),
	}}
}

// everyWay runs a test without and with prefetching, in virtual time.
func everyWay(t *testing.T, newBook func() *book, test func(t *testing.T, b *book, l activity.List[int])) {
	for _, prefetch := range []int{0, 1, 8} {
		t.Run(fmt.Sprintf("prefetch %d", prefetch), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBook()
				test(t, b, activity.NewList(paging.ReadAhead(b.source, prefetch)))
			})
		})
	}
}

func TestListReadsAllPagesEachTime(t *testing.T) {
	everyWay(t, threePages, func(t *testing.T, b *book, l activity.List[int]) {
		for range 2 {
			items, err := l.Collect(t.Context(), 0)
			require.NoError(t, err)
			assert.Equal(t, []int{1, 2, 3}, items, "an empty page in the middle ends nothing")
		}
		assert.Equal(t, []activity.Cursor{"", "b", "c", "", "b", "c"}, b.asked())
	})
}

func TestListOfNothing(t *testing.T) {
	everyWay(t, func() *book { return &book{pages: map[activity.Cursor]activity.Page[int]{"": page("")}} },
		func(t *testing.T, b *book, l activity.List[int]) {
			items, err := l.Collect(t.Context(), 0)
			require.NoError(t, err)
			assert.Empty(t, items)
			assert.Len(t, b.asked(), 1)
		})
}

func TestListFromACursor(t *testing.T) {
	everyWay(t, threePages, func(t *testing.T, b *book, l activity.List[int]) {
		items, err := l.From("c").Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Equal(t, []int{3}, items)
		p, err := l.From("c").Page(t.Context(), "")
		require.NoError(t, err)
		assert.Equal(t, []int{3}, p.Items)
		p, err = l.Page(t.Context(), "b")
		require.NoError(t, err)
		assert.Equal(t, page("c"), p)
		items, err = l.Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Equal(t, []int{1, 2, 3}, items, "From changed a copy")
		assert.NotEmpty(t, b.asked())
	})
}

func TestListErrorComesOnceAndLast(t *testing.T) {
	torn := func() *book {
		return &book{pages: map[activity.Cursor]activity.Page[int]{"": page("b", 1, 2)}}
	}
	everyWay(t, torn, func(t *testing.T, _ *book, l activity.List[int]) {
		var got []string
		for item, err := range l.All(t.Context()) {
			got = append(got, fmt.Sprint(item, err))
		}
		assert.Equal(t, []string{"1 <nil>", "2 <nil>", "0 page torn out"}, got)
		items, err := l.Collect(t.Context(), 0)
		require.ErrorIs(t, err, errTorn)
		assert.Equal(t, []int{1, 2}, items)
	})
}

func TestListEndsWithTheLoop(t *testing.T) {
	everyWay(t, threePages, func(t *testing.T, b *book, l activity.List[int]) {
		for item, err := range l.All(t.Context()) {
			require.NoError(t, err)
			assert.Equal(t, 1, item)
			break
		}
		assert.LessOrEqual(t, len(b.asked()), 2)
	})
	b := threePages()
	for _, err := range b.list().All(t.Context()) {
		require.NoError(t, err)
		break
	}
	assert.Equal(t, []activity.Cursor{""}, b.asked(), "without prefetching nothing is asked ahead")
}

func TestCollectTakesNoMoreThanAsked(t *testing.T) {
	b := threePages()
	items, err := b.list().Collect(t.Context(), 2)
	require.NoError(t, err)
	assert.Equal(t, []int{1, 2}, items)
	assert.Equal(t, []activity.Cursor{""}, b.asked())
}

func TestListLoop(t *testing.T) {
	for name, tt := range map[string]struct {
		pages map[activity.Cursor]activity.Page[int]
		want  []int
	}{
		"A, A":    {map[activity.Cursor]activity.Page[int]{"": page("A", 1), "A": page("A", 2)}, []int{1, 2}},
		"A, B, A": {map[activity.Cursor]activity.Page[int]{"": page("A", 1), "A": page("B", 2), "B": page("A", 3)}, []int{1, 2, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			everyWay(t, func() *book { return &book{pages: tt.pages} }, func(t *testing.T, _ *book, l activity.List[int]) {
				items, err := l.Collect(t.Context(), 0)
				require.ErrorIs(t, err, activity.ErrCursorLoop)
				assert.Equal(t, tt.want, items)
				var e *activity.Error
				require.ErrorAs(t, err, &e)
			})
		})
	}
	b := &book{pages: map[activity.Cursor]activity.Page[int]{"A": page("B", 1), "B": page("A", 2)}}
	items, err := b.list().From("A").Collect(t.Context(), 0)
	require.ErrorIs(t, err, activity.ErrCursorLoop)
	assert.Equal(t, []int{1, 2}, items, "the cursor that a range begins with counts")
}

func TestListConcurrently(t *testing.T) {
	everyWay(t, threePages, func(t *testing.T, b *book, l activity.List[int]) {
		b.delay = time.Second
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				items, err := l.Collect(t.Context(), 0)
				assert.NoError(t, err)
				assert.Equal(t, []int{1, 2, 3}, items)
			})
		}
		wg.Wait()
	})
}

func TestListCancelled(t *testing.T) {
	everyWay(t, threePages, func(t *testing.T, b *book, l activity.List[int]) {
		b.delay = time.Minute
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(90*time.Second, cancel)
		begun := time.Now()
		items, err := l.Collect(ctx, 0)
		require.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, []int{1, 2}, items)
		assert.Equal(t, 90*time.Second, time.Since(begun))
	})
	everyWay(t, threePages, func(t *testing.T, _ *book, l activity.List[int]) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var last error
		for p, err := range l.Pages(ctx) {
			if last = err; err == nil {
				assert.Equal(t, []int{1, 2}, p.Items)
				synctest.Wait() // a page that is loaded ahead has arrived
				cancel()
			}
		}
		require.ErrorIs(t, last, context.Canceled, "also between two pages")
	})
}

// A source that ends without a last page has lost records, for whatever reason.
func TestListWhoseSourceStops(t *testing.T) {
	l := activity.NewList(func(context.Context, activity.Cursor) iter.Seq2[activity.Page[int], error] {
		return func(yield func(activity.Page[int], error) bool) { yield(page("b", 1), nil) }
	})
	items, err := l.Collect(t.Context(), 0)
	require.ErrorIs(t, err, activity.ErrMalformed)
	assert.Equal(t, []int{1}, items)

	ctx, cancel := context.WithCancel(t.Context())
	l = activity.NewList(func(context.Context, activity.Cursor) iter.Seq2[activity.Page[int], error] {
		return func(yield func(activity.Page[int], error) bool) { yield(page("b", 1), nil); cancel() }
	})
	items, err = l.Collect(ctx, 0)
	require.ErrorIs(t, err, context.Canceled, "the end of the context explains it")
	assert.Equal(t, []int{1}, items)
}

func TestListWithoutSource(t *testing.T) {
	for _, l := range []activity.List[int]{{}, activity.NewList[int](nil)} {
		_, err := l.Collect(t.Context(), 0)
		require.ErrorIs(t, err, activity.ErrInvalid)
		_, err = l.Page(t.Context(), "")
		require.ErrorIs(t, err, activity.ErrInvalid)
	}
}

func TestListOf(t *testing.T) {
	l := activity.ListOf("a", "b")
	for range 2 {
		p, err := l.Page(t.Context(), "")
		require.NoError(t, err)
		assert.Equal(t, activity.Page[string]{Items: []string{"a", "b"}, Total: 2}, p)
		p.Items[0] = "changed"
	}
	none, err := activity.ListOf[int]().Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Empty(t, none)
}

// A source can find out that only one page is read, so that it loads none ahead.
func TestPageMarksItsContext(t *testing.T) {
	var alone []bool
	list := activity.NewList(func(ctx context.Context, _ activity.Cursor) iter.Seq2[activity.Page[int], error] {
		alone = append(alone, onepage.Wanted(ctx))
		return func(yield func(activity.Page[int], error) bool) { yield(activity.Page[int]{}, nil) }
	})
	_, err := list.Page(t.Context(), "")
	require.NoError(t, err)
	_, err = list.Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Equal(t, []bool{true, false}, alone)
}
