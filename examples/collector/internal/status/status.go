// Package status knows how each feed is doing: for the log, the metrics and /healthz.
package status

import (
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// State is how a feed is doing.
type State string

// The states of a feed.
const (
	Starting  State = "starting"  // nothing was read yet
	Following State = "following" // what was read last is stored
	Standby   State = "standby"   // another collector has the feed
	Retrying  State = "retrying"  // the service or the sink failed, and is tried again
	Refused   State = "refused"   // somebody has to change something; it is tried again all the same
)

// States are all of them.
var States = []State{Starting, Following, Standby, Retrying, Refused}

// Feed is how one feed is doing.
type Feed struct {
	ID        store.FeedID
	State     State
	Since     time.Time // when the state began
	Problem   string    // of Retrying and Refused
	Watermark time.Time // up to which the feed is stored; where a new feed begins, before it is
	// Lag is how far the feed is behind: the time from Watermark to now. It grows as time passes,
	// whatever the clock is set to.
	Lag      time.Duration
	Records  int64 // stored in this run, those that were there already included
	Failures int64 // in this run
	// Unhealthy is set if somebody should look: the feed is Refused, or it has been failing for
	// long.
	Unhealthy bool
}

// Board has the state of every feed. It is safe for concurrent use.
type Board struct {
	log            *slog.Logger
	unhealthyAfter time.Duration // for how long a feed may be Retrying before it is Unhealthy

	mu    sync.Mutex
	order []store.FeedID
	feeds map[store.FeedID]*entry
}

// entry is a feed whose lag was true at a moment. It is counted on from there by the monotonic
// clock, so that no change of the wall clock makes it smaller.
type entry struct {
	Feed
	at     time.Time
	failed time.Time // when it began to fail; zero: it does not
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

// Feeds returns how all feeds are doing now.
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

// StoredUpTo notes up to where a feed is stored, by its checkpoint.
func (b *Board) StoredUpTo(feed store.FeedID, watermark time.Time) {
	if watermark.IsZero() {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.feeds[feed].advance(watermark, time.Since(watermark))
}

// skew is how far a watermark may be ahead of the clock. Clocks of services differ a little.
const skew = time.Minute

// Ahead returns an error if a watermark is ahead of the clock. Nothing is read until the clock has
// passed it, so that somebody has to look: one of the two is wrong.
func Ahead(watermark time.Time) error {
	if time.Until(watermark) <= skew {
		return nil
	}
	return fmt.Errorf("the feed is stored up to %s, and the clock is behind that: nothing is read until it has passed. "+
		"Set the clock; or, if the checkpoint is wrong, begin the feed anew with the command replay", watermark.UTC().Format(time.RFC3339))
}

func (e *entry) advance(watermark time.Time, lag time.Duration) {
	if watermark.Equal(e.Watermark) {
		return // nothing was read, so the lag grows on
	}
	e.Watermark, e.Lag, e.at = watermark, max(lag, 0), time.Now()
}

// Stored notes a write. lag is that of the watermark.
func (b *Board) Stored(feed store.FeedID, records int, watermark time.Time, lag time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.feeds[feed]
	e.Records += int64(records)
	e.advance(watermark, lag)
	if err := Ahead(watermark); err != nil {
		b.change(e, Refused, err.Error())
	} else {
		b.change(e, Following, "")
	}
}

// OnStandby notes that another collector has the feed.
func (b *Board) OnStandby(feed store.FeedID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.change(b.feeds[feed], Standby, "")
}

// Failed notes a failure after which the feed is tried again: as Retrying, or as Refused.
func (b *Board) Failed(feed store.FeedID, state State, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.feeds[feed]
	e.Failures++
	b.change(e, state, err.Error())
}

// FailedAll notes a failure that keeps all feeds from being collected. It logs one line.
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

// set reports whether anything is new.
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

// change logs what is new.
func (b *Board) change(e *entry, state State, problem string) {
	was := e.State
	if !e.set(state, problem) {
		return
	}
	log := e.ID.Logger(b.log).With("state", state, "was", was)
	if problem == "" {
		log.Info("the feed is " + string(state))
	} else {
		log.Warn("the feed is "+string(state), "error", problem)
	}
}

// Summary is one line about all feeds.
type Summary struct {
	States  map[State]int
	Records int64 // stored in this run
	Behind  Feed  // the one with the largest lag
}

// Summary returns that of now.
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

// Attributes are the summary for a log.
func (s Summary) Attributes() []any {
	attributes := []any{"records", s.Records, "largest_lag", s.Behind.Lag.Round(time.Second).String(), "of", s.Behind.ID.String()}
	for _, state := range States {
		if n := s.States[state]; n > 0 {
			attributes = append(attributes, string(state), n)
		}
	}
	return attributes
}
