package activity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// event is a record of a service that lists it some time after it happened.
type event struct {
	id     string
	at     time.Time
	listed time.Time
	blank  bool // its time cannot be read
	open   bool
}

// service is a source over events, newest first.
type service struct {
	info     FeedInfo
	events   []event
	pageSize int
	clock    func() time.Time // the service's
	undated  bool
	totals   bool
	claimed  int // as the total, whatever is asked for
	requests int
	fail     func(request int) error
}

func (s *service) Feed() FeedInfo { return s.info }

func (s *service) Between(ctx context.Context, from, to time.Time) iter.Seq2[Page[Record[event]], error] {
	return func(yield func(Page[Record[event]], error) bool) {
		var found []Record[event]
		for _, e := range s.events {
			if !e.listed.After(s.clock()) && !e.at.Before(from.Add(-s.info.Margin)) && !e.at.After(to.Add(s.info.Margin)) {
				r := Record[event]{Key: e.id, Item: e, Time: e.at}
				if e.blank {
					r.Time = time.Time{}
				}
				found = append(found, r)
			}
		}
		slices.SortStableFunc(found, func(a, b Record[event]) int { return b.Item.at.Compare(a.Item.at) })
		for offset := 0; ; offset += s.pageSize {
			s.requests++
			if s.fail != nil {
				if err := s.fail(s.requests); err != nil {
					yield(Page[Record[event]]{}, err)
					return
				}
			}
			if err := ctx.Err(); err != nil {
				yield(Page[Record[event]]{}, &Error{Err: err})
				return
			}
			page := Page[Record[event]]{Total: -1}
			if s.totals {
				page.Total = max(len(found), s.claimed)
			}
			if !s.undated {
				page.Date = s.clock().Truncate(time.Second)
			}
			end := min(offset+s.pageSize, len(found))
			page.Items = found[min(offset, len(found)):end]
			if end < len(found) {
				page.Next = Cursor(strconv.Itoa(end))
			}
			if !yield(page, nil) || page.Next == "" {
				return
			}
		}
	}
}

func newService(pageSize int) *service {
	return &service{info: FeedInfo{Vendor: "test", Name: "events", Query: "q", Lookback: time.Hour, Settle: time.Minute},
		pageSize: pageSize, clock: time.Now, totals: true}
}

// store is what a user has: records and a checkpoint, both changed by one transaction.
type store struct {
	t          testing.TB
	keys       map[string]int
	checkpoint []byte
	batches    int
}

func newStore(t testing.TB) *store { return &store{t: t, keys: map[string]int{}} }

func (s *store) put(b Batch[event]) {
	s.t.Helper()
	for _, r := range b.Records {
		s.keys[r.Key]++
	}
	text, err := json.Marshal(b.Checkpoint)
	require.NoError(s.t, err)
	require.Less(s.t, len(text), MaxCheckpoint)
	s.checkpoint = text
	s.batches++
}

func (s *store) load() Checkpoint {
	s.t.Helper()
	var c Checkpoint
	if s.checkpoint != nil {
		require.NoError(s.t, json.Unmarshal(s.checkpoint, &c))
	}
	return c
}

// missing and repeated are what a store should have none of.
func (s *store) compare(events []event) (missing, repeated int) {
	for _, e := range events {
		switch n := s.keys[e.id]; {
		case n == 0:
			missing++
		case n > 1:
			repeated++
		}
	}
	return missing, repeated
}

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

// Records come late, have equal times, or are dated ahead; the clock jumps back, the service fails, and the program dies at any batch,
// stored or not. Every record is stored once.
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

// rest lets virtual time pass.
func rest(t *testing.T, d time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	<-ctx.Done()
}

func TestFollowQuietly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newService(100)
		began := time.Now()
		for i := range 100 {
			s.events = append(s.events, event{id: strconv.Itoa(i), at: began.Add(-time.Duration(i) * time.Minute), listed: began})
		}
		rounds, records := 0, 0
		for b, err := range NewFeed(s).Follow(t.Context(), Checkpoint{}, FollowOptions{Since: began.Add(-2 * time.Hour), Every: time.Minute}) {
			require.NoError(t, err)
			records += len(b.Records)
			if rounds++; rounds == 100_000 {
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

// A million records in a day: slices get shorter, so that the checkpoint stays small, and no crash costs more than a slice.
func TestManyRecords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const all = 300_000
		s, kept := newService(1000), newStore(t)
		since := time.Now().Add(-10 * 24 * time.Hour)
		for i := range all {
			at := since.Add(time.Duration(i) * (10 * 24 * time.Hour / all))
			s.events = append(s.events, event{id: strconv.Itoa(i), at: at, listed: at})
		}
		longest, last := time.Duration(0), since
		for b, err := range NewFeed(s).Follow(t.Context(), Checkpoint{}, FollowOptions{Since: since, Settle: -1}) {
			require.NoError(t, err)
			kept.put(b)
			longest, last = max(longest, b.Checkpoint.Watermark().Sub(last)), b.Checkpoint.Watermark()
		}
		missing, repeated := kept.compare(s.events)
		assert.Zero(t, missing)
		assert.Zero(t, repeated)
		assert.LessOrEqual(t, longest, 24*time.Hour)
	})
}

// Where even the lookback has too many records, it gets shorter, with a warning, and nothing is repeated.
func TestLookbackShortens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const all = 120_000
		s, kept := newService(1000), newStore(t)
		s.info.Lookback = 48 * time.Hour
		since := time.Now().Add(-24 * time.Hour)
		for i := range all {
			at := since.Add(time.Duration(i) * (24 * time.Hour / all))
			s.events = append(s.events, event{id: strconv.Itoa(i), at: at, listed: at})
		}
		for range 3 {
			for b, err := range NewFeed(s).Follow(t.Context(), kept.load(), FollowOptions{Since: since, Settle: -1}) {
				require.NoError(t, err)
				kept.put(b)
			}
		}
		missing, repeated := kept.compare(s.events)
		assert.Zero(t, missing)
		assert.Zero(t, repeated)
		assert.True(t, kept.load().state.floor.After(since))
	})
}

// A larger lookback than before must not bring back what was forgotten.
func TestLookbackGrows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := newService(10), newStore(t)
		since := time.Now().Add(-24 * time.Hour)
		for i := range 240 {
			at := since.Add(time.Duration(i) * 6 * time.Minute)
			s.events = append(s.events, event{id: strconv.Itoa(i), at: at, listed: at})
		}
		for _, lookback := range []time.Duration{-1, time.Hour, 20 * time.Hour} {
			for b, err := range NewFeed(s).Follow(t.Context(), kept.load(), FollowOptions{Since: since, Lookback: lookback, Settle: -1}) {
				require.NoError(t, err)
				kept.put(b)
			}
		}
		missing, repeated := kept.compare(s.events)
		assert.Zero(t, missing)
		assert.Zero(t, repeated)
	})
}

// changing is a service whose records change until they are final.
type changing struct {
	*service
	asked []string
}

func (c *changing) Unfinished(e event) (string, bool) { return e.id[:1], e.open }

func (c *changing) Revisit(_ context.Context, ref string) ([]Record[event], error) {
	c.asked = append(c.asked, ref)
	for _, e := range slices.Backward(c.events) {
		if e.id[:1] == ref {
			return []Record[event]{{Key: e.id, Item: e, Time: e.at}}, nil
		}
	}
	return nil, &Error{Kind: ErrNotFound}
}

func TestUnfinishedRecords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := &changing{service: newService(10)}, newStore(t)
		began := time.Now()
		s.events = []event{{id: "a1", at: began.Add(-time.Minute), open: true}, {id: "b1", at: began.Add(-time.Minute), open: true}}
		run := func() {
			s.asked = nil
			for b, err := range NewFeed(s).Follow(t.Context(), kept.load(), FollowOptions{Since: began.Add(-time.Hour), Settle: -1}) {
				require.NoError(t, err)
				kept.put(b)
			}
		}
		run()
		assert.Empty(t, s.asked, "a list that has shown them is enough")
		rest(t, 5*time.Hour)
		run()
		assert.Empty(t, s.asked, "the lookback has shown them again")
		rest(t, 5*time.Hour)
		run()
		assert.Equal(t, []string{"a", "b"}, s.asked)
		assert.Equal(t, map[string]int{"a1": 1, "b1": 1}, kept.keys, "they are as they were")
		rest(t, 5*time.Hour)
		s.events = []event{{id: "a2", at: began.Add(-time.Minute)}}
		run()
		assert.Equal(t, map[string]int{"a1": 1, "b1": 1, "a2": 1}, kept.keys)
		run()
		assert.Empty(t, s.asked, "one is final, the other is gone")
	})
}

func TestManyUnfinishedRecords(t *testing.T) {
	o := newOpenRecords(nil)
	kept := 0
	for i := range 12_000 {
		ref := fmt.Sprintf("%08x-0000-4000-8000-000000000000 receive", i)
		if o.track(unfinished{ref: ref, hash: uint64(i)}, true, 1) {
			kept++
		}
	}
	packed := packUnfinished(o.snapshot())
	assert.LessOrEqual(t, len(packed), o.size)
	assert.LessOrEqual(t, o.size, unfinishedRoom)
	assert.Len(t, o.byRef, kept)
	assert.LessOrEqual(t, kept, maxUnfinished)
	again, ok := unpackUnfinished(packed)
	require.True(t, ok)
	assert.Equal(t, o.snapshot(), again)
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
	})
}

// endless has pages, and none is the last.
type endless struct{}

func (endless) Feed() FeedInfo { return FeedInfo{} }

func (endless) Between(context.Context, time.Time, time.Time) iter.Seq2[Page[Record[event]], error] {
	return func(yield func(Page[Record[event]], error) bool) { yield(Page[Record[event]]{Next: "more"}, nil) }
}

// A slice that is too full for the checkpoint and breaks off is read again: its earliest keys come a second time, and none is missing.
func TestSliceBreaksOffTooFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const all = 80_000
		s, kept := newService(1000), newStore(t)
		s.totals = false // which would tell that the slice is too full
		since := time.Now().Add(-20 * time.Hour)
		for i := range all {
			at := since.Add(time.Duration(i) * (20 * time.Hour / all))
			s.events = append(s.events, event{id: strconv.Itoa(i), at: at, listed: at})
		}
		o := FollowOptions{Since: since, Settle: -1}
		for b, err := range NewFeed(s).Follow(t.Context(), Checkpoint{}, o) {
			require.NoError(t, err)
			if kept.put(b); kept.batches == 60 {
				break
			}
		}
		for b, err := range NewFeed(s).Follow(t.Context(), kept.load(), o) {
			require.NoError(t, err)
			kept.put(b)
		}
		missing, repeated := kept.compare(s.events)
		assert.Zero(t, missing)
		assert.Less(t, repeated, all/2)
	})
}

// A service may count its whole list, whatever time is asked for. That must not lead to ever shorter slices.
func TestTotalsOfSomethingElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := newService(10), newStore(t)
		s.claimed = 5_000_000
		since := time.Now().Add(-90 * 24 * time.Hour)
		for i := range 90 {
			at := since.Add(time.Duration(i) * 24 * time.Hour)
			s.events = append(s.events, event{id: strconv.Itoa(i), at: at, listed: at})
		}
		for b, err := range NewFeed(s).Follow(t.Context(), Checkpoint{}, FollowOptions{Since: since}) {
			require.NoError(t, err)
			kept.put(b)
		}
		missing, repeated := kept.compare(s.events)
		assert.Zero(t, missing)
		assert.Zero(t, repeated)
		assert.Less(t, s.requests, 60)
	})
}
