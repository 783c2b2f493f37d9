package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/feeds"
)

// replay reads a feed again from -since up to where it is stored, and stores what is missing. The
// checkpoint stays as it is. What is stored already is recognized by its key: by SQLite always, by
// JetStream within its duplicate window, by the reader of lines.
func (s *settings) replay(ctx context.Context, out, problems io.Writer) (err error) {
	log := s.logger(problems)
	made, closeFeeds, err := s.feeds(log)
	if err != nil {
		return err
	}
	defer closeFeeds()
	feed, err := s.named(made)
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
	writer, err := sink.Open(ctx, feed.ID, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, writer.Close()) }()
	stored := writer.Checkpoint()
	if stored.IsZero() {
		return fmt.Errorf("%s was never collected: collect it with -since instead", feed.ID)
	}
	o := s.followOptions()
	if !o.Since.Before(stored.Watermark()) {
		return fmt.Errorf("-since %s is not before %s, up to which %s is stored", o.Since.UTC().Format(time.RFC3339),
			stored.Watermark().Format(time.RFC3339), feed.ID)
	}
	records := 0
	for batch, err := range source.Events.CatchUp(ctx, activity.Checkpoint{}, o) {
		if err != nil {
			return ended(ctx, err)
		}
		events := make([]activity.Event, len(batch.Records))
		for i, r := range batch.Records {
			events[i] = r.Item
		}
		if err := writer.Store(ctx, events, stored); err != nil {
			return ended(ctx, err)
		}
		records += len(events)
		if !batch.Checkpoint.Watermark().Before(stored.Watermark()) {
			break
		}
	}
	feed.ID.Logger(log).Info("the feed was read again", "records", records, "since", o.Since)
	return nil
}

// named returns the feed of -feed.
func (s *settings) named(made []feeds.Feed) (feeds.Feed, error) {
	names := make([]string, len(made))
	for i, feed := range made {
		if names[i] = feed.ID.String(); names[i] == s.feed {
			return feed, nil
		}
	}
	return feeds.Feed{}, fmt.Errorf("there is no feed %q; there are %s", s.feed, strings.Join(names, ", "))
}
