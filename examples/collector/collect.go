package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/collect"
	"github.com/activity-sdk/activity/examples/collector/internal/config"
	"github.com/activity-sdk/activity/examples/collector/internal/feeds"
	"github.com/activity-sdk/activity/examples/collector/internal/status"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
	"github.com/activity-sdk/activity/examples/collector/internal/telemetry"
)

// collect opens everything, collects, and closes everything in the reverse order.
func (s *settings) collect(ctx context.Context, out, problems io.Writer) (err error) {
	log := s.logger(problems)
	metrics, err := telemetry.New(version())
	if err != nil {
		return err
	}
	made, closeFeeds, err := s.feeds(log, activity.WithMiddleware(metrics.Middleware))
	if err != nil {
		return err
	}
	defer closeFeeds()
	options := s.followOptions()
	board := status.NewBoard(ids(made), options.Since, collect.LongestWait(options.Every), log)
	if err := metrics.Watch(board); err != nil {
		return err
	}
	stop, err := s.serve(ctx, metrics.Handler(), board)
	if err != nil {
		return err
	}
	defer stop()
	s.logStart(log, len(made))
	defer func() { log.Info("the collector ends", board.Summary().Attributes()...) }()
	defer inBackground(ctx, func(ctx context.Context) { logSummaries(ctx, board, log) })()
	sink, err := s.openWithRetry(ctx, out, log, board)
	if err != nil {
		return unlessInterrupted(ctx, err)
	}
	defer func() {
		if closing := sink.Close(); closing != nil {
			err = errors.Join(err, fmt.Errorf("closing the sink: %w", closing))
		}
	}()
	if err := s.readCheckpoints(ctx, sink, ids(made), board); err != nil {
		return unlessInterrupted(ctx, err)
	}
	c := collect.Collector{Sink: sink, Feeds: made, Options: options, Board: board, Logger: log}
	failure := s.collectAndDelete(ctx, c.Run, sink, board, log)
	s.reportFeeds(out, log, board)
	switch {
	case errors.Is(failure, store.ErrGone):
		return failure
	case failure != nil:
		return errReported // each feed's was logged when it failed
	}
	return nil
}

// unlessInterrupted returns err, or nil if ctx has ended.
func unlessInterrupted(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return nil
}

func (s *settings) followOptions() activity.FollowOptions {
	return activity.FollowOptions{Since: s.since.From(time.Now()), Every: s.every,
		Lookback: time.Duration(s.config.Lookback), Settle: time.Duration(s.config.Settle)}
}

// feeds returns the feeds of the configured tenants, or those of the fakes. The clients use log and
// the options.
func (s *settings) feeds(log *slog.Logger, options ...activity.Option) (made []feeds.Feed, closeAll func(), err error) {
	q := s.quotas(log)
	around := feeds.ClientConfig{
		Options: append(options, activity.WithLogger(log), activity.WithUserAgent("activity-collector")),
		Limiter: q.limiter,
	}
	closeFakes := func() {}
	if s.demo {
		made, closeFakes, err = demo(around)
	} else {
		made = feeds.FromConfig(s.config, around)
	}
	if err != nil {
		q.close(log)
		return nil, nil, err
	}
	return made, func() {
		closeFakes()
		q.close(log)
	}, nil
}

func ids(of []feeds.Feed) []store.FeedID {
	out := make([]store.FeedID, len(of))
	for i, feed := range of {
		out[i] = feed.ID
	}
	return out
}

func (s *settings) logStart(log *slog.Logger, feeds int) {
	about := []any{"version", version(), "feeds", feeds, "sink", s.sinkName(), "follow", s.follow}
	if s.follow {
		about = append(about, "every", s.every.String())
	}
	if s.listen != "" {
		about = append(about, "listen", s.listen)
	}
	log.Info("the collector starts", about...)
}

// readCheckpoints reads the checkpoint of each feed, so that the lag is right from the start, even
// for a feed that cannot be opened. It returns an error for -since with a feed that was collected
// before, and for a demo on a file with real records.
func (s *settings) readCheckpoints(ctx context.Context, sink store.Checkpoints, ids []store.FeedID, board *status.Board) error {
	if s.demo {
		if err := refuseRealRecords(ctx, sink, ids); err != nil {
			return err
		}
	}
	var begun []string
	for _, id := range ids {
		checkpoint, err := sink.Checkpoint(ctx, id)
		if err != nil {
			continue // the feed itself fails with this error; the others are not affected
		}
		board.StoredUpTo(id, checkpoint.Watermark())
		if !checkpoint.IsZero() {
			begun = append(begun, id.String())
		}
	}
	if !s.flagSet["since"] || len(begun) == 0 {
		return nil
	}
	others, isNew := "", ""
	if len(begun) < len(ids) {
		isNew = "For the feeds that are new, set since in the configuration, which only new feeds use. "
	}
	if len(begun) > 3 {
		others = fmt.Sprintf(" and %d others", len(begun)-3)
		begun = begun[:3]
	}
	return fmt.Errorf("-since is for new feeds, and %s%s continue from their checkpoints: leave -since out. %s"+
		"To read a feed again from a time on: collector replay -feed %s -since TIME", strings.Join(begun, ", "), others, isNew, begun[0])
}

// refuseRealRecords returns an error if the file has records of other feeds. Then -config was
// probably forgotten, and invented records must not be mixed with real ones.
func refuseRealRecords(ctx context.Context, sink store.Checkpoints, invented []store.FeedID) error {
	file, ok := sink.(interface {
		Feeds(ctx context.Context) ([]store.FeedID, error)
	})
	if !ok {
		return nil
	}
	found, err := file.Feeds(ctx)
	if err != nil {
		return err
	}
	for _, id := range found {
		if !slices.Contains(invented, id) {
			return fmt.Errorf("the file has records of %s, and without -config there are only invented ones: name the configuration, or another file with -db", id)
		}
	}
	return nil
}

// reportFeeds prints a table of what was stored. If standard output has the records, or with
// -log-json, it logs the same instead.
func (s *settings) reportFeeds(out io.Writer, log *slog.Logger, board *status.Board) {
	for _, feed := range board.Feeds() {
		if s.json || s.sink == config.Stdout {
			feed.ID.Logger(log).Info("the feed ends", "records", feed.Records, "state", feed.State, "lag", feed.Lag.Round(time.Second).String())
			continue
		}
		stored := "nothing stored"
		if feed.State == status.Following || feed.Records > 0 {
			stored = fmt.Sprintf("%9d records, stored up to %v ago", feed.Records, feed.Lag.Round(time.Second))
		}
		fmt.Fprintf(out, "%-11s %-20s %-20s %s\n", feed.ID.Vendor, feed.ID.Tenant, feed.ID.Feed, stored)
	}
}
