package activity_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
)

// book is a source whose pages are named by their cursors.
type book struct {
	pages    map[activity.Cursor]activity.Page[int]
	prefetch int
	delay    time.Duration

	mu   sync.Mutex
	asks []activity.Cursor
}

func (b *book) Prefetch() int { return b.prefetch }

func (b *book) Page(ctx context.Context, at activity.Cursor) (activity.Page[int], error) {
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
				b.prefetch = prefetch
				test(t, b, activity.NewList[int](b))
			})
		})
	}
}

func TestListReadsAllPagesAndAgain(t *testing.T) {
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
	for _, err := range activity.NewList[int](b).All(t.Context()) {
		require.NoError(t, err)
		break
	}
	assert.Equal(t, []activity.Cursor{""}, b.asked(), "without prefetching nothing is asked ahead")
}

func TestCollectTakesNoMoreThanAsked(t *testing.T) {
	b := threePages()
	items, err := activity.NewList[int](b).Collect(t.Context(), 2)
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
	items, err := activity.NewList[int](b).From("A").Collect(t.Context(), 0)
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

func TestPrefetchHidesTheLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := threePages()
		b.prefetch, b.delay = 1, time.Second
		begun := time.Now()
		for _, err := range activity.NewList[int](b).Pages(t.Context()) {
			require.NoError(t, err)
			<-time.After(time.Second) // the consumer's work
		}
		assert.Equal(t, 4*time.Second, time.Since(begun), "three pages of a second each, and the last one's work")
	})
}

// counter is a source whose walks each count their pages.
type counter struct{ at int }

func (c *counter) Page(context.Context, activity.Cursor) (activity.Page[int], error) {
	c.at++
	next := activity.Cursor(fmt.Sprint(c.at))
	if c.at == 3 {
		next = ""
	}
	return page(next, c.at), nil
}

func (c *counter) Walk() activity.Source[int] { return &counter{} }

func TestWalkerKeepsItsStateInsideARange(t *testing.T) {
	l := activity.NewList[int](&counter{})
	for range 2 {
		items, err := l.Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Equal(t, []int{1, 2, 3}, items)
	}
}

// diary is a source whose walks have to be closed.
type diary struct {
	book
	walks []*diaryWalk
}

type diaryWalk struct {
	*diary
	begun, closed int
}

func (d *diary) Walk() activity.Source[int] {
	w := &diaryWalk{diary: d}
	d.walks = append(d.walks, w)
	return w
}

func (w *diaryWalk) Page(ctx context.Context, at activity.Cursor) (activity.Page[int], error) {
	w.begun++
	defer func() { w.begun-- }()
	return w.diary.Page(ctx, at)
}

func (w *diaryWalk) Close() error {
	w.closed++
	if w.begun > 0 {
		return errors.New("closed while a page was loaded")
	}
	w.closed += 100
	return errTorn
}

func TestWalkIsClosedBehindItsLastPage(t *testing.T) {
	for _, prefetch := range []int{0, 1} {
		for name, read := range map[string]func(l activity.List[int]){
			"to the end":  func(l activity.List[int]) { _, _ = l.Collect(t.Context(), 0) },
			"not so far":  func(l activity.List[int]) { _, _ = l.Collect(t.Context(), 1) },
			"to an error": func(l activity.List[int]) { _, _ = l.From("x").Collect(t.Context(), 0) },
		} {
			d := &diary{book: book{pages: threePages().pages, prefetch: prefetch}}
			read(activity.NewList[int](d))
			require.Len(t, d.walks, 1, name)
			assert.Equal(t, 101, d.walks[0].closed, "%s, prefetch %d: once, with no page under way", name, prefetch)
		}
	}
}

func TestListWithoutSource(t *testing.T) {
	var none *book
	for _, l := range []activity.List[int]{{}, activity.NewList[int](nil), activity.NewList[int](none)} {
		_, err := l.Collect(t.Context(), 0)
		require.ErrorIs(t, err, activity.ErrInvalid)
		_, err = l.Page(t.Context(), "")
		require.ErrorIs(t, err, activity.ErrInvalid)
	}
}
