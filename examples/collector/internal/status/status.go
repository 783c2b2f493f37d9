// Package status tracks the state of each feed, for the log, the metrics and /healthz.
package status

import (
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// State is the state of a feed.
type State string

// The states of a feed.
const (
	Starting  State = "starting"  // nothing has been read yet
	Following State = "following" // everything that was read is stored
	Standby   State = "standby"   // another collector holds the feed, or the sink
	Retrying  State = "retrying"  // the service or the sink failed, which may pass
	Refused   State = "refused"   // somebody has to change something; retried all the same
)

// States are all of them.
var States = []State{Starting, Following, Standby, Retrying, Refused}

// Feed is the status of one feed.
type Feed struct {
	ID        store.FeedID
	State     State
	Since     time.Time // when the state began
	Problem   string    // of Retrying and Refused
	Watermark time.Time // the feed is stored up to it; the start of a new feed
	// Lag is the time from Watermark to now. A change of the clock does not reduce it.
	Lag      time.Duration
	Records  int64 // stored in this run, including repeated ones
	Failures int64 // in this run
	Tried    bool  // a batch was stored in this run, or reading or storing the feed has failed
	// Unhealthy is true if the feed is Refused or has been failing for too long.
	Unhealthy bool
}

// Board holds the status of every feed. It is safe for concurrent use.
type Board struct {
	log            *slog.Logger
	unhealthyAfter time.Duration // how long a feed may fail before it is Unhealthy

	mu    sync.Mutex
	order []store.FeedID
	feeds map[store.FeedID]*entry
}

// entry is a feed whose Lag was measured at a given time. The monotonic clock adds to it, so that a
// change of the wall clock does not reduce it.
type entry struct {
	Feed
	at     time.Time
	failed time.Time // when it began to fail; zero if it does not
}

// NewBoard returns a board of feeds. A new feed begins at since. A feed that has been Retrying for
// longer than patient is Unhealthy. Changes of state are logged to log.
func NewBoard(feeds []store.FeedID, since time.Time, patient time.Duration, log *slog.Logger) *Board {
	b := &Board{log: log, unhealthyAfter: patient, order: feeds, feeds: map[store.FeedID]*entry{}}
	now := time.Now()
	for _, id := range feeds {
		b.feeds[id] = &entry{Feed: Feed{ID: id, State: Starting, Since: now, Watermark: since, Lag: max(now.Sub(since), 0)}, at: now}
	}
	return b
}

// Feeds returns the current status of all feeds.
func (b *Board) Feeds() []Feed {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := make([]Feed, len(b.order))
	for i, id := range b.order {
		e := b.feeds[id]
		out[i] = e.Feed
		out[i].Lag += time.Since(e.at)
		out[i].Unhealthy = e.State == Refused || !e.failed.IsZero() && time.Since(e.failed) > b.unhealthyAfter
	}
	return out
}

// StoredUpTo records the watermark of a feed's checkpoint.
func (b *Board) StoredUpTo(feed store.FeedID, watermark time.Time) {
	if watermark.IsZero() {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.feeds[feed].advance(watermark, time.Since(watermark))
}

// skew is how far a watermark may be ahead of the clock, since the services' clocks differ a
// little.
const skew = time.Minute

// Ahead returns an error if a watermark is ahead of the clock. One of the two is wrong, and nothing
// is read until the clock has passed the watermark.
func Ahead(watermark time.Time) error {
	if time.Until(watermark) <= skew {
		return nil
	}
	return fmt.Errorf("the feed is stored up to %s, and the clock is behind that: nothing is read until the clock has passed it. "+
		"Set the clock, or start the feed over with the command replay if the checkpoint is wrong", watermark.UTC().Format(time.RFC3339))
}

func (e *entry) advance(watermark time.Time, lag time.Duration) {
	if watermark.Equal(e.Watermark) {
		return // nothing new was read, so the lag keeps growing
	}
	e.Watermark, e.Lag, e.at = watermark, max(lag, 0), time.Now()
}

// Stored records a successful write. lag is the age of the watermark.
func (b *Board) Stored(feed store.FeedID, records int, watermark time.Time, lag time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.feeds[feed]
	e.Records += int64(records)
	e.Tried = true
	e.advance(watermark, lag)
	if err := Ahead(watermark); err != nil {
		b.change(e, Refused, err.Error())
	} else {
		b.change(e, Following, "")
	}
}

// OnStandby records that another collector holds the feed.
func (b *Board) OnStandby(feed store.FeedID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.change(b.feeds[feed], Standby, "")
}

// OnStandbyAll records that another collector holds the sink. It logs one line for all feeds.
func (b *Board) OnStandbyAll(reason error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	isNew := false
	for _, e := range b.feeds {
		isNew = e.set(Standby, "") || isNew
	}
	if isNew {
		b.log.Info("all feeds are on standby", "state", Standby, "reason", reason)
	}
}

// Failed records a failure after which the feed is tried again. state is Retrying or Refused.
func (b *Board) Failed(feed store.FeedID, state State, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.feeds[feed]
	e.Failures++
	e.Tried = true
	b.change(e, state, err.Error())
}

// Ended records a failure after which the feed is not tried again. It is logged as an error,
// whatever the state.
func (b *Board) Ended(feed store.FeedID, state State, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.feeds[feed]
	e.Failures++
	e.Tried = true
	was := e.State
	e.set(state, err.Error())
	feed.Logger(b.log).Error("the feed failed, and is not tried again", "state", state, "was", was, "error", e.Problem)
}

// FailedAll records a failure of all feeds, as Retrying. It logs one line for all of them.
func (b *Board) FailedAll(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	isNew := false
	for _, e := range b.feeds {
		e.Failures++
		isNew = e.set(Retrying, err.Error()) || isNew
	}
	if isNew {
		b.log.Warn("all feeds are retrying", "state", Retrying, "error", err)
	}
}

// set changes the state, and reports whether the state or the problem is new.
func (e *entry) set(state State, problem string) bool {
	isNew := e.State != state || e.Problem != problem
	if e.State != state {
		e.State, e.Since = state, time.Now()
	}
	switch {
	case problem == "":
		e.failed = time.Time{}
	case e.failed.IsZero():
		e.failed = time.Now()
	}
	e.Problem = problem
	return isNew
}

// change changes the state, and logs it if it is new.
func (b *Board) change(e *entry, state State, problem string) {
	about := []any{"state", state, "was", e.State}
	if !e.set(state, problem) {
		return
	}
	if problem != "" {
		about = append(about, "error", problem)
	}
	log, message := e.ID.Logger(b.log), "the feed is "+string(state)
	switch state {
	case Refused:
		log.Error(message, about...)
	case Retrying:
		log.Warn(message, about...)
	default:
		log.Info(message, about...)
	}
}

// Summary summarizes all feeds.
type Summary struct {
	States  map[State]int
	Records int64 // stored in this run
	Behind  Feed  // the one with the largest lag
}

// Summary returns the current summary.
func (b *Board) Summary() Summary {
	s := Summary{States: map[State]int{}}
	for _, feed := range b.Feeds() {
		s.States[feed.State]++
		s.Records += feed.Records
		if feed.Lag > s.Behind.Lag {
			s.Behind = feed
		}
	}
	return s
}

// Attributes returns the summary as attributes for a log.
func (s Summary) Attributes() []any {
	attributes := []any{"records", s.Records, "largest_lag", s.Behind.Lag.Round(time.Second).String(), "of", s.Behind.ID.String()}
	for _, state := range States {
		if n := s.States[state]; n > 0 {
			attributes = append(attributes, string(state), n)
		}
	}
	return attributes
}
