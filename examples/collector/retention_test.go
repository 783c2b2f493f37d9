package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/fakes"
	"github.com/activity-sdk/activity/examples/collector/internal/sqlite"
	"github.com/activity-sdk/activity/examples/collector/internal/status"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
	"github.com/activity-sdk/activity/examples/collector/test/storetest"
)

// storeHours opens a new file and stores n records in it, one for each of the hours before the
// feed's watermark. The watermark is months ago, as if the clock of this machine were ahead.
func storeHours(t *testing.T, n int) (path string, sink *sqlite.Sink) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "activity.db")
	sink, err := sqlite.Open(t.Context(), path, sqlite.Records)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, sink.Close()) })
	writer, err := sink.Open(t.Context(), fakes.SnapLogicActivities, nil)
	require.NoError(t, err)
	events := make([]activity.Event, n)
	for i := range events {
		events[i] = activity.Event{Key: fmt.Sprint(i), Time: storetest.Epoch.Add(-time.Duration(i) * time.Hour), Raw: []byte("{}")}
	}
	require.NoError(t, writer.Store(t.Context(), events, storetest.Checkpoint(0)))
	require.NoError(t, writer.Close())
	return path, sink
}

// A clock that is ahead deletes nothing: the age of a record counts from how far the feeds are
// stored.
func TestClockAheadDeletesNothing(t *testing.T) {
	path, sink := storeHours(t, 72)
	require.Greater(t, time.Since(storetest.Epoch), 300*24*time.Hour)
	var log bytes.Buffer
	s := settings{keep: 300 * 24 * time.Hour}
	s.deleteOld(t.Context(), sink, slog.New(slog.NewTextHandler(&log, nil)))
	assert.Equal(t, 72, countRecords(t, path, "true"))
	assert.Empty(t, log.String())

	s.keep = 24*time.Hour + time.Minute
	s.deleteOld(t.Context(), sink, slog.New(slog.NewTextHandler(&log, nil)))
	assert.Equal(t, 25, countRecords(t, path, "true"))
	assert.Contains(t, log.String(), `msg="old records were deleted" records=47 before=2026-01-01T03:03:05.000Z`)
}

// A new feed without records begins by the clock, so its first watermark is ahead if the clock is.
// The age of a record does not count from there.
func TestNewFeedWithClockAheadDeletesNothing(t *testing.T) {
	path, sink := storeHours(t, 72)
	writer, err := sink.Open(t.Context(), fakes.SDElementsActivities, nil)
	require.NoError(t, err)
	ahead := storetest.Checkpoint(300 * 24 * 60 * 60)
	require.True(t, ahead.Watermark().Before(time.Now()))
	require.NoError(t, writer.Store(t.Context(), nil, ahead))
	require.NoError(t, writer.Close())
	s := settings{keep: 90 * 24 * time.Hour}
	s.deleteOld(t.Context(), sink, slog.New(slog.DiscardHandler))
	assert.Equal(t, 72, countRecords(t, path, "true"))
}

// retentionSink records the calls of DeleteBefore.
type retentionSink struct {
	store.Sink
	before []time.Time
	at     []time.Time
	fail   error
}

func (r *retentionSink) Present(context.Context) (time.Time, error) { return time.Now(), nil }

func (r *retentionSink) DeleteBefore(ctx context.Context, t time.Time) (int, error) {
	if ctx.Err() != nil && r.fail == nil {
		return 0, ctx.Err()
	}
	r.before, r.at = append(r.before, t), append(r.at, time.Now())
	return len(r.before), r.fail
}

// With -follow, old records are deleted once every feed has ended its first try, and every hour
// from then on.
func TestDeletionIsHourly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		board := status.NewBoard(fakes.Feeds, time.Now().Add(-time.Hour), time.Hour, slog.New(slog.DiscardHandler))
		sink := new(retentionSink)
		s := settings{keep: 24 * time.Hour, follow: true}
		begun := time.Now()
		stop := inBackground(t.Context(), func(ctx context.Context) {
			s.deleteHourly(ctx, sink, board, slog.New(slog.NewTextHandler(&log, nil)))
		})
		board.Stored(fakes.SnapLogicActivities, 7, time.Now(), 0)
		<-time.After(10 * time.Minute)
		assert.Empty(t, sink.at, "the other feeds have stored nothing yet")
		for _, feed := range fakes.Feeds {
			board.Failed(feed, status.Retrying, io.ErrUnexpectedEOF)
		}
		<-time.After(140 * time.Minute)
		stop()
		require.Len(t, sink.at, 3)
		for i, at := range sink.at {
			assert.WithinDuration(t, begun.Add(10*time.Minute+time.Duration(i)*time.Hour), at, time.Minute)
			assert.Equal(t, at.Add(-24*time.Hour), sink.before[i])
		}
		assert.Equal(t, 3, bytes.Count(log.Bytes(), []byte(`msg="old records were deleted" records=`)))
	})
}

func TestDeletionIsReported(t *testing.T) {
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, nil))
	s := settings{keep: 24 * time.Hour}
	s.deleteOld(t.Context(), &retentionSink{fail: io.ErrUnexpectedEOF}, logger)
	assert.Contains(t, log.String(), `level=WARN msg="not all old records could be deleted, the next deletion tries again" records=1`)
	log.Reset()
	s.deleteOld(t.Context(), &retentionSink{fail: store.ErrGone}, logger)
	assert.Contains(t, log.String(), `level=WARN msg="not all old records could be deleted" records=1 error=`, "no deletion tries again")
	log.Reset()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s.deleteOld(ctx, &retentionSink{fail: context.Canceled}, logger)
	assert.Contains(t, log.String(), `level=INFO msg="the deletion of old records was interrupted" records=1`)
}

// Without -follow, the deletion comes after the round, whose end does not cut it off.
func TestDeletionAfterRound(t *testing.T) {
	sink := new(retentionSink)
	s := settings{keep: 24 * time.Hour}
	log := slog.New(slog.DiscardHandler)
	failing := func(context.Context) error {
		assert.Empty(t, sink.at, "before the round")
		return io.ErrUnexpectedEOF
	}
	require.ErrorIs(t, s.collectAndDelete(t.Context(), failing, sink, nil, log), io.ErrUnexpectedEOF)
	assert.Len(t, sink.at, 1, "after a round that failed for some feed, too")

	ctx, interrupt := context.WithCancel(t.Context())
	interrupted := func(context.Context) error {
		interrupt()
		return nil
	}
	require.NoError(t, s.collectAndDelete(ctx, interrupted, sink, nil, log))
	assert.Len(t, sink.at, 1, "an interrupt ends everything")
}

func TestRunDeletesAllOldRecords(t *testing.T) {
	_, config := serveFakes(t, 10)
	db := filepath.Join(t.TempDir(), "activity.db")
	args := []string{"-config", config, "-db", db}
	require.NoError(t, run(t.Context(), args, io.Discard, io.Discard))
	const n = 100
	sink, err := sqlite.Open(t.Context(), db, sqlite.Records)
	require.NoError(t, err)
	writer, err := sink.Open(t.Context(), fakes.SnapLogicActivities, nil)
	require.NoError(t, err)
	old := make([]activity.Event, n)
	for i := range old {
		old[i] = activity.Event{Key: fmt.Sprint("old ", i), Time: storetest.Epoch, Raw: []byte("{}")}
	}
	require.NoError(t, writer.Store(t.Context(), old, writer.Checkpoint()))
	require.NoError(t, writer.Close())
	require.NoError(t, sink.Close())

	var log bytes.Buffer
	require.NoError(t, run(t.Context(), append(args, "-keep", "48h"), io.Discard, &log))
	assert.Equal(t, 50, countRecords(t, db, "true"))
	assert.Contains(t, log.String(), fmt.Sprintf("records=%d before=", n))
}
