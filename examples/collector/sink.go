package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/activity-sdk/activity/examples/collector/internal/collect"
	"github.com/activity-sdk/activity/examples/collector/internal/config"
	"github.com/activity-sdk/activity/examples/collector/internal/jetstream"
	"github.com/activity-sdk/activity/examples/collector/internal/ndjson"
	"github.com/activity-sdk/activity/examples/collector/internal/sqlite"
	"github.com/activity-sdk/activity/examples/collector/internal/status"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// openWithRetry opens the sink. With -follow it retries while the sink is unavailable, as a running
// collector does. While another collector holds the file, this one is on standby.
func (s *settings) openWithRetry(ctx context.Context, out io.Writer, log *slog.Logger, board *status.Board) (store.Sink, error) {
	for failures := 0; ; failures++ {
		sink, err := s.open(ctx, out, log)
		if err == nil || !s.follow || errors.Is(err, store.ErrRefused) || errors.Is(err, store.ErrGone) {
			return sink, err
		}
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err() // an interrupt is not a failure of the sink
		case errors.Is(err, sqlite.ErrInUse):
			board.OnStandbyAll(err)
			s.readOtherCheckpoints(ctx, board)
			failures = -1 // being on standby is not a failure: look again after s.every
		default:
			board.FailedAll(err)
		}
		if err := collect.Pause(ctx, collect.Wait(s.every, failures)); err != nil {
			return nil, err
		}
	}
}

// readOtherCheckpoints tells the board how far the collector is that holds the file.
func (s *settings) readOtherCheckpoints(ctx context.Context, board *status.Board) {
	checkpoints, err := sqlite.OpenCheckpoints(ctx, s.db)
	if err != nil {
		return // that the file is in use is already known
	}
	defer func() { _ = checkpoints.Close() }() // it was only read from
	for _, feed := range board.Feeds() {
		if checkpoint, err := checkpoints.Checkpoint(ctx, feed.ID); err == nil {
			board.StoredUpTo(feed.ID, checkpoint.Watermark())
		}
	}
}

func (s *settings) open(ctx context.Context, out io.Writer, log *slog.Logger) (store.Sink, error) {
	switch s.sink {
	case "":
		return sqlite.Open(ctx, s.db, sqlite.Records)
	case config.Stdout:
		checkpoints, err := sqlite.Open(ctx, s.db, sqlite.CheckpointsOnly)
		if err != nil {
			return nil, err
		}
		return ndjson.Open(out, checkpoints, s.format), nil
	}
	url, err := s.sinkURL()
	if err != nil {
		return nil, err
	}
	return jetstream.Open(ctx, url, s.jetStream(log))
}

func (s *settings) sinkURL() (string, error) {
	url, err := s.sink.Read()
	if err != nil {
		return "", fmt.Errorf("sink: %w: %w", store.ErrRefused, err)
	}
	return url, nil
}

func (s *settings) jetStream(log *slog.Logger) jetstream.Options {
	c := s.config.JetStream
	o := jetstream.Options{
		Stream: c.Stream, Bucket: c.Bucket, Subject: c.Subject, Replicas: c.Replicas, Reset: s.reset, Format: s.format, Logger: log,
		Duplicates: time.Duration(c.Duplicates), Lease: time.Duration(c.Lease),
	}
	if c.Credentials != "" {
		o.Connect = append(o.Connect, nats.UserCredentials(c.Credentials))
	}
	return o
}

// openCheckpoints opens the checkpoints for reading, which is possible while a collector runs.
func (s *settings) openCheckpoints(ctx context.Context) (store.Checkpoints, error) {
	if s.db != "" {
		return sqlite.OpenCheckpoints(ctx, s.db)
	}
	url, err := s.sinkURL()
	if err != nil {
		return nil, err
	}
	return jetstream.OpenCheckpoints(ctx, url, s.jetStream(slog.New(slog.DiscardHandler)))
}
