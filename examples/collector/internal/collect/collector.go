// Package collect reads feeds and stores what they bring, each on its own: what stops one does not
// stop the others.
package collect

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/feeds"
	"github.com/activity-sdk/activity/examples/collector/internal/status"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// Collector collects feeds into a sink.
type Collector struct {
	Sink    store.Sink
	Feeds   []feeds.Feed
	Options activity.FollowOptions // Every 0: catch up, then end
	Board   *status.Board
	Logger  *slog.Logger
}

// Run collects until ctx ends. A feed that fails is tried again, whatever the failure, after waits
// that grow to 15 minutes. With Options.Every 0 each feed catches up once, and a feed that fails
// ends. The errors are those of the feeds that failed. A sink that is gone (store.ErrGone) ends all
// feeds.
func (c *Collector) Run(ctx context.Context) error {
	running, end := context.WithCancelCause(ctx)
	defer end(nil)
	failures := make([]error, len(c.Feeds))
	var all sync.WaitGroup
	for i, feed := range c.Feeds {
		all.Go(func() {
			err := c.collect(running, feed)
			if errors.Is(err, store.ErrGone) {
				end(err)
			} else if err != nil {
				failures[i] = fmt.Errorf("%s: %w", feed.ID, err)
			}
		})
	}
	all.Wait()
	if cause := context.Cause(running); errors.Is(cause, store.ErrGone) {
		return cause
	}
	return errors.Join(failures...)
}

// errSink is what a write or an opening that failed wraps: the feed is fine.
var errSink = errors.New("the sink failed")

func (c *Collector) collect(ctx context.Context, feed feeds.Feed) error {
	for failures := 0; ; {
		stored, err := c.readAndStore(ctx, feed)
		switch {
		case err == nil, errors.Is(err, store.ErrGone):
			return err
		case ctx.Err() != nil:
			return nil //nolint:nilerr // an interrupt is no failure of the feed
		case errors.Is(err, store.ErrLeaseLost):
			continue
		}
		c.Board.Failed(feed.ID, stateAfter(err), err)
		if c.Options.Every == 0 {
			return err
		}
		if stored {
			failures = 0
		}
		if Pause(ctx, Wait(c.Options.Every, failures)) != nil {
			return nil //nolint:nilerr // likewise
		}
		failures++
	}
}

// stateAfter is Refused for what somebody has to do something about, and Retrying for what may
// pass. Of a service's failures these are the ones that end Follow.
func stateAfter(err error) status.State {
	failure, ofService := errors.AsType[*activity.Error](err)
	passes := ofService && (failure.Temporary() || slices.ContainsFunc(temporaryKinds, func(kind error) bool { return errors.Is(err, kind) }))
	if passes || errors.Is(err, errSink) && !errors.Is(err, store.ErrRefused) {
		return status.Retrying
	}
	return status.Refused
}

// temporaryKinds are the kinds of failures of one answer that Follow tries again, though a call does not.
var temporaryKinds = []error{activity.ErrMalformed, activity.ErrListChanged, activity.ErrCursorLoop, activity.ErrResponseTooLarge}

// maxWait is the longest wait between two tries, if Every is not longer.
const maxWait = 15 * time.Minute

// LongestWait returns the longest time between two tries of a feed that fails, a try included.
func LongestWait(every time.Duration) time.Duration { return max(every, maxWait) + 5*time.Minute }

// Wait is how long to wait before the next try after a number of failures before this one: every at
// first, then twice as long each time, up to 15 minutes.
func Wait(every time.Duration, failures int) time.Duration {
	wait := every
	for ; failures > 0 && wait < maxWait; failures-- {
		wait = min(2*wait, maxWait)
	}
	return wait
}

// Pause waits, or returns the error of a context that ends before.
func Pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// readAndStore opens the feed in the sink and writes what comes until it ends. It reports whether anything
// was written.
func (c *Collector) readAndStore(ctx context.Context, feed feeds.Feed) (stored bool, err error) {
	source, err := feed.Open()
	if err != nil {
		return false, err
	}
	writer, err := c.Sink.Open(ctx, feed.ID, c.standby(ctx, feed.ID))
	if err != nil {
		return false, fmt.Errorf("%w: %w", errSink, err)
	}
	defer func() {
		if closing := writer.Close(); closing != nil && err == nil {
			err = fmt.Errorf("%w: %w", errSink, closing)
		}
	}()
	watermark := writer.Checkpoint().Watermark()
	c.Board.StoredUpTo(feed.ID, watermark)
	if err := status.Ahead(watermark); err != nil {
		return false, err
	}
	read := source.Events.Follow
	if c.Options.Every == 0 {
		read = source.Events.CatchUp
	}
	o := c.Options
	o.OnRetry = func(err error, _ time.Duration) { c.Board.Failed(feed.ID, status.Retrying, err) }
	for batch, err := range read(ctx, writer.Checkpoint(), o) {
		if err != nil {
			return stored, err
		}
		if err := c.store(ctx, feed.ID, writer, batch); err != nil {
			return stored, err
		}
		stored = true
	}
	return stored, nil
}

// standby returns what a sink calls while another collector has the feed. The board is told how far
// that one is: an alert must not depend on which of the two is asked.
func (c *Collector) standby(ctx context.Context, feed store.FeedID) func() {
	var asked time.Time
	return func() {
		c.Board.OnStandby(feed)
		if time.Since(asked) < c.Options.Every {
			return
		}
		asked = time.Now()
		if checkpoint, err := c.Sink.Checkpoint(ctx, feed); err == nil {
			c.Board.StoredUpTo(feed, checkpoint.Watermark())
		}
	}
}

func (c *Collector) store(ctx context.Context, feed store.FeedID, writer store.Writer, batch activity.Batch[activity.Event]) error {
	log := feed.Logger(c.Logger)
	log.Debug("storing", "records", len(batch.Records))
	if err := writer.Store(ctx, Events(batch), batch.Checkpoint); err != nil {
		return fmt.Errorf("%w: %w", errSink, err)
	}
	log.Debug("stored", "records", len(batch.Records), "lag", batch.Lag)
	c.Board.Stored(feed, len(batch.Records), batch.Checkpoint.Watermark(), batch.Lag)
	return nil
}

// Events returns those of a batch.
func Events(batch activity.Batch[activity.Event]) []activity.Event {
	events := make([]activity.Event, len(batch.Records))
	for i, r := range batch.Records {
		events[i] = r.Item
	}
	return events
}
