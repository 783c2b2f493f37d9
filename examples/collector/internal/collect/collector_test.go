package collect_test

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/collect"
	"github.com/activity-sdk/activity/examples/collector/internal/feeds"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// memory is a sink that fails on order.
type memory struct {
	mu       sync.Mutex
	opened   int
	rows     map[store.FeedID][]string
	openings []error // of the next Open calls
	writes   []error // of the next Store calls
}

func pop(errs *[]error) (err error) {
	if len(*errs) > 0 {
		err, *errs = (*errs)[0], (*errs)[1:]
	}
	return err
}

func (m *memory) Open(_ context.Context, feed store.FeedID) (store.Writer, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.opened++
	return &writer{m, feed}, pop(&m.openings)
}

func (m *memory) Checkpoint(context.Context, store.FeedID) (activity.Checkpoint, error) {
	return activity.Checkpoint{}, nil
}

func (m *memory) Close() error { return nil }

type writer struct {
	memory *memory
	feed   store.FeedID
}

func (w *writer) Checkpoint() activity.Checkpoint { return activity.Checkpoint{} }
func (w *writer) Close() error                    { return nil }

func (w *writer) Store(_ context.Context, events []activity.Event, _ activity.Checkpoint) error {
	w.memory.mu.Lock()
	defer w.memory.mu.Unlock()
	if err := pop(&w.memory.writes); err != nil {
		return err
	}
	for _, e := range events {
		w.memory.rows[w.feed] = append(w.memory.rows[w.feed], e.Key)
	}
	return nil
}

type watcher struct{ stored, failed, writes int }

type counts struct {
	mu sync.Mutex
	watcher
}

func (c *counts) count(n *int, by int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	*n += by
}

func (c *counts) Stored(_ context.Context, _ store.FeedID, records int, _ time.Duration) {
	c.count(&c.stored, records)
}
func (c *counts) Failed(context.Context, store.FeedID) { c.count(&c.failed, 1) }
func (c *counts) Storing(context.Context, store.FeedID, int) func(error) {
	return func(error) { c.count(&c.writes, 1) }
}

// step is a batch of one record, or an error.
type step struct {
	key string
	err error
}

// script is a feed that goes on where it was, whoever follows it. Like a real one it ends with an
// error that is not temporary.
func script(id store.FeedID, steps ...step) feeds.Feed {
	return feeds.Feed{ID: id, Read: func(ctx context.Context, _ activity.Checkpoint, o activity.FollowOptions) iter.Seq2[feeds.Batch, error] {
		return func(yield func(feeds.Batch, error) bool) {
			for len(steps) > 0 {
				s := steps[0]
				steps = steps[1:]
				failure, _ := errors.AsType[*activity.Error](s.err)
				switch {
				case s.err == nil:
					if !yield(feeds.Batch{Records: []activity.Record[activity.Event]{{Item: activity.Event{Key: s.key}}}}, nil) {
						return
					}
				case o.Every > 0 && failure != nil && failure.Temporary():
					o.OnRetry(s.err, o.Every)
				default:
					yield(feeds.Batch{}, s.err)
					return
				}
			}
			if o.Every > 0 {
				<-ctx.Done()
				yield(feeds.Batch{}, ctx.Err())
			}
		}
	}}
}

var (
	one = store.FeedID{Vendor: "snaplogic", Tenant: "a", Feed: "activities"}
	two = store.FeedID{Vendor: "opswat", Tenant: "a", Feed: "activities"}

	temporary = &activity.Error{Kind: activity.ErrServer, StatusCode: 503}
	final     = &activity.Error{Kind: activity.ErrForbidden, StatusCode: 403}
)

func TestRun(t *testing.T) {
	for name, tt := range map[string]struct {
		every            time.Duration
		steps            []step
		openings, writes []error
		want             []string
		opened, failed   int
		fails            error
	}{
		"caught up":                 {0, []step{{key: "1"}, {key: "2"}}, nil, nil, []string{"1", "2"}, 1, 0, nil},
		"any failure ends it":       {0, []step{{key: "1"}, {err: temporary}, {key: "2"}}, nil, nil, []string{"1"}, 1, 0, activity.ErrServer},
		"a failing sink ends it":    {0, []step{{key: "1"}, {key: "2"}}, nil, []error{nil, errors.New("disk full")}, []string{"1"}, 1, 0, errors.New("disk full")},
		"a lost lease is awaited":   {0, []step{{key: "1"}, {key: "2"}}, nil, []error{store.ErrLeaseLost}, []string{"2"}, 2, 0, nil},
		"followed":                  {time.Minute, []step{{key: "1"}, {err: temporary}, {key: "2"}}, nil, nil, []string{"1", "2"}, 1, 1, nil},
		"followed to a final error": {time.Minute, []step{{key: "1"}, {err: final}, {key: "2"}}, nil, nil, []string{"1"}, 1, 0, activity.ErrForbidden},
		"the sink comes back":       {time.Minute, []step{{key: "1"}, {key: "2"}}, []error{errors.New("away"), errors.New("away")}, []error{errors.New("away")}, []string{"2"}, 4, 3, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sink := &memory{rows: map[store.FeedID][]string{}, openings: tt.openings, writes: tt.writes}
				seen := new(counts)
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				var log bytes.Buffer
				c := collect.Collector{Sink: sink, Feeds: []feeds.Feed{script(one, tt.steps...)}, Options: activity.FollowOptions{Every: tt.every},
					Logger: slog.New(slog.NewTextHandler(&log, nil)), Watch: seen}
				err := c.Run(ctx)
				if tt.fails == nil {
					require.NoError(t, err)
				} else {
					require.ErrorContains(t, err, tt.fails.Error())
					require.ErrorContains(t, err, "snaplogic/a/activities: ")
					assert.Contains(t, log.String(), "the feed has ended")
				}
				assert.Equal(t, tt.want, sink.rows[one])
				assert.Equal(t, tt.opened, sink.opened)
				assert.Equal(t, tt.failed, seen.failed)
				assert.Equal(t, len(tt.want), seen.stored)
			})
		})
	}
}

func TestOneFeedsEndLeavesTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink := &memory{rows: map[store.FeedID][]string{}}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		c := collect.Collector{Sink: sink, Feeds: []feeds.Feed{script(one, step{err: final}), script(two, step{key: "1"}, step{err: temporary}, step{key: "2"})},
			Options: activity.FollowOptions{Every: time.Minute}, Logger: slog.New(slog.DiscardHandler), Watch: new(counts)}
		err := c.Run(ctx)
		require.ErrorIs(t, err, activity.ErrForbidden)
		require.NotErrorIs(t, err, activity.ErrServer)
		assert.Equal(t, []string{"1", "2"}, sink.rows[two])
	})
}
