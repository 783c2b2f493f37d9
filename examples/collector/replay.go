package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/collect"
	"github.com/activity-sdk/activity/examples/collector/internal/feeds"
	"github.com/activity-sdk/activity/examples/collector/internal/status"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// replay reads a feed again from -since up to its checkpoint and stores the records that are
// missing. The checkpoint does not change, unless it is ahead of the clock: then the feed starts
// over. Records that are already stored are recognized by their keys: SQLite always recognizes
// them, JetStream only within its duplicate window, and for lines their reader has to.
func (s *settings) replay(ctx context.Context, out, problems io.Writer) (err error) {
	log := s.logger(problems)
	made, closeFeeds, err := s.feeds(log)
	if err != nil {
		return err
	}
	defer closeFeeds()
	feed, err := s.findFeed(made)
	if err != nil {
		return err
	}
	stored, err := s.replayableCheckpoint(ctx, feed.ID)
	if err != nil {
		return err
	}
	source, err := feed.Open()
	if err != nil {
		return err
	}
	sink, err := s.open(ctx, out, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sink.Close()) }()
	alone, taken := context.WithCancelCause(ctx)
	defer taken(nil)
	writer, err := sink.Open(alone, feed.ID, func(renewed bool) {
		if renewed { // otherwise the holder may have died, and its lease expires
			taken(errFeedInUse)
		}
	})
	if err != nil {
		if errors.Is(context.Cause(alone), errFeedInUse) {
			return errFeedInUse
		}
		return err
	}
	defer func() { err = errors.Join(err, writer.Close()) }()
	records, err := s.readAgain(ctx, source, writer, stored)
	feed.ID.Logger(log).Info("the feed was read again", "records", records, "since", s.followOptions().Since)
	if ctx.Err() != nil {
		return errors.New("the replay was interrupted: run it again")
	}
	return err
}

var errFeedInUse = errors.New("a running collector holds the feed: stop it before the replay")

// replayableCheckpoint returns the checkpoint of the feed. It returns an error if there is none, or
// if -since is not before it.
func (s *settings) replayableCheckpoint(ctx context.Context, feed store.FeedID) (activity.Checkpoint, error) {
	checkpoints, err := s.openCheckpoints(ctx)
	if err != nil {
		return activity.Checkpoint{}, err
	}
	defer func() { _ = checkpoints.Close() }() // it was only read from
	stored, err := checkpoints.Checkpoint(ctx, feed)
	since := s.followOptions().Since
	switch {
	case err != nil:
		return stored, err
	case stored.IsZero():
		return stored, fmt.Errorf("%s was never collected: set since in the configuration, which only new feeds use, and collect it", feed)
	case !since.Before(stored.Watermark()):
		return stored, fmt.Errorf("-since %s is not before %s, up to which %s is stored", since.UTC().Format(time.RFC3339),
			stored.Watermark().Format(time.RFC3339), feed)
	}
	return stored, nil
}

// readAgain reads and stores the feed, and returns how many records it read, including those that
// were already stored.
func (s *settings) readAgain(ctx context.Context, source feeds.Source, writer store.Writer, stored activity.Checkpoint) (records int, err error) {
	startOver := status.Ahead(stored.Watermark()) != nil
	for batch, err := range source.Events.CatchUp(ctx, activity.Checkpoint{}, s.followOptions()) {
		if err != nil {
			return records, err
		}
		checkpoint := stored
		if startOver {
			checkpoint = batch.Checkpoint
		}
		if err := writer.Store(ctx, collect.Events(batch), checkpoint); err != nil {
			return records, err
		}
		records += len(batch.Records)
		if !batch.Checkpoint.Watermark().Before(stored.Watermark()) {
			break
		}
	}
	return records, nil
}

// findFeed returns the feed that -feed names.
func (s *settings) findFeed(made []feeds.Feed) (feeds.Feed, error) {
	names := make([]string, len(made))
	for i, feed := range made {
		if names[i] = feed.ID.String(); names[i] == s.feed {
			return feed, nil
		}
	}
	return feeds.Feed{}, fmt.Errorf("there is no feed %q; there are %s", s.feed, strings.Join(names, ", "))
}
