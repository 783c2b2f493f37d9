package activity

import (
	"bytes"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// newLimited has an event every so often, of which the service lets 1000 be read at a time.
func newLimited(since time.Time, n int, apart time.Duration) *service {
	s := newService(100)
	s.most = 900
	s.totals = false
	for i := range n {
		at := since.Add(time.Duration(i) * apart)
		s.events = append(s.events, event{id: strconv.Itoa(i), at: at, listed: at})
	}
	return s
}

// catchUp follows a feed to the present, and checks that it moves on all the time.
func catchUp(t *testing.T, s *service, kept *store, o FollowOptions) (batches []Batch[event]) {
	t.Helper()
	before := kept.load().Watermark()
	for b, err := range NewFeed(s).CatchUp(t.Context(), kept.load(), o) {
		require.NoError(t, err)
		require.False(t, b.Checkpoint.Watermark().Before(before))
		before = b.Checkpoint.Watermark()
		kept.put(b)
		batches = append(batches, b)
	}
	return batches
}

func TestLaterPagesRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		since := time.Now().Add(-24 * time.Hour)
		s, kept := newLimited(since, 20_000, 4*time.Second), newStore(t)
		var log bytes.Buffer
		s.info.Logger = slog.New(slog.NewTextHandler(&log, nil))
		catchUp(t, s, kept, FollowOptions{Since: since, Settle: -1})
		missing, repeated := kept.compare(s.events)
		assert.Zero(t, missing)
		assert.Zero(t, repeated)
		assert.Equal(t, time.Now().UTC(), kept.load().Watermark())
		assert.Less(t, s.requests, 400, "200 pages, and what was read in vain before the length was found")
		assert.Less(t, s.refusals, 8, "the length is found once")
		assert.Equal(t, s.refusals, strings.Count(log.String(), "refuses a later page"))
	})
}

// The lookback alone holds more than the service lets be read at a time: each start would get
// stuck.
func TestLaterPagesRefusedInTheLookback(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		since := time.Now().Add(-24 * time.Hour)
		s, kept := newLimited(since, 20_000, 4*time.Second), newStore(t)
		o := FollowOptions{Since: since, Lookback: 6 * time.Hour, Settle: -1}
		catchUp(t, s, kept, o)
		rest(t, time.Hour)
		late := since.Add(19 * time.Hour) // nearly at the beginning of the lookback
		s.events = append(s.events, event{id: "late", at: late, listed: late}, event{id: "new", at: time.Now(), listed: time.Now()})
		for range 2 {
			at := kept.load().Watermark()
			for _, b := range catchUp(t, s, kept, o) {
				assert.False(t, b.Checkpoint.Watermark().Before(at), "it does not move back to the lookback")
			}
		}
		missing, repeated := kept.compare(s.events)
		assert.Zero(t, missing)
		assert.Zero(t, repeated)
	})
}

// Where the past is crowded and the rest is quiet, slices grow again.
func TestSlicesGrowAfterRefusals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		since := time.Now().AddDate(-2, 0, 0)
		s, kept := newLimited(since, 5000, time.Second), newStore(t)
		catchUp(t, s, kept, FollowOptions{Since: since})
		missing, repeated := kept.compare(s.events)
		assert.Zero(t, missing)
		assert.Zero(t, repeated)
		assert.Less(t, s.requests, 200)
	})
}

// A service that refused a page once is not read in the shortest slices for ever.
func TestSlicesGrowAfterOneRefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		since := time.Now().Add(-24 * time.Hour)
		s, kept := newLimited(since, 5000, 16*time.Second), newStore(t)
		s.pageSize, s.most = 10, 10
		for b, err := range NewFeed(s).CatchUp(t.Context(), Checkpoint{}, FollowOptions{Since: since, Settle: -1}) {
			require.NoError(t, err)
			kept.put(b)
			if kept.load().Watermark().After(since) { // the width was found
				s.most = 0
			}
		}
		missing, repeated := kept.compare(s.events)
		assert.Zero(t, missing)
		assert.Zero(t, repeated)
		narrowest, last := 24*time.Hour, s.asked[len(s.asked)-2]
		for _, a := range s.asked[:len(s.asked)-1] {
			narrowest = min(narrowest, a.to.Sub(a.from))
		}
		assert.Greater(t, last.to.Sub(last.from), 8*narrowest)
	})
}

// A program that dies among the pages before the refused one begins where it was.
func TestLaterPagesRefusedAndCrashed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		since := time.Now().Add(-24 * time.Hour)
		s, kept := newLimited(since, 5000, 17*time.Second), newStore(t)
		for b, err := range NewFeed(s).CatchUp(t.Context(), Checkpoint{}, FollowOptions{Since: since, Settle: -1}) {
			require.NoError(t, err)
			kept.put(b)
			assert.Equal(t, since.UTC(), b.Checkpoint.Watermark())
			if kept.batches == 10 {
				break
			}
		}
		catchUp(t, s, kept, FollowOptions{Settle: -1})
		missing, repeated := kept.compare(s.events)
		assert.Zero(t, missing)
		assert.Zero(t, repeated)
	})
}

// A range that cannot be read in shorter slices either ends the feed with an error.
func TestRefusedForGood(t *testing.T) {
	for name, c := range map[string]struct {
		most, requests int
		fail           error
	}{
		"more at one instant than can be read": {most: 50},
		"the first page":                       {requests: 1, fail: &Error{Kind: ErrInvalid, StatusCode: 422}},
		"by the SDK":                           {requests: 2, fail: &Error{Kind: ErrInvalid}},
		"too large":                            {requests: 2, fail: &Error{Kind: ErrResponseTooLarge, StatusCode: 200}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newLimited(time.Now().Add(-time.Hour), 200, 0)
				s.pageSize, s.most = 10, c.most
				s.fail = func(request int) error {
					if c.fail == nil || request < c.requests {
						return nil
					}
					return c.fail
				}
				var last error
				for _, err := range NewFeed(s).CatchUp(t.Context(), Checkpoint{}, FollowOptions{Since: time.Now().Add(-2 * time.Hour)}) {
					last = err
				}
				var refusal *Error
				require.ErrorAs(t, last, &refusal)
				if c.fail != nil {
					assert.Equal(t, c.fail, last)
					assert.Equal(t, c.requests, s.requests)
				} else {
					assert.Equal(t, 400, refusal.StatusCode)
					assert.Less(t, s.refusals, 20)
				}
			})
		})
	}
}

// No slice gets shorter than what the source takes.
func TestRefusedDownToTheShortest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		since := time.Now().Add(-8 * time.Hour)
		s := newLimited(since, 3000, 0)
		s.info.Shortest = time.Hour
		for _, err := range NewFeed(s).CatchUp(t.Context(), Checkpoint{}, FollowOptions{Since: since, Settle: -1}) {
			if err != nil {
				require.ErrorIs(t, err, ErrInvalid)
			}
		}
		assert.Equal(t, 4, s.refusals, "of 8, 4, 2 and 1 hours")
	})
}
