package paging_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/internal/paging"
)

// slowService answers every request after a second with the number that was requested.
type slowService struct {
	mu        sync.Mutex
	requested []int
	active    int
	maxActive int
	fails     int // the request that fails
}

var errFailed = errors.New("failed")

func (s *slowService) load(ctx context.Context, n int) (int, error) {
	s.mu.Lock()
	s.requested = append(s.requested, n)
	s.active++
	s.maxActive = max(s.maxActive, s.active)
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.active--
		s.mu.Unlock()
	}()
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	if n == s.fails {
		return 0, errFailed
	}
	return n, nil
}

func (s *slowService) requests() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(slices.Values(s.requested))
}

// after plans the numbers after n, up to last.
func after(n, last int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for n := n + 1; n <= last && yield(n); n++ {
		}
	}
}

func TestPrefetcherSendsConcurrently(t *testing.T) {
	for limit, want := range map[int]int{-1: 20, 0: 20, 1: 10, 3: 5, 19: 1, 100: 1} {
		synctest.Test(t, func(t *testing.T) {
			s := &slowService{}
			p := paging.NewPrefetcher(limit, s.load)
			defer p.Close()
			began := time.Now()
			for n := 1; n <= 20; n++ {
				got, prefetched, err := p.Get(t.Context(), n, after(n, 20))
				require.NoError(t, err)
				assert.Equal(t, n, got)
				assert.Equal(t, n > 1 && limit > 0, prefetched, "request %d with limit %d", n, limit)
			}
			assert.Equal(t, time.Duration(want)*time.Second, time.Since(began), "limit %d", limit)
			assert.Len(t, s.requests(), 20)
			assert.LessOrEqual(t, s.maxActive, max(limit, 0)+1)
		})
	}
}

func TestPrefetcherLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slowService{}
		p := paging.NewPrefetcher(4, s.load)
		defer p.Close()
		for n := 1; n <= 10; n++ {
			_, _, err := p.Get(t.Context(), n, after(n, 100))
			require.NoError(t, err)
			<-time.After(time.Hour) // a slow consumer
			assert.Len(t, s.requests(), n+4)
		}
	})
}

func TestPrefetcherReturnsErrorInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slowService{fails: 3}
		p := paging.NewPrefetcher(4, s.load)
		defer p.Close()
		for n := 1; n <= 3; n++ {
			_, _, err := p.Get(t.Context(), n, after(n, 9))
			if n < 3 {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, errFailed)
			}
		}
	})
}

func TestPrefetcherCancelsUnplanned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slowService{}
		p := paging.NewPrefetcher(2, s.load)
		defer p.Close()
		_, _, err := p.Get(t.Context(), 1, slices.Values([]int{2, 3}))
		require.NoError(t, err)
		assert.True(t, p.Has(2))
		_, prefetched, err := p.Get(t.Context(), 10, slices.Values([]int{3, 11}))
		require.NoError(t, err)
		assert.False(t, prefetched)
		assert.False(t, p.Has(2))
		assert.True(t, p.Has(3))
		assert.Equal(t, []int{1, 2, 3, 10, 11}, s.requests())
	})
}

func TestPrefetcherAfterDiscard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slowService{}
		p := paging.NewPrefetcher(8, s.load)
		defer p.Close()
		at := 0
		get := func() {
			at++
			_, _, err := p.Get(t.Context(), at, after(at, 1000))
			require.NoError(t, err)
		}
		get()
		assert.Len(t, s.requests(), 9)
		p.Discard()
		synctest.Wait()
		assert.Zero(t, s.active, "the pending requests have ended")
		at = 100
		for _, held := range []int{1, 3, 7, 8, 8} {
			get()
			<-time.After(time.Minute)
			assert.True(t, p.Has(at+held))
			assert.False(t, p.Has(at+held+1))
		}
	})
}

func TestPrefetcherCloseWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := 0
		p := paging.NewPrefetcher(1, func(ctx context.Context, n int) (int, error) {
			if n == 2 {
				<-ctx.Done()
				<-time.After(time.Second)
				ended++
			}
			return n, nil
		})
		_, _, err := p.Get(t.Context(), 1, after(1, 2))
		require.NoError(t, err)
		p.Close()
		assert.Equal(t, 1, ended)
	})
}

func TestPrefetcherEndsContexts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var second <-chan struct{}
		p := paging.NewPrefetcher(1, func(ctx context.Context, n int) (int, error) {
			if n == 2 {
				second = ctx.Done()
			}
			return n, nil
		})
		defer p.Close()
		for n := 1; n <= 2; n++ {
			_, _, err := p.Get(t.Context(), n, after(n, 2))
			require.NoError(t, err)
		}
		select {
		case <-second:
		default:
			assert.Fail(t, "the context has not ended")
		}
	})
}
