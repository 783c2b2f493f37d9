package conformance_test

import (
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

// TestPages reads a list to its end, twice: all records come, in the service's order.
func TestPages(t *testing.T) {
	everyVendor(t, func(t *testing.T, a *adapter) {
		for _, n := range []int{0, 1, 4, 5, 6, 14, 15} {
			s := a.fill(n)
			l := s.client(t).list(bounded(5))
			for range 2 {
				assert.Equal(t, descending(n, 1), readAll(t, l), "%d records", n)
			}
		}
	})
}

// TestPageByPage reads each page at the cursor of the one before. A page keeps the service's answer
// as it was sent.
func TestPageByPage(t *testing.T) {
	everyVendor(t, func(t *testing.T, a *adapter) {
		s := a.fill(13)
		l := s.client(t).list(bounded(5))
		var ids []int
		var at activity.Cursor
		for {
			p, err := l.Page(t.Context(), at)
			require.NoError(t, err)
			assert.LessOrEqual(t, len(p.Items), 5)
			assert.Contains(t, []int{13, -1}, p.Total, "the total, or -1 if the service does not return it")
			assert.WithinDuration(t, time.Now(), p.Date, time.Second)
			for _, r := range p.Items {
				assert.Contains(t, string(p.Raw), string(r.raw))
			}
			ids = append(ids, idsOf(p.Items)...)
			if at = p.Next; at == "" {
				break
			}
		}
		assert.Equal(t, descending(13, 1), ids)
	})
}

// TestLeavingEarly checks that making a client, a list or a feed sends no request, and that a loop
// which is left requests no further page.
func TestLeavingEarly(t *testing.T) {
	everyVendor(t, func(t *testing.T, a *adapter) {
		for _, prefetch := range []int{0, 1, 8} {
			s := a.fill(40)
			c := s.client(t, activity.WithPrefetch(prefetch))
			l := c.list(bounded(5))
			if !a.noFeed {
				c.feed(query{})
			}
			assert.Empty(t, s.Requests())
			taken := 0
			for _, err := range l.All(t.Context(), "") {
				require.NoError(t, err)
				if taken++; taken == 5 {
					synctest.Wait() // prefetched pages have arrived
					break
				}
			}
			assert.LessOrEqual(t, len(s.calls()), 1+prefetch, "the last record of a page does not request the next one")
			assert.Equal(t, descending(40, 1), readAll(t, l), "the next range starts again")
		}
	})
}

// TestReadingSideBySide reads one list in several goroutines.
func TestReadingSideBySide(t *testing.T) {
	everyVendor(t, func(t *testing.T, a *adapter) {
		s := a.fill(13)
		for _, prefetch := range []int{0, 2} {
			l := s.client(t, activity.WithPrefetch(prefetch)).list(bounded(5))
			concurrently(6, func(int) {
				ids, err := readIDs(t.Context(), l, "")
				assert.NoError(t, err)
				assert.Equal(t, descending(13, 1), ids)
			})
		}
	})
}

// TestErrorInTheMiddle checks that a page which cannot be read ends the list with one error, which
// comes last. The records before it are good, and the last cursor resumes the list.
func TestErrorInTheMiddle(t *testing.T) {
	everyVendor(t, func(t *testing.T, a *adapter) {
		for _, prefetch := range []int{0, 1, 8} {
			s := a.fill(13)
			l := s.client(t, activity.WithPrefetch(prefetch)).list(bounded(5))
			var first atomic.Bool
			s.FailWith(func(r fake.Request) *fake.Fault { // pages may be requested side by side
				if isTokenRequest(r) || first.CompareAndSwap(false, true) {
					return nil
				}
				return &fake.Fault{Status: http.StatusForbidden, Body: `{"message":"no"}`}
			})
			var ids []int
			var next activity.Cursor
			var errs []error
			for p, err := range l.Pages(t.Context(), "") {
				if err != nil {
					errs = append(errs, err)
					continue
				}
				ids, next = append(ids, idsOf(p.Items)...), p.Next
			}
			require.Len(t, errs, 1)
			require.ErrorIs(t, errs[0], activity.ErrForbidden)
			assert.Equal(t, descending(13, 9), ids)

			s.FailWith(nil)
			rest, err := readIDs(t.Context(), l, next)
			require.NoError(t, err)
			assert.Equal(t, descending(8, 1), rest)
		}
	})
}

// TestListWithoutAnEnd checks that a query without an end reaches to the present, and that a walk
// which is resumed days later misses no record.
func TestListWithoutAnEnd(t *testing.T) {
	for name, f := range map[string]faults{"bounds included": {}, "bounds excluded": {exclusive: true}} {
		t.Run(name, func(t *testing.T) {
			everyVendor(t, func(t *testing.T, a *adapter) {
				s := a.fillWith(0, f)
				ages := []int{0, 1, 2, 3, 10, 20, 30, 39, 41, 50} // in days
				for i, days := range ages {
					s.add(a.record(len(ages)-i, newest().AddDate(0, 0, -days)))
				}
				c := s.client(t)
				l := c.list(query{from: newest().AddDate(0, 0, -40), pageSize: 3})
				assert.Equal(t, descending(10, 3), readAll(t, l))

				first, err := l.Page(t.Context(), "")
				require.NoError(t, err)
				require.Len(t, first.Items, 3)
				<-time.After(3 * 24 * time.Hour)
				s.add(a.record(11, time.Now().Add(-time.Minute)))
				assert.Equal(t, descending(11, 3), readAll(t, l))
				rest, err := readIDs(t.Context(), c.list(query{from: newest().AddDate(0, 0, -40), pageSize: 3}), first.Next)
				require.NoError(t, err)
				assert.Subset(t, rest, descending(7, 3))
			})
		})
	}
}
