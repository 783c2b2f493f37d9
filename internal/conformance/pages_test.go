package conformance_test

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake"
)

// A list is all its records, in the service's order, each time that it is read.
func TestPages(t *testing.T) {
	every(t, func(t *testing.T, a *adapter) {
		for _, n := range []int{0, 1, 4, 5, 6, 14, 15} {
			s := a.fill(n)
			l := s.client(t).list(bounded(5))
			for range 2 {
				assert.Equal(t, down(n, 1), collect(t, l), "%d records", n)
			}
		}
	})
}

// Page by page, each is at the cursor that the one before has; an answer is kept as it was sent.
func TestPageByPage(t *testing.T) {
	every(t, func(t *testing.T, a *adapter) {
		s := a.fill(13)
		l := s.client(t).list(bounded(5))
		var ids []int
		var at activity.Cursor
		for {
			p, err := l.Page(t.Context(), at)
			require.NoError(t, err)
			assert.LessOrEqual(t, len(p.Items), 5)
			assert.Contains(t, []int{13, -1}, p.Total, "as the service says, or that it does not")
			assert.WithinDuration(t, time.Now(), p.Date, time.Second)
			for _, r := range p.Items {
				assert.Contains(t, string(p.Raw), string(r.raw))
			}
			ids = append(ids, idsOf(p.Items)...)
			if at = p.Next; at == "" {
				break
			}
		}
		assert.Equal(t, down(13, 1), ids)
	})
}

// Making a client, a list or a feed sends nothing. A loop that is left costs no more than it took.
func TestLeavingEarly(t *testing.T) {
	every(t, func(t *testing.T, a *adapter) {
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
					synctest.Wait() // whatever is on its way has arrived
					break
				}
			}
			assert.LessOrEqual(t, len(s.calls()), 1+prefetch, "the last record of a page is not the first of the next")
			assert.Equal(t, down(40, 1), collect(t, l), "the next range is not troubled by the last")
		}
	})
}

// A list can be read by many at once.
func TestReadingSideBySide(t *testing.T) {
	every(t, func(t *testing.T, a *adapter) {
		s := a.fill(13)
		for _, prefetch := range []int{0, 2} {
			l := s.client(t, activity.WithPrefetch(prefetch)).list(bounded(5))
			var readers sync.WaitGroup
			for range 6 {
				readers.Go(func() {
					ids, err := idsUntil(t.Context(), l, "")
					assert.NoError(t, err)
					assert.Equal(t, down(13, 1), ids)
				})
			}
			readers.Wait()
		}
	})
}

// A page that cannot be had ends the list with its error, once and last. What came before is good,
// and is where a later walk goes on.
func TestErrorInTheMiddle(t *testing.T) {
	every(t, func(t *testing.T, a *adapter) {
		for _, prefetch := range []int{0, 1, 8} {
			s := a.fill(13)
			l := s.client(t, activity.WithPrefetch(prefetch)).list(bounded(5))
			var first atomic.Bool
			s.FailWith(func(r fake.Request) *fake.Fault { // pages may be asked for side by side
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
			assert.Equal(t, down(13, 9), ids)

			s.FailWith(nil)
			rest, err := idsUntil(t.Context(), l, next)
			require.NoError(t, err)
			assert.Equal(t, down(8, 1), rest)
		}
	})
}

// What is no answer of the service is never taken for a list without records, on the first page or
// a later one.
func TestNoAnswerIsNoEmptyList(t *testing.T) {
	for name, fault := range map[string]fake.Fault{
		"a login page":      {Body: "<html><title>Sign in</title></html>"},
		"plain text":        {Body: "OK", ContentType: "application/json"},
		"an empty answer":   {Status: http.StatusOK, ContentType: "application/json"},
		"null":              {Body: "null", ContentType: "application/json"},
		"a text":            {Body: `"[]"`, ContentType: "application/json"},
		"another shape":     {Body: `{"error":"no"}`},
		"half an answer":    {Truncate: 20},
		"two answers":       {Body: "[] []"},
		"too deeply nested": {Body: deep()},
	} {
		t.Run(name, func(t *testing.T) {
			every(t, func(t *testing.T, a *adapter) {
				for before := range 2 {
					s := a.fill(13)
					l := s.client(t, activity.WithRetry(activity.RetryPolicy{MaxAttempts: 2})).list(bounded(5))
					for range before {
						s.Fail(fake.Fault{})
					}
					s.Fail(fault, fault)
					ids, err := idsUntil(t.Context(), l, "")
					require.ErrorIs(t, err, activity.ErrMalformed)
					_ = failure(t, a, err)
					assert.Equal(t, down(13, 1)[:5*before], append([]int{}, ids...))
				}
			})
		})
	}
}

func deep() string {
	deep := make([]byte, 20_001)
	for i := range deep {
		deep[i] = '['
	}
	return string(deep)
}

// A query that makes no sense is refused before anything is sent, however the list or the feed is
// read.
func TestRefusedQueries(t *testing.T) {
	every(t, func(t *testing.T, a *adapter) {
		s := a.fill(3)
		c := s.client(t)
		check := func(err error) {
			require.ErrorIs(t, err, activity.ErrInvalid)
			e := failure(t, a, err)
			assert.Zero(t, e.StatusCode)
			assert.Zero(t, e.Attempts)
			assert.False(t, e.Temporary())
		}
		for _, q := range []query{{pageSize: -1}, {from: newest(), to: newest().Add(-time.Hour)}} {
			l := c.list(q)
			for range 2 {
				_, err := idsUntil(t.Context(), l, "")
				check(err)
				_, err = l.Page(t.Context(), "")
				check(err)
				_, err = idsUntil(t.Context(), l, "a1.e30")
				check(err)
			}
		}
		if !a.noFeed {
			for _, q := range []query{{pageSize: -1}, {from: newest()}, {to: newest()}} {
				for b, err := range c.feed(q).Round(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: newest()}) {
					check(err)
					assert.Empty(t, b.Records)
				}
			}
		}
		assert.Empty(t, s.Requests())
	})
}
