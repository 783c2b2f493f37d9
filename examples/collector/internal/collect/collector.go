// Package collect reads feeds and stores their records. The feeds are independent: a failure of one
// does not stop the others.
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

// Run collects until ctx ends. It retries a feed after any failure, after waits that grow to 15
// minutes. If Options.Every is 0, each feed catches up once without retries, and Run returns the
// errors of the feeds that failed. All feeds end with store.ErrGone.
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

// errSink marks errors of the sink, as opposed to those of the feed.
var errSink = errors.New("the sink failed")

// errSecretChanged ends a Follow that waits for its next try, which would use the old secret.
var errSecretChanged = errors.New("a secret has changed")

// checkAhead is how long before such a try the secrets are read again.
const checkAhead = time.Second

func (c *Collector) collect(ctx context.Context, feed feeds.Feed) error {
	for failures := 0; ; {
		stored, err := c.readAndStore(ctx, feed)
		if stored {
			failures = 0
		}
		switch {
		case err == nil, errors.Is(err, store.ErrGone):
			return err
		case ctx.Err() != nil:
			return nil //nolint:nilerr // an interrupt is not a failure of the feed
		case errors.Is(err, store.ErrLeaseLost):
			continue
		case errors.Is(err, errSecretChanged):
			if Pause(ctx, checkAhead) != nil {
				return nil //nolint:nilerr // likewise
			}
			continue
		}
		if c.Options.Every == 0 {
			c.Board.Ended(feed.ID, stateAfter(err), err)
			return err
		}
		c.Board.Failed(feed.ID, stateAfter(err), err)
		if Pause(ctx, Wait(c.Options.Every, failures)) != nil {
			return nil //nolint:nilerr // likewise
		}
		failures++
	}
}

// stateAfter returns Refused if somebody has to change something, and Retrying for a failure that
// may pass. The failures of a service that are Refused are those that end Follow.
func stateAfter(err error) status.State {
	failure, ofService := errors.AsType[*activity.Error](err)
	passes := ofService && (failure.Temporary() || slices.ContainsFunc(temporaryKinds, func(kind error) bool { return errors.Is(err, kind) }))
	if passes || errors.Is(err, errSink) && !errors.Is(err, store.ErrRefused) {
		return status.Retrying
	}
	return status.Refused
}

// temporaryKinds are the kinds of errors that Follow retries, although a single call does not.
var temporaryKinds = []error{activity.ErrMalformed, activity.ErrListChanged, activity.ErrCursorLoop, activity.ErrResponseTooLarge}

// maxWait is the longest wait between two tries, unless Every is longer.
const maxWait = 15 * time.Minute

// LongestWait returns the longest time between two tries of a failing feed, including the duration
// of a try.
func LongestWait(every time.Duration) time.Duration { return max(every, maxWait) + 5*time.Minute }

// Wait returns the wait before the next try. It is every after the first failure, and doubles with
// each of the earlier failures up to 15 minutes.
func Wait(every time.Duration, failures int) time.Duration {
	wait := every
	for ; failures > 0 && wait < maxWait; failures-- {
		wait = min(2*wait, maxWait)
	}
	return wait
}

// Pause waits for d. It returns the error of ctx if that ends first.
func Pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// readAndStore opens the feed in the sink, and reads and stores it until it ends. It reports
// whether a batch was stored.
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
	reading, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	o := c.Options
	o.OnRetry = func(err error, wait time.Duration) {
		c.Board.Failed(feed.ID, status.Retrying, err)
		time.AfterFunc(wait-checkAhead, func() {
			if source.Changed != nil && source.Changed() {
				stop(errSecretChanged)
			}
		})
	}
	for batch, err := range read(reading, writer.Checkpoint(), o) {
		if err != nil {
			if cause := context.Cause(reading); errors.Is(cause, errSecretChanged) {
				return stored, cause
			}
			return stored, err
		}
		if err := c.store(ctx, feed.ID, writer, batch); err != nil {
			return stored, err
		}
		stored = true
	}
	return stored, nil
}

// standby returns the function that a sink calls while another collector holds the feed. It updates
// the lag from that collector's checkpoint, so that both collectors report the same.
func (c *Collector) standby(ctx context.Context, feed store.FeedID) func(renewed bool) {
	var asked time.Time
	return func(bool) {
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

// Events returns the events of a batch.
func Events(batch activity.Batch[activity.Event]) []activity.Event {
	events := make([]activity.Event, len(batch.Records))
	for i, r := range batch.Records {
		events[i] = r.Item
	}
	return events
}
