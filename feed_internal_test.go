package activity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"runtime"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFollowOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := newService(10), newStore(t)
		since := time.Now().Add(-48 * time.Hour)
		for i := range 95 {
			at := since.Add(time.Duration(i) * 30 * time.Minute)
			s.events = append(s.events, event{id: strconv.Itoa(i), at: at, listed: at})
		}
		for b, err := range NewFeed(s).Follow(t.Context(), Checkpoint{}, FollowOptions{Since: since}) {
			require.NoError(t, err)
			kept.put(b)
		}
		missing, repeated := kept.compare(s.events)
		assert.Zero(t, missing)
		assert.Zero(t, repeated)
		assert.Equal(t, time.Now().Add(-time.Minute).UTC(), kept.load().Watermark())

		before := s.requests
		for b, err := range NewFeed(s).Follow(t.Context(), kept.load(), FollowOptions{}) {
			require.NoError(t, err)
			assert.Empty(t, b.Records)
			assert.Equal(t, time.Minute, b.Lag)
			kept.put(b)
		}
		assert.Equal(t, 1, s.requests-before, "a quiet round costs one request")
	})
}

// Records come late, have equal times, or are dated ahead; the clock jumps back, the service fails,
// or does not read its list to the end, and the program dies at any batch, stored or not. Every
// record is stored once.
func TestFollowProperty(t *testing.T) {
	for seed := range uint64(60) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { follows(t, rand.New(rand.NewPCG(seed, 1))) })
		})
	}
}

func follows(t *testing.T, random *rand.Rand) {
	s, kept := newService(1+random.IntN(30)), newStore(t)
	s.totals = random.IntN(2) == 0
	if random.IntN(3) == 0 {
		s.info.Margin = time.Duration(random.IntN(48)) * time.Hour
	} else if random.IntN(2) == 0 {
		s.most = 15 + random.IntN(30)
	}
	begin := time.Now()
	for i := range 600 {
		at := begin.Add(time.Duration(random.Int64N(int64(72 * time.Hour)))).Truncate(time.Minute) // many at the same time
		e := event{id: strconv.Itoa(i), at: at, listed: at.Add(time.Duration(random.Int64N(int64(55 * time.Minute)))), blank: random.IntN(20) == 0}
		if random.IntN(30) == 0 {
			e.at, e.listed = at.Add(24*time.Hour), at
		}
		s.events = append(s.events, e)
	}
	s.fail = func(int) error {
		if random.IntN(12) == 0 {
			return &Error{Kind: ErrServer, StatusCode: 503}
		}
		return nil
	}
	// The local clock is mostly right, at times ahead by hours, at times behind.
	var skew time.Duration
	clock := func() time.Time { return time.Now().Add(skew) }

	end := begin.Add(100 * time.Hour)
	for time.Now().Before(end) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(1+random.IntN(600))*time.Minute)
		o := FollowOptions{Since: begin, Every: time.Duration(1+random.IntN(40)) * time.Minute}
		feed := NewFeed(s)
		feed.clock = clock
		for b, err := range feed.Follow(ctx, kept.load(), o) {
			skew = 0
			if random.IntN(4) == 0 {
				skew = time.Duration(random.Int64N(int64(6*time.Hour)) - int64(3*time.Hour))
			}
			if err != nil {
				continue
			}
			if random.IntN(10) == 0 {
				break // killed before the batch is stored
			}
			kept.put(b)
			if random.IntN(10) == 0 {
				break // and after
			}
		}
		cancel()
		if random.IntN(5) == 0 {
			rest(t, time.Duration(random.IntN(30))*time.Hour) // an outage
		}
	}
	skew, s.fail = 0, nil
	for b, err := range NewFeed(s).Follow(t.Context(), kept.load(), FollowOptions{Since: begin}) {
		require.NoError(t, err)
		kept.put(b)
	}
	missing, repeated := kept.compare(s.events)
	assert.Zero(t, missing, "missing")
	assert.Zero(t, repeated, "repeated")
}

func TestFollowQuietly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newService(100)
		began := time.Now()
		for i := range 100 {
			s.events = append(s.events, event{id: strconv.Itoa(i), at: began.Add(-time.Duration(i) * time.Minute), listed: began})
		}
		rounds, records := 0, 0
		var early uint64 // bytes of live heap
		for b, err := range NewFeed(s).Follow(t.Context(), Checkpoint{}, FollowOptions{Since: began.Add(-2 * time.Hour), Every: time.Minute}) {
			require.NoError(t, err)
			records += len(b.Records)
			if rounds++; rounds == 1000 {
				early = liveHeap()
			}
			if rounds == 100_000 {
				assert.Less(t, liveHeap(), early+early/10, "memory does not grow")
				text, err := b.Checkpoint.MarshalText()
				require.NoError(t, err)
				assert.Less(t, len(text), 300, "nothing is kept of what is over")
				break
			}
		}
		assert.Equal(t, 100, records)
		assert.Equal(t, 100_000, s.requests)
	})
}

func liveHeap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestClockAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := newService(10), newStore(t)
		since := time.Now().Add(-time.Hour)
		feed := NewFeed(s)
		feed.clock = func() time.Time { return time.Now().Add(26 * time.Hour) }
		for b, err := range feed.Follow(t.Context(), Checkpoint{}, FollowOptions{Since: since, Settle: -1}) {
			require.NoError(t, err)
			kept.put(b)
			assert.False(t, b.Checkpoint.Watermark().After(time.Now()), "a fast clock must not lose what comes")
			assert.GreaterOrEqual(t, b.Lag, time.Duration(0))
		}
	})
}

func TestFollowRefuses(t *testing.T) {
	since := time.Now().Add(-time.Hour)
	other := newService(1)
	other.info.Query = "another"
	var made Checkpoint
	for b, err := range NewFeed(other).Follow(t.Context(), Checkpoint{}, FollowOptions{Since: since}) {
		require.NoError(t, err)
		made = b.Checkpoint
	}
	wrong := newService(1)
	wrong.info.Err = &Error{Kind: ErrInvalid, Message: "the query has an end"}
	for name, c := range map[string]struct {
		feed Feed[event]
		from Checkpoint
		o    FollowOptions
		want error
	}{
		"no source":         {Feed[event]{}, Checkpoint{}, FollowOptions{Since: since}, ErrInvalid},
		"no beginning":      {NewFeed(newService(1)), Checkpoint{}, FollowOptions{}, ErrInvalid},
		"negative Every":    {NewFeed(newService(1)), Checkpoint{}, FollowOptions{Since: since, Every: -1}, ErrInvalid},
		"a query's fault":   {NewFeed(wrong), Checkpoint{}, FollowOptions{Since: since}, ErrInvalid},
		"another feed's":    {NewFeed(newService(1)), made, FollowOptions{}, ErrCheckpointMismatch},
		"its own, by JSON":  {NewFeed(other), reread(t, made), FollowOptions{}, nil},
		"Since with a mark": {NewFeed(other), made, FollowOptions{Since: since.Add(-time.Hour)}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			batches := 0
			for b, err := range c.feed.Follow(t.Context(), c.from, c.o) {
				require.ErrorIs(t, err, c.want)
				batches++
				if c.want != nil {
					assert.Zero(t, b)
				}
			}
			assert.Equal(t, 1, batches)
		})
	}
}

func reread(t *testing.T, c Checkpoint) Checkpoint {
	t.Helper()
	text, err := json.Marshal(c)
	require.NoError(t, err)
	var again Checkpoint
	require.NoError(t, json.Unmarshal(text, &again))
	return again
}

func TestFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newService(10)
		busy := &Error{Kind: ErrRateLimited, RetryAfter: time.Hour}
		s.fail = func(request int) error {
			switch request {
			case 1:
				return busy
			case 3:
				return &Error{Kind: ErrForbidden}
			}
			return nil
		}
		began := time.Now()
		var errs []error
		var at []time.Duration
		for b, err := range NewFeed(s).Follow(t.Context(), Checkpoint{}, FollowOptions{Since: began.Add(-time.Hour), Every: time.Minute}) {
			errs, at = append(errs, err), append(at, time.Since(began))
			assert.Equal(t, err != nil, b.Checkpoint.IsZero())
		}
		require.Len(t, errs, 3)
		require.ErrorIs(t, errs[0], ErrRateLimited)
		require.NoError(t, errs[1])
		require.ErrorIs(t, errs[2], ErrForbidden)
		assert.Equal(t, []time.Duration{0, time.Hour, time.Hour + time.Minute}, at)

		s.fail = func(int) error { return busy }
		for _, err := range NewFeed(s).Follow(t.Context(), Checkpoint{}, FollowOptions{Since: began}) {
			require.ErrorIs(t, err, ErrRateLimited, "without Every every failure is the last word")
		}

		s.fail = nil
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		for _, err := range NewFeed(s).Follow(ctx, Checkpoint{}, FollowOptions{Since: began, Every: time.Hour}) {
			if err != nil {
				require.ErrorIs(t, err, context.Canceled)
			}
			cancel()
		}
	})
}

func TestSourcesAtFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		s := newService(10)
		s.events = []event{{id: "", at: began.Add(-time.Minute)}}
		for _, err := range NewFeed(s).Follow(t.Context(), Checkpoint{}, FollowOptions{Since: began.Add(-time.Hour), Settle: -1}) {
			require.ErrorIs(t, err, ErrInvalid)
		}
		for _, err := range NewFeed(endless{}).Follow(t.Context(), Checkpoint{}, FollowOptions{Since: began.Add(-time.Hour)}) {
			require.ErrorIs(t, err, ErrMalformed)
		}
		assert.False(t, temporary(errors.New("of another kind")))

		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for _, err := range NewFeed(endless{}).Follow(ctx, Checkpoint{}, FollowOptions{Since: began.Add(-time.Hour)}) {
			require.ErrorIs(t, err, context.Canceled, "a source may end quietly with its context")
		}
	})
}

// endless has pages, and none is the last.
type endless struct{}

func (endless) Feed() FeedInfo { return FeedInfo{} }

func (endless) Between(context.Context, time.Time, time.Time) iter.Seq2[Page[Record[event]], error] {
	return func(yield func(Page[Record[event]], error) bool) { yield(Page[Record[event]]{Next: "more"}, nil) }
}

// Where one round is asked for, a temporary failure is the last thing that is yielded, as any
// other.
func TestOneRoundThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newService(10)
		s.fail = func(int) error { return &Error{Kind: ErrServer, StatusCode: 503} }
		failures := 0
		for _, err := range NewFeed(s).Follow(t.Context(), Checkpoint{}, FollowOptions{Since: time.Now().Add(-time.Hour)}) {
			require.ErrorIs(t, err, ErrServer)
			if failures++; failures == 3 {
				break
			}
		}
		assert.Equal(t, 1, failures)
	})
}
