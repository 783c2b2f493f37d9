package conformance_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake"
)

// Pages that are loaded ahead are the same pages, in the same order, and their cursors lead to the
// same places.
func TestPrefetch(t *testing.T) {
	every(t, func(t *testing.T, a *adapter) {
		s := a.fill(43)
		pages := func(prefetch int, from activity.Cursor) (ids [][]int, cursors []activity.Cursor) {
			for p, err := range s.client(t, activity.WithPrefetch(prefetch)).list(bounded(5)).Pages(t.Context(), from) {
				require.NoError(t, err)
				ids, cursors = append(ids, idsOf(p.Items)), append(cursors, p.Next)
			}
			return ids, cursors
		}
		ids, _ := pages(0, "")
		require.Len(t, ids, a.requests(43, 5))
		for _, prefetch := range []int{1, 2, 8, 100} {
			ahead, cursors := pages(prefetch, "")
			assert.Equal(t, ids, ahead)
			for i, at := range cursors[:len(cursors)-1] {
				rest, _ := pages(prefetch*(i%2), at)
				assert.Equal(t, ids[i+1:], rest)
			}
		}
	})
}

// While a page is used, the next one is on its way. When its reader leaves or gives up, nothing is
// on its way any more.
func TestPrefetchLeavesNothing(t *testing.T) {
	every(t, func(t *testing.T, a *adapter) {
		for _, prefetch := range []int{1, 8} {
			s := a.fill(43)
			var under atomic.Int32
			c := s.client(t, activity.WithPrefetch(prefetch), activity.WithTransport(tripper(func(req *http.Request) (*http.Response, error) {
				under.Add(1)
				defer under.Add(-1)
				return s.Transport().RoundTrip(req)
			})))
			_, err := c.list(bounded(5)).Page(t.Context(), "")
			require.NoError(t, err) // and there is a token
			s.FailWith(func(fake.Request) *fake.Fault { return &fake.Fault{Delay: time.Second} })

			for _, err := range c.list(bounded(5)).Pages(t.Context(), "") {
				require.NoError(t, err)
				synctest.Wait()
				assert.Positive(t, under.Load())
				break
			}
			assert.Zero(t, under.Load())

			ctx, cancel := context.WithCancel(t.Context())
			var last error
			for _, last = range c.list(bounded(5)).Pages(ctx, "") {
				cancel()
			}
			require.ErrorIs(t, last, context.Canceled)
			assert.Zero(t, under.Load())
			cancel()
		}
	})
}
