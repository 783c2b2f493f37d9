package activity

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"math/rand/v2"
	"net"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/internal/obstacle"
)

func TestFollowOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := newService(10), newStore(t)
		since := time.Now().Add(-48 * time.Hour)
		for i := range 95 {
			at := since.Add(time.Duration(i) * 30 * time.Minute)
			s.events = append(s.events, event{id: strconv.Itoa(i), at: at, listed: at})
		}
		for b, err := range NewFeed(s).CatchUp(t.Context(), Checkpoint{}, FollowOptions{Since: since}) {
			require.NoError(t, err)
			kept.put(b)
		}
		missing, repeated := kept.compare(s.events)
		assert.Zero(t, missing)
		assert.Zero(t, repeated)
		assert.Equal(t, time.Now().Add(-time.Minute).UTC(), kept.load().Watermark())

		before := s.requests
		for b, err := range NewFeed(s).CatchUp(t.Context(), kept.load(), FollowOptions{}) {
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
				assert.ErrorIs(t, err, context.DeadlineExceeded)
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
	for b, err := range NewFeed(s).CatchUp(t.Context(), kept.load(), FollowOptions{Since: begin}) {
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
		for b, err := range feed.CatchUp(t.Context(), Checkpoint{}, FollowOptions{Since: since, Settle: -1}) {
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
	for b, err := range NewFeed(other).CatchUp(t.Context(), Checkpoint{}, FollowOptions{Since: since}) {
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
			follow := c.feed.CatchUp // which ignores Every
			if c.o.Every != 0 {
				follow = c.feed.Follow
			}
			for b, err := range follow(t.Context(), c.from, c.o) {
				require.ErrorIs(t, err, c.want)
				batches++
				assert.Equal(t, c.want != nil && c.from.IsZero(), b.Checkpoint.IsZero())
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

// A failure that may pass is not yielded. The round is tried again, after a wait that grows while
// the failures go on, and begins with Every again once the feed has got on.
func TestFollowTriesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newService(10)
		var log bytes.Buffer
		s.info.Logger = slog.New(slog.NewTextHandler(&log, nil))
		away := &Error{Kind: ErrServer, StatusCode: 503}
		s.fail = func(request int) error {
			switch {
			case request <= 7 || request == 9:
				return away
			case request == 10:
				return &Error{Kind: ErrRateLimited, RetryAfter: time.Hour}
			case request == 12:
				return &Error{Kind: ErrForbidden}
			}
			return nil
		}
		began := time.Now()
		var waits, at []time.Duration
		o := FollowOptions{Since: began.Add(-time.Hour), OnRetry: func(err error, wait time.Duration) {
			assert.True(t, errors.Is(err, ErrServer) || errors.Is(err, ErrRateLimited))
			waits = append(waits, wait)
		}}
		var last error
		for b, err := range NewFeed(s).Follow(t.Context(), Checkpoint{}, o) {
			at, last = append(at, time.Since(began)), err
			assert.False(t, b.Checkpoint.IsZero())
		}
		require.ErrorIs(t, last, ErrForbidden)
		const m = time.Minute
		assert.Equal(t, []time.Duration{m, 2 * m, 4 * m, 8 * m, 15 * m, 15 * m, 15 * m, m, time.Hour}, waits)
		assert.Equal(t, []time.Duration{60 * m, 121 * m, 121 * m}, at)
		assert.Equal(t, len(waits), strings.Count(log.String(), "a round failed, and is tried again"))
	})
}

// Where Every is longer than what the wait grows to, it does not grow.
func TestFollowWithLongRounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newService(10)
		var waits []time.Duration
		o := FollowOptions{Since: time.Now().Add(-time.Hour), Every: time.Hour,
			OnRetry: func(_ error, wait time.Duration) { waits = append(waits, wait) }}
		s.fail = func(request int) error {
			if request > 3 {
				return &Error{Kind: ErrUnauthorized}
			}
			return errors.New("of no kind")
		}
		for _, err := range NewFeed(s).Follow(t.Context(), Checkpoint{}, o) {
			require.ErrorIs(t, err, ErrUnauthorized)
		}
		assert.Equal(t, []time.Duration{time.Hour, time.Hour, time.Hour}, waits)
	})
}

// Follow ends for what its caller has to change, and for nothing else.
func TestWhatEndsFollowing(t *testing.T) {
	untrusted := &tls.CertificateVerificationError{Err: errors.New("signed by nobody")}
	for name, tt := range map[string]struct {
		err  error
		ends bool
	}{
		"invalid":                {&Error{Kind: ErrInvalid}, true},
		"unauthorized":           {&Error{Kind: ErrUnauthorized}, true},
		"forbidden":              {&Error{Kind: ErrForbidden}, true},
		"not found":              {&Error{Kind: ErrNotFound}, true},
		"insecure":               {&Error{Kind: ErrInsecureURL}, true},
		"foreign origin":         {&Error{Kind: ErrForeignOrigin}, true},
		"checkpoint mismatch":    {&Error{Kind: ErrCheckpointMismatch}, true},
		"untrusted certificate":  {&Error{Err: untrusted}, true},
		"a name that is unknown": {&Error{Err: &net.DNSError{IsNotFound: true}}, false},
		"a page for people":      {&Error{Kind: ErrMalformed, Err: obstacle.ErrPage}, false},
		"another shape":          {&Error{Kind: ErrMalformed}, false},
		"too large":              {&Error{Kind: ErrResponseTooLarge}, false},
		"a list that changed":    {&Error{Kind: ErrListChanged}, false},
		"a loop":                 {&Error{Kind: ErrCursorLoop}, false},
		"the service":            {&Error{Kind: ErrServer, StatusCode: 501}, false},
		"the network":            {&Error{Err: io.ErrUnexpectedEOF}, false},
		"another status":         {&Error{StatusCode: 418}, false},
		"an attempt's deadline":  {&Error{Err: context.DeadlineExceeded}, false},
		"no error of the SDK's":  {errors.New("of a source"), false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newService(10)
				s.fail = func(request int) error {
					if request == 1 {
						return tt.err
					}
					return nil
				}
				retried := false
				o := FollowOptions{Since: time.Now().Add(-time.Hour), OnRetry: func(error, time.Duration) { retried = true }}
				for b, err := range NewFeed(s).Follow(t.Context(), Checkpoint{}, o) {
					assert.Equal(t, tt.ends, err != nil)
					assert.False(t, b.Checkpoint.IsZero())
					if err == nil {
						break
					}
				}
				assert.Equal(t, !tt.ends, retried)
			})
		})
	}
}

func TestFollowEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var last error
		for _, err := range NewFeed(newService(10)).Follow(ctx, Checkpoint{}, FollowOptions{Since: time.Now(), Every: time.Hour}) {
			last = err
			cancel()
		}
		require.ErrorIs(t, last, context.Canceled)
	})
}

// A program that stores each batch, also one that comes with an error, is never set back.
func TestBatchOfAnErrorIsValid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := newService(10), newStore(t)
		began := time.Now()
		for i := range 100 {
			s.events = append(s.events, event{id: strconv.Itoa(i), at: began.Add(-time.Duration(i) * time.Minute), listed: began})
		}
		requests := 0
		s.fail = func(int) error {
			if requests++; requests%17 == 0 {
				return &Error{Kind: ErrServer, StatusCode: 503}
			}
			return nil
		}
		for range 50 {
			for b, err := range NewFeed(s).CatchUp(t.Context(), kept.load(), FollowOptions{Since: began.Add(-2 * time.Hour), Settle: -1}) {
				assert.Equal(t, err != nil, b.Records == nil && err != nil)
				require.False(t, b.Checkpoint.Watermark().Before(kept.load().Watermark()))
				kept.put(b)
			}
		}
		missing, repeated := kept.compare(s.events)
		assert.Zero(t, missing)
		assert.Zero(t, repeated)
	})
}

// The lag beside an error is that of the moment at which it came.
func TestLagOfAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		s := newService(10)
		s.fail = func(int) error {
			if time.Since(began) > time.Hour {
				return &Error{Kind: ErrServer, StatusCode: 503}
			}
			return nil
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Hour)
		defer cancel()
		var last Batch[event]
		var failure error
		for b, err := range NewFeed(s).Follow(ctx, Checkpoint{}, FollowOptions{Since: began, Every: 4 * time.Hour, Settle: -1}) {
			last, failure = b, err
		}
		require.ErrorIs(t, failure, context.DeadlineExceeded)
		assert.Equal(t, 10*time.Hour, last.Lag)

		elsewhere := newService(10)
		elsewhere.info.Name = "elsewhere"
		for b, err := range NewFeed(elsewhere).CatchUp(t.Context(), last.Checkpoint, FollowOptions{}) {
			require.ErrorIs(t, err, ErrCheckpointMismatch)
			assert.Equal(t, 10*time.Hour, b.Lag)
		}
	})
}

func TestSourcesAtFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		s := newService(10)
		s.events = []event{{id: "", at: began.Add(-time.Minute)}}
		for _, err := range NewFeed(s).CatchUp(t.Context(), Checkpoint{}, FollowOptions{Since: began.Add(-time.Hour), Settle: -1}) {
			require.ErrorIs(t, err, ErrInvalid)
		}
		for _, err := range NewFeed(endless{}).CatchUp(t.Context(), Checkpoint{}, FollowOptions{Since: began.Add(-time.Hour)}) {
			require.ErrorIs(t, err, ErrMalformed)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for _, err := range NewFeed(endless{}).CatchUp(ctx, Checkpoint{}, FollowOptions{Since: began.Add(-time.Hour)}) {
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

// A failure ends CatchUp, temporary or not.
func TestCatchUpThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newService(10)
		s.fail = func(int) error { return &Error{Kind: ErrServer, StatusCode: 503} }
		failures := 0
		for _, err := range NewFeed(s).CatchUp(t.Context(), Checkpoint{}, FollowOptions{Since: time.Now().Add(-time.Hour)}) {
			require.ErrorIs(t, err, ErrServer)
			failures++
		}
		assert.Equal(t, 1, failures)
	})
}
