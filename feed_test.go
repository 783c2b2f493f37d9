package activity_test

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
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/followtest"
	"github.com/activity-sdk/activity/internal/obstacle"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// event is a record of a service that lists it some time after it happened.
type event struct {
	id     string
	at     time.Time
	listed time.Time
	blank  bool // its time cannot be read
	open   bool
}

type span struct{ from, to time.Time }

// service is a source over events, newest first.
type service struct {
	info     activity.FeedInfo
	events   []event
	pageSize int
	clock    func() time.Time // the service's
	undated  bool
	totals   bool
	claimed  int // as the total, whatever is asked for
	times    int // the total is multiplied by this; 0 means 1
	most     int // pages that begin after this number of events are refused; 0 refuses none
	requests int
	refusals int
	asked    []span // the first thousand calls of Between
	fail     func(request int) error
}

func (s *service) Feed() activity.FeedInfo { return s.info }

func (s *service) Between(ctx context.Context, from, to time.Time) iter.Seq2[activity.Page[activity.Record[event]], error] {
	return func(yield func(activity.Page[activity.Record[event]], error) bool) {
		if len(s.asked) < 1000 {
			s.asked = append(s.asked, span{from, to})
		}
		var found []activity.Record[event]
		for _, e := range s.events {
			if !e.listed.After(s.clock()) && !e.at.Before(from.Add(-s.info.Margin)) && !e.at.After(to.Add(s.info.Margin)) {
				r := activity.Record[event]{Key: e.id, Item: e, Time: e.at}
				if e.blank {
					r.Time = time.Time{}
				}
				found = append(found, r)
			}
		}
		slices.SortStableFunc(found, func(a, b activity.Record[event]) int { return b.Item.at.Compare(a.Item.at) })
		for offset := 0; ; offset += s.pageSize {
			s.requests++
			if s.fail != nil {
				if err := s.fail(s.requests); err != nil {
					yield(activity.Page[activity.Record[event]]{}, err)
					return
				}
			}
			if err := ctx.Err(); err != nil {
				yield(activity.Page[activity.Record[event]]{}, &activity.Error{Err: err})
				return
			}
			if s.most > 0 && offset > s.most {
				s.refusals++
				yield(activity.Page[activity.Record[event]]{}, &activity.Error{Kind: activity.ErrInvalid, StatusCode: 400})
				return
			}
			page := activity.Page[activity.Record[event]]{Total: -1}
			if s.totals {
				page.Total = max(len(found)*max(s.times, 1), s.claimed)
			}
			if !s.undated {
				page.Date = s.clock().Truncate(time.Second)
			}
			end := min(offset+s.pageSize, len(found))
			page.Items = found[min(offset, len(found)):end]
			if end < len(found) {
				page.Next = activity.Cursor(strconv.Itoa(end))
			}
			if !yield(page, nil) || page.Next == "" {
				return
			}
		}
	}
}

func newService(pageSize int) *service {
	return &service{info: activity.FeedInfo{Vendor: "test", Name: "events", Query: "q", Lookback: time.Hour, Settle: time.Minute},
		pageSize: pageSize, clock: time.Now, totals: true}
}

// catchUp follows a source to the present.
func catchUp(t *testing.T, source activity.FeedSource[event], kept *followtest.Store, o activity.FollowOptions) []activity.Batch[event] {
	t.Helper()
	return followtest.CatchUp(t, kept, activity.NewFeed(source), o)
}

// add adds n events, each listed when it happens.
func (s *service) add(since time.Time, n int, apart time.Duration) {
	for i := range n {
		at := since.Add(time.Duration(i) * apart)
		s.events = append(s.events, event{id: strconv.Itoa(i), at: at, listed: at})
	}
}

// log returns what the source's logger writes.
func (s *service) log() *bytes.Buffer {
	log := new(bytes.Buffer)
	s.info.Logger = slog.New(slog.NewTextHandler(log, nil))
	return log
}

// compare returns how many events are missing in a store, and how many are repeated.
func (s *service) compare(kept *followtest.Store) (missing, repeated int) {
	for _, e := range s.events {
		switch n := kept.Keys[e.id]; {
		case n == 0:
			missing++
		case n > 1:
			repeated++
		}
	}
	return missing, repeated
}

// assertOnce fails the test unless every event was stored once.
func (s *service) assertOnce(t *testing.T, kept *followtest.Store) {
	t.Helper()
	missing, repeated := s.compare(kept)
	assert.Zero(t, missing, "missing")
	assert.Zero(t, repeated, "repeated")
}

func TestFollowOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := newService(10), followtest.NewStore()
		since := time.Now().Add(-48 * time.Hour)
		s.add(since, 95, 30*time.Minute)
		catchUp(t, s, kept, activity.FollowOptions{Since: since})
		s.assertOnce(t, kept)
		assert.Equal(t, time.Now().Add(-time.Minute).UTC(), kept.Checkpoint(t).Watermark())

		before := s.requests
		for b, err := range activity.NewFeed(s).CatchUp(t.Context(), kept.Checkpoint(t), activity.FollowOptions{}) {
			require.NoError(t, err)
			assert.Empty(t, b.Records)
			assert.Equal(t, time.Minute, b.Lag)
			followtest.Put(t, kept, b)
		}
		assert.Equal(t, 1, s.requests-before, "a round without news sends one request")
	})
}

// Every record is stored once, though records come late, have equal times or are dated ahead, the
// clock jumps, the service fails or refuses later pages, and the program crashes before or after
// any batch is stored.
func TestFollowProperty(t *testing.T) {
	for seed := range uint64(60) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { follows(t, rand.New(rand.NewPCG(seed, 1))) })
		})
	}
}

func follows(t *testing.T, random *rand.Rand) {
	s, kept := newService(1+random.IntN(30)), followtest.NewStore()
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
			return &activity.Error{Kind: activity.ErrServer, StatusCode: 503}
		}
		return nil
	}
	// The local clock is mostly right, and sometimes hours ahead or late.
	var skew time.Duration
	clock := func() time.Time { return time.Now().Add(skew) }

	end := begin.Add(100 * time.Hour)
	for time.Now().Before(end) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(1+random.IntN(600))*time.Minute)
		o := activity.FollowOptions{Since: begin, Every: time.Duration(1+random.IntN(40)) * time.Minute}
		feed := activity.WithClock(activity.NewFeed(s), clock)
		for b, err := range feed.Follow(ctx, kept.Checkpoint(t), o) {
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
			followtest.Put(t, kept, b)
			if random.IntN(10) == 0 {
				break // and after
			}
		}
		cancel()
		if random.IntN(5) == 0 {
			followtest.Pass(time.Duration(random.IntN(30)) * time.Hour) // an outage
		}
	}
	skew, s.fail = 0, nil
	catchUp(t, s, kept, activity.FollowOptions{Since: begin})
	s.assertOnce(t, kept)
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
		for b, err := range activity.NewFeed(s).Follow(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: began.Add(-2 * time.Hour), Every: time.Minute}) {
			require.NoError(t, err)
			records += len(b.Records)
			if rounds++; rounds == 1000 {
				early = liveHeap()
			}
			if rounds == 100_000 {
				assert.Less(t, liveHeap(), early+early/10, "memory does not grow")
				text, err := b.Checkpoint.MarshalText()
				require.NoError(t, err)
				assert.Less(t, len(text), 300, "a checkpoint keeps nothing that is not needed")
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

func TestFollowRefuses(t *testing.T) {
	since := time.Now().Add(-time.Hour)
	other := newService(1)
	other.info.Query = "another"
	var made activity.Checkpoint
	for b, err := range activity.NewFeed(other).CatchUp(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: since}) {
		require.NoError(t, err)
		made = b.Checkpoint
	}
	wrong := newService(1)
	wrong.info.Err = &activity.Error{Kind: activity.ErrInvalid, Message: "the query has an end"}
	oddly := newService(1)
	oddly.info.Tenant = " acme"
	for name, c := range map[string]struct {
		feed activity.Feed[event]
		from activity.Checkpoint
		o    activity.FollowOptions
		want error
	}{
		"an odd tenant":     {activity.NewFeed(oddly), activity.Checkpoint{}, activity.FollowOptions{Since: since}, activity.ErrInvalid},
		"no source":         {activity.Feed[event]{}, activity.Checkpoint{}, activity.FollowOptions{Since: since}, activity.ErrInvalid},
		"no beginning":      {activity.NewFeed(newService(1)), activity.Checkpoint{}, activity.FollowOptions{}, activity.ErrInvalid},
		"negative Every":    {activity.NewFeed(newService(1)), activity.Checkpoint{}, activity.FollowOptions{Since: since, Every: -1}, activity.ErrInvalid},
		"a query's fault":   {activity.NewFeed(wrong), activity.Checkpoint{}, activity.FollowOptions{Since: since}, activity.ErrInvalid},
		"another feed's":    {activity.NewFeed(newService(1)), made, activity.FollowOptions{}, activity.ErrCheckpointMismatch},
		"its own, by JSON":  {activity.NewFeed(other), reread(t, made), activity.FollowOptions{}, nil},
		"Since with a mark": {activity.NewFeed(other), made, activity.FollowOptions{Since: since.Add(-time.Hour)}, nil},
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

func reread(t *testing.T, c activity.Checkpoint) activity.Checkpoint {
	t.Helper()
	text, err := json.Marshal(c)
	require.NoError(t, err)
	var again activity.Checkpoint
	require.NoError(t, json.Unmarshal(text, &again))
	return again
}

func TestSourcesAtFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		s := newService(10)
		s.events = []event{{id: "", at: began.Add(-time.Minute)}}
		for _, err := range activity.NewFeed(s).CatchUp(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: began.Add(-time.Hour), Settle: -1}) {
			require.ErrorIs(t, err, activity.ErrInvalid)
		}
		for _, err := range activity.NewFeed(endless{}).CatchUp(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: began.Add(-time.Hour)}) {
			require.ErrorIs(t, err, activity.ErrMalformed)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for _, err := range activity.NewFeed(endless{}).CatchUp(ctx, activity.Checkpoint{}, activity.FollowOptions{Since: began.Add(-time.Hour)}) {
			require.ErrorIs(t, err, context.Canceled, "a source may end quietly with its context")
		}
	})
}

// endless is a source whose pages end without a last one.
type endless struct{}

func (endless) Feed() activity.FeedInfo { return activity.FeedInfo{} }

func (endless) Between(context.Context, time.Time, time.Time) iter.Seq2[activity.Page[activity.Record[event]], error] {
	return func(yield func(activity.Page[activity.Record[event]], error) bool) {
		yield(activity.Page[activity.Record[event]]{Next: "more"}, nil)
	}
}

// A failure ends CatchUp, temporary or not.
func TestCatchUpThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newService(10)
		s.fail = func(int) error { return &activity.Error{Kind: activity.ErrServer, StatusCode: 503} }
		failures := 0
		for _, err := range activity.NewFeed(s).CatchUp(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: time.Now().Add(-time.Hour)}) {
			require.ErrorIs(t, err, activity.ErrServer)
			failures++
		}
		assert.Equal(t, 1, failures)
	})
}

// A program may store every batch, also one with an error: the checkpoint never falls back.
func TestBatchOfAnErrorIsValid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := newService(10), followtest.NewStore()
		began := time.Now()
		for i := range 100 {
			s.events = append(s.events, event{id: strconv.Itoa(i), at: began.Add(-time.Duration(i) * time.Minute), listed: began})
		}
		requests := 0
		s.fail = func(int) error {
			if requests++; requests%17 == 0 {
				return &activity.Error{Kind: activity.ErrServer, StatusCode: 503}
			}
			return nil
		}
		for range 50 {
			for b, err := range activity.NewFeed(s).CatchUp(t.Context(), kept.Checkpoint(t), activity.FollowOptions{Since: began.Add(-2 * time.Hour), Settle: -1}) {
				assert.Equal(t, err != nil, b.Records == nil && err != nil)
				require.False(t, b.Checkpoint.Watermark().Before(kept.Checkpoint(t).Watermark()))
				followtest.Put(t, kept, b)
			}
		}
		s.assertOnce(t, kept)
	})
}

// The lag of an error's batch is that of the moment at which the error came.
func TestLagOfAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		s := newService(10)
		s.fail = func(int) error {
			if time.Since(began) > time.Hour {
				return &activity.Error{Kind: activity.ErrServer, StatusCode: 503}
			}
			return nil
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Hour)
		defer cancel()
		var last activity.Batch[event]
		var failure error
		for b, err := range activity.NewFeed(s).Follow(ctx, activity.Checkpoint{}, activity.FollowOptions{Since: began, Every: 4 * time.Hour, Settle: -1}) {
			last, failure = b, err
		}
		require.ErrorIs(t, failure, context.DeadlineExceeded)
		assert.Equal(t, 10*time.Hour, last.Lag)

		elsewhere := newService(10)
		elsewhere.info.Name = "elsewhere"
		for b, err := range activity.NewFeed(elsewhere).CatchUp(t.Context(), last.Checkpoint, activity.FollowOptions{}) {
			require.ErrorIs(t, err, activity.ErrCheckpointMismatch)
			assert.Equal(t, 10*time.Hour, b.Lag)
		}
	})
}

// A failure that may pass is not yielded. The round is tried again after a wait, which grows while
// rounds fail and is Every again once a round succeeded.
func TestFollowTriesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newService(10)
		log := s.log()
		away := &activity.Error{Kind: activity.ErrServer, StatusCode: 503}
		s.fail = func(request int) error {
			switch {
			case request <= 7 || request == 9:
				return away
			case request == 10:
				return &activity.Error{Kind: activity.ErrRateLimited, RetryAfter: time.Hour}
			case request == 12:
				return &activity.Error{Kind: activity.ErrForbidden}
			}
			return nil
		}
		began := time.Now()
		var waits, at []time.Duration
		o := activity.FollowOptions{Since: began.Add(-time.Hour), OnRetry: func(err error, wait time.Duration) {
			assert.True(t, errors.Is(err, activity.ErrServer) || errors.Is(err, activity.ErrRateLimited))
			waits = append(waits, wait)
		}}
		var last error
		for b, err := range activity.NewFeed(s).Follow(t.Context(), activity.Checkpoint{}, o) {
			at, last = append(at, time.Since(began)), err
			assert.False(t, b.Checkpoint.IsZero())
		}
		require.ErrorIs(t, last, activity.ErrForbidden)
		const m = time.Minute
		assert.Equal(t, []time.Duration{m, 2 * m, 4 * m, 8 * m, 15 * m, 15 * m, 15 * m, m, time.Hour}, waits)
		assert.Equal(t, []time.Duration{60 * m, 121 * m, 121 * m}, at)
		assert.Equal(t, len(waits), strings.Count(log.String(), "a round failed, and is tried again"))
	})
}

// If Every is longer than the longest wait, the wait does not grow.
func TestFollowWithLongRounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newService(10)
		var waits []time.Duration
		o := activity.FollowOptions{Since: time.Now().Add(-time.Hour), Every: time.Hour,
			OnRetry: func(_ error, wait time.Duration) { waits = append(waits, wait) }}
		s.fail = func(request int) error {
			if request > 3 {
				return &activity.Error{Kind: activity.ErrUnauthorized}
			}
			return errors.New("of no kind")
		}
		for _, err := range activity.NewFeed(s).Follow(t.Context(), activity.Checkpoint{}, o) {
			require.ErrorIs(t, err, activity.ErrUnauthorized)
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
		"invalid":                {&activity.Error{Kind: activity.ErrInvalid}, true},
		"unauthorized":           {&activity.Error{Kind: activity.ErrUnauthorized}, true},
		"forbidden":              {&activity.Error{Kind: activity.ErrForbidden}, true},
		"not found":              {&activity.Error{Kind: activity.ErrNotFound}, true},
		"insecure":               {&activity.Error{Kind: activity.ErrInsecureURL}, true},
		"foreign origin":         {&activity.Error{Kind: activity.ErrForeignOrigin}, true},
		"checkpoint mismatch":    {&activity.Error{Kind: activity.ErrCheckpointMismatch}, true},
		"untrusted certificate":  {&activity.Error{Err: untrusted}, true},
		"a name that is unknown": {&activity.Error{Err: &net.DNSError{IsNotFound: true}}, false},
		"a page for people":      {&activity.Error{Kind: activity.ErrMalformed, Err: obstacle.ErrPage}, false},
		"another shape":          {&activity.Error{Kind: activity.ErrMalformed}, false},
		"too large":              {&activity.Error{Kind: activity.ErrResponseTooLarge}, false},
		"a list that changed":    {&activity.Error{Kind: activity.ErrListChanged}, false},
		"a loop":                 {&activity.Error{Kind: activity.ErrCursorLoop}, false},
		"the service":            {&activity.Error{Kind: activity.ErrServer, StatusCode: 501}, false},
		"the network":            {&activity.Error{Err: io.ErrUnexpectedEOF}, false},
		"another status":         {&activity.Error{StatusCode: 418}, false},
		"an attempt's deadline":  {&activity.Error{Err: context.DeadlineExceeded}, false},
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
				o := activity.FollowOptions{Since: time.Now().Add(-time.Hour), OnRetry: func(error, time.Duration) { retried = true }}
				for b, err := range activity.NewFeed(s).Follow(t.Context(), activity.Checkpoint{}, o) {
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
		for _, err := range activity.NewFeed(newService(10)).Follow(ctx, activity.Checkpoint{}, activity.FollowOptions{Since: time.Now(), Every: time.Hour}) {
			last = err
			cancel()
		}
		require.ErrorIs(t, last, context.Canceled)
	})
}

// A service that refuses pages after some offset is read in shorter slices, at the first start and
// at each later one.
func TestFeedsOfServicesThatRefuseOffsets(t *testing.T) {
	const rows, most = 3000, 250
	t.Run("snaplogic", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			server, since := snaplogictest.NewServer(snaplogictest.WithMaxOffset(most)), time.Now().Add(-48*time.Hour)
			items := make([]snaplogic.Activity, rows)
			for i := range items {
				items[i] = snaplogic.Activity{ID: fmt.Sprintf("%024x", i), CreateTime: since.Add(time.Duration(i) * time.Minute / 2)}
			}
			server.Add(items...)
			followTwice(t, rows, since, server.Client().ActivityFeed(snaplogic.ActivityQuery{PageSize: 50}))
		})
	})
	t.Run("sdelements", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			server, since := sdelementstest.NewServer(sdelementstest.WithMaxOffset(most)), time.Now().Add(-48*time.Hour)
			items := make([]sdelements.Activity, rows)
			for i := range items {
				items[i] = sdelements.Activity{ID: int64(i + 1), Date: since.Add(time.Duration(i) * time.Minute / 2)}
			}
			server.Add(items...)
			followTwice(t, rows, since, server.Client().ActivityFeed(sdelements.ActivityQuery{PageSize: 50}))
		})
	})
}

// followTwice follows a feed twice. The second run reads everything again.
func followTwice[T any](t *testing.T, rows int, since time.Time, feed activity.Feed[T]) {
	t.Helper()
	kept := followtest.NewStore()
	for range 2 {
		o := activity.FollowOptions{Since: since, Lookback: time.Since(since)}
		followtest.CatchUp(t, kept, feed, o)
	}
	assert.Len(t, kept.Keys, rows)
	for key, n := range kept.Keys {
		assert.Equal(t, 1, n, key)
	}
}

// TestFollowADay runs the test that Example_virtualTime shows. An example has no *testing.T for it.
func TestFollowADay(t *testing.T) { followADay(t) }
