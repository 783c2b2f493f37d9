package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/collect"
	"github.com/activity-sdk/activity/examples/collector/internal/feeds"
	"github.com/activity-sdk/activity/examples/collector/internal/jetstream"
	"github.com/activity-sdk/activity/examples/collector/internal/sqlite"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
	"github.com/activity-sdk/activity/examples/collector/internal/telemetry"
)

// collect opens everything, collects, and closes everything in the reverse order.
func (s *settings) collect(ctx context.Context, out, problems io.Writer) (err error) {
	logger := s.logger(problems)
	metrics, err := telemetry.Open(ctx, s.telemetry, out, logger)
	if err != nil {
		return err
	}
	defer func() { //nolint:contextcheck // when ctx has ended, the last of it is still to be delivered
		if closing := metrics.Close(); closing != nil {
			logger.Warn(closing.Error())
		}
	}()
	quotas, err := s.quotas(logger)
	if err != nil {
		return err
	}
	defer func() {
		if closing := quotas.close(); closing != nil {
			logger.Warn(closing.Error())
		}
	}()
	feeds, closeFeeds, err := s.feeds(quotas, metrics, logger)
	if err != nil {
		return err
	}
	defer closeFeeds()
	sink, err := s.open(ctx, logger)
	if err != nil {
		return err
	}
	defer func() {
		if closing := sink.Close(); closing != nil {
			err = errors.Join(err, fmt.Errorf("closing the sink: %w", closing))
		}
	}()
	p := &progress{Telemetry: metrics, out: out, feeds: map[store.FeedID]*tally{}}
	c := collect.Collector{Sink: sink, Feeds: feeds, Options: s.followOptions(), Logger: logger, Watch: p}
	failure := c.Run(ctx)
	p.finish(ids(feeds))
	if failure != nil {
		return errReported // each feed's was logged when it ended
	}
	return nil
}

func (s *settings) followOptions() activity.FollowOptions {
	o := activity.FollowOptions{Since: s.since.From(time.Now()), Every: s.every}
	if s.config != nil {
		o.Lookback, o.Settle = s.config.Lookback, s.config.Settle
	}
	return o
}

func (s *settings) open(ctx context.Context, logger *slog.Logger) (store.Sink, error) {
	if s.sink == "" {
		return sqlite.Open(ctx, s.db)
	}
	url, err := s.sink.Read()
	if err != nil {
		return nil, fmt.Errorf("sink: %w", err)
	}
	o := jetstream.Options{Logger: logger, Format: s.format}
	if s.config != nil {
		c := s.config.JetStream
		o.Stream, o.Bucket, o.Duplicates, o.Lease, o.Replicas = c.Stream, c.Bucket, c.Duplicates, c.Lease, c.Replicas
		if c.Credentials != "" {
			o.Connect = append(o.Connect, nats.UserCredentials(c.Credentials))
		}
	}
	return jetstream.Open(ctx, url, o)
}

// feeds gives the configured tenants' feeds, or those of the fakes.
func (s *settings) feeds(q *quotas, metrics *telemetry.Telemetry, logger *slog.Logger) (made []feeds.Feed, closeFeeds func(), err error) {
	around := feeds.Around{
		Options: []activity.Option{activity.WithLogger(logger), activity.WithUserAgent("activity-collector"), activity.WithMiddleware(metrics.Middleware)},
		Limiter: q.limiter,
	}
	if s.config == nil {
		return demo(around)
	}
	made, err = feeds.Of(s.config, around)
	return made, func() {}, err
}

func ids(of []feeds.Feed) []store.FeedID {
	out := make([]store.FeedID, len(of))
	for i, feed := range of {
		out[i] = feed.ID
	}
	return out
}
