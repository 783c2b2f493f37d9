// Package collect reads feeds and stores what they bring, each on its own: what stops one does not
// stop the others.
package collect

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/feeds"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// Collector collects feeds into a sink.
type Collector struct {
	Sink    store.Sink
	Feeds   []feeds.Feed
	Options activity.FollowOptions // Every 0: catch up, then end
	Logger  *slog.Logger
	Watch   Watcher
}

// Watcher is told what happens. Its methods are called from several goroutines.
type Watcher interface {
	Stored(ctx context.Context, feed store.FeedID, records int, lag time.Duration)
	Failed(ctx context.Context, feed store.FeedID)
	// Storing is called before each write, and what it returns after it.
	Storing(ctx context.Context, feed store.FeedID, records int) func(error)
}

// Run returns when every feed has ended: all caught up, failed for good, or ctx ended. The errors
// are those of the feeds that failed.
func (c *Collector) Run(ctx context.Context) error {
	failures := make([]error, len(c.Feeds))
	var running sync.WaitGroup
	for i, feed := range c.Feeds {
		running.Go(func() {
			log := c.Logger.With("feed", name(feed.ID))
			if err := c.collect(ctx, feed, log); err != nil && ctx.Err() == nil {
				log.Error("the feed has ended", "error", err)
				failures[i] = fmt.Errorf("%s: %w", name(feed.ID), err)
			}
		})
	}
	running.Wait()
	return errors.Join(failures...)
}

func name(f store.FeedID) string { return f.Vendor + "/" + f.Tenant + "/" + f.Feed }

// errSink is what a write or an opening that failed wraps: the feed is fine.
var errSink = errors.New("the sink failed")

// collect holds a feed for as long as it may. Where another collector took it over, it waits for
// its turn again; where it is to be followed, it outlives failures of the sink, and those of a feed
// that may pass.
func (c *Collector) collect(ctx context.Context, feed feeds.Feed, log *slog.Logger) error {
	for {
		err := c.hold(ctx, feed, log)
		failure, _ := errors.AsType[*activity.Error](err)
		switch {
		case err == nil, ctx.Err() != nil:
			return err
		case errors.Is(err, store.ErrLeaseLost):
			log.Warn("another collector took the feed over; waiting until it is free")
			continue
		case c.Options.Every == 0:
			return err
		case errors.Is(err, errSink), failure != nil && failure.Temporary():
			log.Warn("the feed is begun again later", "error", err, "wait", c.Options.Every)
			c.Watch.Failed(ctx, feed.ID)
		default:
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(c.Options.Every):
		}
	}
}

// hold opens the feed in the sink and writes what comes until it ends.
func (c *Collector) hold(ctx context.Context, feed feeds.Feed, log *slog.Logger) (err error) {
	writer, err := c.Sink.Open(ctx, feed.ID)
	if err != nil {
		return fmt.Errorf("%w: %w", errSink, err)
	}
	defer func() {
		if closing := writer.Close(); closing != nil && err == nil {
			err = fmt.Errorf("%w: %w", errSink, closing)
		}
	}()
	o := c.Options
	o.OnRetry = func(err error, wait time.Duration) {
		log.Warn("a round failed; it is tried again", "error", err, "wait", wait)
		c.Watch.Failed(ctx, feed.ID)
	}
	for batch, err := range feed.Read(ctx, writer.Checkpoint(), o) {
		if err != nil {
			return err
		}
		if err := c.store(ctx, feed.ID, writer, batch, log); err != nil {
			return err
		}
	}
	return nil
}

func (c *Collector) store(ctx context.Context, feed store.FeedID, writer store.Writer, batch feeds.Batch, log *slog.Logger) error {
	log.Debug("storing", "records", len(batch.Records))
	stored := c.Watch.Storing(ctx, feed, len(batch.Records))
	events := make([]activity.Event, len(batch.Records))
	for i, r := range batch.Records {
		events[i] = r.Item
	}
	err := writer.Store(ctx, events, batch.Checkpoint)
	stored(err)
	if err != nil {
		return fmt.Errorf("%w: %w", errSink, err)
	}
	log.Debug("stored", "records", len(batch.Records), "lag", batch.Lag)
	c.Watch.Stored(ctx, feed, len(batch.Records), batch.Lag)
	return nil
}
