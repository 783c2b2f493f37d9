package main

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/activity-sdk/activity/examples/collector/internal/collect"
	"github.com/activity-sdk/activity/examples/collector/internal/status"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// collectAndDelete runs collect, and deletes old records: every hour with -follow, else after
// collect has returned.
func (s *settings) collectAndDelete(ctx context.Context, collect func(context.Context) error, sink store.Sink, board *status.Board, log *slog.Logger) error {
	if s.follow {
		defer inBackground(ctx, func(ctx context.Context) { s.deleteHourly(ctx, sink, board, log) })()
		return collect(ctx)
	}
	err := collect(ctx)
	if ctx.Err() == nil {
		s.deleteOld(ctx, sink, log)
	}
	return err
}

// deleteHourly deletes old records every hour, for the first time when every feed has stored a
// batch or has failed.
func (s *settings) deleteHourly(ctx context.Context, sink store.Sink, board *status.Board, log *slog.Logger) {
	for slices.ContainsFunc(board.Feeds(), func(f status.Feed) bool { return !f.Tried }) {
		if collect.Pause(ctx, time.Second) != nil {
			return
		}
	}
	for {
		s.deleteOld(ctx, sink, log)
		if collect.Pause(ctx, time.Hour) != nil {
			return
		}
	}
}

// deleteOld deletes the records that are older than s.keep. Their age counts from the newest
// record, and not from this machine's clock: a clock that is ahead would delete everything.
func (s *settings) deleteOld(ctx context.Context, sink store.Sink, log *slog.Logger) {
	file, ok := sink.(interface {
		Present(ctx context.Context) (time.Time, error)
		DeleteBefore(ctx context.Context, t time.Time) (int, error)
	})
	if s.keep == 0 || !ok {
		return
	}
	present, err := file.Present(ctx)
	if err == nil && present.IsZero() {
		return // there are no records
	}
	before, deleted := present.Add(-s.keep), 0
	if err == nil {
		deleted, err = file.DeleteBefore(ctx, before)
	}
	switch {
	case err != nil && ctx.Err() != nil:
		log.Info("the deletion of old records was interrupted", "records", deleted)
	case errors.Is(err, store.ErrGone): // no later deletion can succeed
		log.Warn("not all old records could be deleted", "records", deleted, "error", err)
	case err != nil:
		log.Warn("not all old records could be deleted, the next deletion tries again", "records", deleted, "error", err)
	case deleted > 0:
		log.Info("old records were deleted", "records", deleted, "before", before)
	}
}

// inBackground runs do until stop is called. stop returns when do has returned.
func inBackground(ctx context.Context, do func(context.Context)) (stop func()) {
	ctx, end := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		do(ctx)
	}()
	return func() {
		end()
		<-done
	}
}

// logSummaries logs a summary every hour until ctx ends.
func logSummaries(ctx context.Context, board *status.Board, log *slog.Logger) {
	for collect.Pause(ctx, time.Hour) == nil {
		log.Info("the collector is running", board.Summary().Attributes()...)
	}
}
