package collect_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/collect"
	"github.com/activity-sdk/activity/examples/collector/internal/feeds"
	"github.com/activity-sdk/activity/examples/collector/internal/status"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// memory is a sink in memory that returns the errors it is told to.
type memory struct {
	mu          sync.Mutex
	opened      int
	rows        map[store.FeedID][]string
	checkpoints map[store.FeedID]activity.Checkpoint
	openings    []error       // of the next Open calls
	writes      []error       // of the next Store calls
	taken       time.Duration // how long another collector holds each feed
}

func newMemory() *memory {
	return &memory{rows: map[store.FeedID][]string{}, checkpoints: map[store.FeedID]activity.Checkpoint{}}
}

func pop(errs *[]error) (err error) {
	if len(*errs) > 0 {
		err, *errs = (*errs)[0], (*errs)[1:]
	}
	return err
}

func (m *memory) Open(ctx context.Context, feed store.FeedID, standby func(renewed bool)) (store.Writer, error) {
	for begun := time.Now(); time.Since(begun) < m.taken; {
		standby(true)
		if err := collect.Pause(ctx, time.Second); err != nil {
			return nil, err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.opened++
	if err := pop(&m.openings); err != nil {
		return nil, err
	}
	return &writer{m, feed}, nil
}

func (m *memory) Checkpoint(_ context.Context, feed store.FeedID) (activity.Checkpoint, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.checkpoints[feed], nil
}

func (m *memory) Close() error { return nil }

type writer struct {
	memory *memory
	feed   store.FeedID
}

func (w *writer) Checkpoint() activity.Checkpoint {
	c, _ := w.memory.Checkpoint(context.Background(), w.feed)
	return c
}

func (w *writer) Close() error { return nil }

func (w *writer) Store(_ context.Context, events []activity.Event, checkpoint activity.Checkpoint) error {
	w.memory.mu.Lock()
	defer w.memory.mu.Unlock()
	if err := pop(&w.memory.writes); err != nil {
		return err
	}
	for _, e := range events {
		w.memory.rows[w.feed] = append(w.memory.rows[w.feed], e.Key)
	}
	w.memory.checkpoints[w.feed] = checkpoint
	return nil
}

// row is a record of a service.
type row struct{}

func (row) Event() activity.Event { return activity.Event{Kind: activity.KindLogin} }

// service answers each request with one row, whose key is the request's number. It first returns
// the errors in answers.
type service struct {
	mu      sync.Mutex
	id      store.FeedID
	answers []error
	asked   int
	at      []time.Time // when it was asked
}

func (s *service) Feed() activity.FeedInfo {
	return activity.FeedInfo{Vendor: s.id.Vendor, Tenant: s.id.Tenant, Name: s.id.Feed}
}

func (s *service) Between(_ context.Context, from, to time.Time) iter.Seq2[activity.Page[activity.Record[row]], error] {
	return func(yield func(activity.Page[activity.Record[row]], error) bool) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.asked++
		s.at = append(s.at, time.Now())
		if err := pop(&s.answers); err != nil {
			yield(activity.Page[activity.Record[row]]{}, err)
			return
		}
		yield(activity.Page[activity.Record[row]]{Items: []activity.Record[row]{{Key: fmt.Sprint(s.asked), Time: to}}}, nil)
	}
}

// feed returns the service's feed. Opening it first returns the errors in openings.
func (s *service) feed(openings ...error) feeds.Feed {
	return feeds.Feed{ID: s.id, Open: func() (feeds.Source, error) {
		if err := pop(&openings); err != nil {
			return feeds.Source{}, err
		}
		return feeds.Source{Events: activity.Events(activity.NewFeed[row](s))}, nil
	}}
}

var (
	one = store.FeedID{Vendor: "snaplogic", Tenant: "a", Feed: "activities"}
	two = store.FeedID{Vendor: "opswat", Tenant: "a", Feed: "activities"}

	unavailable  = &activity.Error{Kind: activity.ErrServer, StatusCode: 503}
	forbidden    = &activity.Error{Kind: activity.ErrForbidden, StatusCode: 403}
	unauthorized = &activity.Error{Kind: activity.ErrUnauthorized, StatusCode: 401}
	malformed    = &activity.Error{Kind: activity.ErrMalformed, StatusCode: 200}
	notFound     = &activity.Error{Kind: activity.ErrNotFound, StatusCode: 404}
	errAway      = errors.New("NATS is unavailable")
	errGone      = fmt.Errorf("activity.db was deleted: %w", store.ErrGone)
	errRefused   = fmt.Errorf("the stream was deleted: %w", store.ErrRefused)
)

// run is one run of a collector.
type run struct {
	board *status.Board
	log   bytes.Buffer
	err   error
}

func (r *run) collect(t *testing.T, sink store.Sink, every, long time.Duration, of ...feeds.Feed) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), long)
	defer cancel()
	log := slog.New(slog.NewTextHandler(&r.log, nil))
	since := time.Now().Add(-time.Hour)
	var ids []store.FeedID
	for _, f := range of {
		ids = append(ids, f.ID)
	}
	r.board = status.NewBoard(ids, since, collect.LongestWait(every), log)
	c := collect.Collector{Sink: sink, Feeds: of, Board: r.board, Logger: log,
		Options: activity.FollowOptions{Since: since, Every: every, Lookback: -1, Settle: -1}}
	r.err = c.Run(ctx)
}

func TestCatchUp(t *testing.T) {
	for name, tt := range map[string]struct {
		answers, openings, writes []error
		want                      []string
		state                     status.State
		fails                     error
	}{
		"caught up":               {nil, nil, nil, []string{"1"}, status.Following, nil},
		"a failure ends it":       {[]error{unavailable}, nil, nil, nil, status.Retrying, activity.ErrServer},
		"a refusal too":           {[]error{forbidden}, nil, nil, nil, status.Refused, activity.ErrForbidden},
		"a failing sink":          {nil, nil, []error{errAway}, nil, status.Retrying, errAway},
		"a sink that refuses":     {nil, []error{errRefused}, nil, nil, status.Refused, store.ErrRefused},
		"another shape":           {[]error{malformed}, nil, nil, nil, status.Retrying, activity.ErrMalformed},
		"a lost lease is awaited": {nil, nil, []error{store.ErrLeaseLost}, []string{"2"}, status.Following, nil},
		"a sink that is gone":     {nil, nil, []error{errGone}, nil, status.Starting, store.ErrGone},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sink := newMemory()
				sink.openings, sink.writes = tt.openings, tt.writes
				var r run
				r.collect(t, sink, 0, time.Hour, (&service{id: one, answers: tt.answers}).feed())
				require.ErrorIs(t, r.err, tt.fails)
				assert.Equal(t, tt.want, sink.rows[one])
				assert.Equal(t, tt.state, r.board.Feeds()[0].State)
				ended := tt.fails != nil && !errors.Is(tt.fails, store.ErrGone)
				assert.Equal(t, ended, strings.Contains(r.log.String(), "level=ERROR"), "what ends the feed is an error: %s", &r.log)
			})
		})
	}
}

// A feed recovers from any failure, at most 15 minutes after it has passed.
func TestFeedRecovers(t *testing.T) {
	missing := errors.New("password: environment variable P is not set")
	lasting := func(err error, n int) (all []error) {
		for range n {
			all = append(all, err)
		}
		return all
	}
	for name, tt := range map[string]struct {
		answers, opens, openings, writes []error
		state                            status.State // meanwhile
	}{
		"503":                 {answers: lasting(unavailable, 30), state: status.Retrying},
		"401":                 {answers: lasting(unauthorized, 30), state: status.Refused},
		"403":                 {answers: lasting(forbidden, 30), state: status.Refused},
		"404":                 {answers: lasting(notFound, 30), state: status.Refused},
		"a missing secret":    {opens: lasting(missing, 30), state: status.Refused},
		"NATS away":           {openings: lasting(errAway, 30), state: status.Retrying},
		"a full disk":         {writes: lasting(errAway, 30), state: status.Retrying},
		"a deleted stream":    {writes: lasting(errRefused, 30), state: status.Refused},
		"one after the other": {answers: []error{unauthorized, unavailable, forbidden}, openings: []error{errAway, errRefused}, state: status.Refused},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sink := newMemory()
				sink.openings, sink.writes = tt.openings, tt.writes
				var r run
				const failures, rounds = 30 * 15 * time.Minute, time.Hour
				r.collect(t, sink, time.Minute, failures+rounds, (&service{id: one, answers: tt.answers}).feed(tt.opens...))
				require.NoError(t, r.err)
				assert.Greater(t, len(sink.rows[one]), int(rounds/time.Minute), "rows of the rounds after the failures")
				assert.Equal(t, status.Following, r.board.Feeds()[0].State)
				assert.Contains(t, r.log.String(), fmt.Sprintf("state=%s was=", tt.state))
				assert.Less(t, r.board.Feeds()[0].Lag, 2*time.Minute)
			})
		})
	}
}

func TestWaitsGrowToFifteenMinutes(t *testing.T) {
	var waits []time.Duration
	for failures := range 6 {
		waits = append(waits, collect.Wait(time.Minute, failures))
	}
	assert.Equal(t, []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 15 * time.Minute, 15 * time.Minute}, waits)
	assert.Equal(t, time.Hour, collect.Wait(time.Hour, 5), "never shorter than Every")
}

func TestWaitsStartOverAfterStoredRound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{id: one, answers: []error{forbidden, forbidden, forbidden, nil, forbidden, forbidden}}
		began := time.Now()
		new(run).collect(t, newMemory(), time.Minute, 11*time.Minute+30*time.Second, s.feed())
		var minutes []float64
		for _, at := range s.at {
			minutes = append(minutes, at.Sub(began).Minutes())
		}
		assert.Equal(t, []float64{0, 1, 3, 7, 8, 9, 11}, minutes)
	})
}

// A feed that is retrying uses a changed secret at its next try. No request is sent with the old
// secret after the change, and none earlier than without the change.
func TestChangedSecretWhileRetrying(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		old := &service{id: one, answers: slices.Repeat([]error{malformed}, 100)}
		changed := &service{id: one}
		isChanged := func() bool { return time.Since(began) > 20*time.Minute }
		feed := feeds.Feed{ID: one, Open: func() (feeds.Source, error) {
			if isChanged() {
				source, err := changed.feed().Open()
				source.Changed = func() bool { return false }
				return source, err
			}
			source, err := old.feed().Open()
			source.Changed = isChanged
			return source, err
		}}
		var r run
		r.collect(t, newMemory(), time.Minute, 40*time.Minute+30*time.Second, feed)
		require.NoError(t, r.err)
		var minutes []float64
		for _, at := range old.at {
			minutes = append(minutes, at.Sub(began).Minutes())
		}
		assert.Equal(t, []float64{0, 1, 3, 7, 15}, minutes)
		assert.Len(t, changed.at, 11)
		assert.Equal(t, 30*time.Minute, changed.at[0].Sub(began))
		assert.Equal(t, status.Following, r.board.Feeds()[0].State)
		assert.Equal(t, int64(5), r.board.Feeds()[0].Failures, "the change is not a failure")
	})
}

// A changed secret that is refused after a stored round is tried again after Every: the failures
// before the round do not count.
func TestChangedSecretAfterStoredRoundIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		s := &service{id: one, answers: slices.Concat(slices.Repeat([]error{forbidden}, 5), []error{nil, malformed, forbidden})}
		isChanged := func() bool { return time.Since(began) > 31*time.Minute }
		feed := feeds.Feed{ID: one, Open: func() (feeds.Source, error) {
			source, err := s.feed().Open()
			old := !isChanged()
			source.Changed = func() bool { return old && isChanged() }
			return source, err
		}}
		new(run).collect(t, newMemory(), time.Minute, 33*time.Minute+30*time.Second, feed)
		var minutes []float64
		for _, at := range s.at {
			minutes = append(minutes, at.Sub(began).Minutes())
		}
		assert.Equal(t, []float64{0, 1, 3, 7, 15, 30, 31, 32, 33}, minutes)
	})
}

func TestFeedsAreIndependent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink := newMemory()
		var r run
		r.collect(t, sink, 0, time.Hour, (&service{id: one, answers: []error{forbidden}}).feed(), (&service{id: two}).feed())
		require.ErrorIs(t, r.err, activity.ErrForbidden)
		require.ErrorContains(t, r.err, "snaplogic/a/activities: ")
		assert.Equal(t, []string{"1"}, sink.rows[two])
	})
}

// The first feed that writes to a deleted file ends all feeds.
func TestGoneSinkEndsAllFeeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink := newMemory()
		sink.writes = []error{nil, nil, errGone}
		began := time.Now()
		var r run
		r.collect(t, sink, time.Minute, time.Hour, (&service{id: one}).feed(), (&service{id: two}).feed())
		require.ErrorIs(t, r.err, store.ErrGone)
		assert.Equal(t, time.Minute, time.Since(began), "within a round")
	})
}

// A feed whose checkpoint is ahead of the clock is refused until the clock has passed it.
func TestCheckpointAheadOfTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink := newMemory()
		for batch, err := range activity.Events(activity.NewFeed[row](&service{id: one})).CatchUp(t.Context(), activity.Checkpoint{},
			activity.FollowOptions{Since: time.Now().Add(-time.Hour), Settle: -1}) {
			require.NoError(t, err)
			text, err := batch.Checkpoint.MarshalText()
			require.NoError(t, err)
			ahead := bytes.ReplaceAll(text, []byte("2000-01-01T00:00:00Z"), []byte("2000-01-01T02:00:00Z"))
			var c activity.Checkpoint
			require.NoError(t, c.UnmarshalText(ahead))
			require.Equal(t, 2*time.Hour, time.Until(c.Watermark()))
			sink.checkpoints[one] = c
		}
		var r run
		r.collect(t, sink, 0, time.Hour, (&service{id: one}).feed())
		require.ErrorContains(t, r.err, "the clock is behind that")
		r.collect(t, sink, time.Minute, 90*time.Minute, (&service{id: one}).feed())
		assert.Equal(t, status.Refused, r.board.Feeds()[0].State)
		assert.Equal(t, 90*time.Minute, r.board.Feeds()[0].Lag)
		assert.True(t, r.board.Feeds()[0].Unhealthy)
		r.collect(t, sink, time.Minute, time.Hour, (&service{id: one}).feed())
		assert.Equal(t, status.Following, r.board.Feeds()[0].State)
	})
}

// While another collector holds a feed, the lag is that of its checkpoint.
func TestStandby(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink := newMemory()
		sink.taken = 10 * time.Minute
		for batch, err := range activity.Events(activity.NewFeed[row](&service{id: one})).CatchUp(t.Context(), activity.Checkpoint{},
			activity.FollowOptions{Since: time.Now().Add(-time.Hour), Settle: -1}) {
			require.NoError(t, err)
			sink.checkpoints[one] = batch.Checkpoint
		}
		var r run
		r.collect(t, sink, time.Minute, 5*time.Minute, (&service{id: one}).feed())
		require.NoError(t, r.err)
		assert.Equal(t, status.Standby, r.board.Feeds()[0].State)
		assert.Equal(t, 5*time.Minute, r.board.Feeds()[0].Lag, "the lag of the other collector's checkpoint, not that of a new feed")

		sink.taken = 2 * time.Second
		r.collect(t, sink, time.Minute, 5*time.Minute, (&service{id: one}).feed())
		assert.Equal(t, status.Following, r.board.Feeds()[0].State)
	})
}
