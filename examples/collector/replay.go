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

// replay reads a feed again from -since up to where it is stored, and stores what is missing. The
// checkpoint stays as it is, unless it is ahead of the clock: then the feed begins anew. What is
// stored already is recognized by its key: by SQLite always, by JetStream within its duplicate
// window, by the reader of lines.
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
	writer, err := sink.Open(alone, feed.ID, func() { taken(errFeedInUse) })
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
		return errors.New("the replay was interrupted before its end: run it again")
	}
	return err
}

var errFeedInUse = errors.New("a collector is running and has the feed: stop it, and replay then")

// replayableCheckpoint returns the checkpoint of a feed that can be read again.
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
		return stored, fmt.Errorf("%s was never collected: collect it with -since instead", feed)
	case !since.Before(stored.Watermark()):
		return stored, fmt.Errorf("-since %s is not before %s, up to which %s is stored", since.UTC().Format(time.RFC3339),
			stored.Watermark().Format(time.RFC3339), feed)
	}
	return stored, nil
}

// readAgain returns how many records were read, those that were there already included.
func (s *settings) readAgain(ctx context.Context, source feeds.Source, writer store.Writer, stored activity.Checkpoint) (records int, err error) {
	anew := status.Ahead(stored.Watermark()) != nil
	for batch, err := range source.Events.CatchUp(ctx, activity.Checkpoint{}, s.followOptions()) {
		if err != nil {
			return records, err
		}
		checkpoint := stored
		if anew {
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

// findFeed returns the feed of -feed.
func (s *settings) findFeed(made []feeds.Feed) (feeds.Feed, error) {
	names := make([]string, len(made))
	for i, feed := range made {
		if names[i] = feed.ID.String(); names[i] == s.feed {
			return feed, nil
		}
	}
	return feeds.Feed{}, fmt.Errorf("there is no feed %q; there are %s", s.feed, strings.Join(names, ", "))
}
