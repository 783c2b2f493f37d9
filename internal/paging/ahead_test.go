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

// shelf answers every request after a second, with the number that was asked for.
type shelf struct {
	mu     sync.Mutex
	asked  []int
	active int
	most   int
	bad    int
}

var errBad = errors.New("bad part")

func (s *shelf) load(ctx context.Context, part int) (int, error) {
	s.mu.Lock()
	s.asked = append(s.asked, part)
	s.active++
	s.most = max(s.most, s.active)
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
	if part == s.bad {
		return 0, errBad
	}
	return part, nil
}

func (s *shelf) requests() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(slices.Values(s.asked))
}

// upTo plans the numbers behind one.
func upTo(last, from int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for n := from + 1; n <= last && yield(n); n++ {
		}
	}
}

func TestPartsAreOnTheirWayTogether(t *testing.T) {
	for depth, want := range map[int]int{-1: 20, 0: 20, 1: 10, 3: 5, 19: 1, 100: 1} {
		synctest.Test(t, func(t *testing.T) {
			s := &shelf{}
			a := paging.NewAhead(depth, s.load)
			defer a.Close()
			begun := time.Now()
			for n := 1; n <= 20; n++ {
				got, early, err := a.Get(t.Context(), n, upTo(20, n))
				require.NoError(t, err)
				assert.Equal(t, n, got)
				assert.Equal(t, n > 1 && depth > 0, early, "part %d at depth %d", n, depth)
			}
			assert.Equal(t, time.Duration(want)*time.Second, time.Since(begun), "depth %d", depth)
			assert.Len(t, s.requests(), 20)
			assert.LessOrEqual(t, s.most, max(depth, 0)+1)
		})
	}
}

func TestNoMorePartsAreHeldThanTheDepth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		a := paging.NewAhead(4, s.load)
		defer a.Close()
		for n := 1; n <= 10; n++ {
			_, _, err := a.Get(t.Context(), n, upTo(100, n))
			require.NoError(t, err)
			<-time.After(time.Hour) // a slow consumer
			assert.Len(t, s.requests(), n+4)
		}
	})
}

func TestAFailureWaitsForItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{bad: 3}
		a := paging.NewAhead(4, s.load)
		defer a.Close()
		for n := 1; n <= 3; n++ {
			_, _, err := a.Get(t.Context(), n, upTo(9, n))
			if n < 3 {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, errBad)
			}
		}
	})
}

func TestWhatIsNoLongerPlannedIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		a := paging.NewAhead(2, s.load)
		defer a.Close()
		_, _, err := a.Get(t.Context(), 1, slices.Values([]int{2, 3}))
		require.NoError(t, err)
		assert.True(t, a.Holds(2))
		_, early, err := a.Get(t.Context(), 10, slices.Values([]int{3, 11}))
		require.NoError(t, err)
		assert.False(t, early)
		assert.False(t, a.Holds(2))
		assert.True(t, a.Holds(3))
		assert.Equal(t, []int{1, 2, 3, 10, 11}, s.requests())
	})
}

func TestAfterADropLessIsLoadedAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		a := paging.NewAhead(8, s.load)
		defer a.Close()
		at := 0
		get := func() {
			at++
			_, _, err := a.Get(t.Context(), at, upTo(1000, at))
			require.NoError(t, err)
		}
		get()
		assert.Len(t, s.requests(), 9)
		a.Drop()
		synctest.Wait()
		assert.Zero(t, s.active, "what was under way has ended")
		at = 100
		for _, held := range []int{1, 3, 7, 8, 8} {
			get()
			<-time.After(time.Minute)
			assert.True(t, a.Holds(at+held))
			assert.False(t, a.Holds(at+held+1))
		}
	})
}

func TestCloseWaitsForWhatIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := 0
		a := paging.NewAhead(1, func(ctx context.Context, part int) (int, error) {
			if part == 2 {
				<-ctx.Done()
				<-time.After(time.Second) // it takes its time
				ended++
			}
			return part, nil
		})
		_, _, err := a.Get(t.Context(), 1, upTo(2, 1))
		require.NoError(t, err)
		a.Close()
		assert.Equal(t, 1, ended)
	})
}

func TestContextOfAPartEndsWithIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var second <-chan struct{}
		a := paging.NewAhead(1, func(ctx context.Context, part int) (int, error) {
			if part == 2 {
				second = ctx.Done()
			}
			return part, nil
		})
		defer a.Close()
		for n := 1; n <= 2; n++ {
			_, _, err := a.Get(t.Context(), n, upTo(2, n))
			require.NoError(t, err)
		}
		select {
		case <-second:
		default:
			assert.Fail(t, "the context goes on")
		}
	})
}
