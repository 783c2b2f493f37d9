package sqlite

import (
	"context"
	"fmt"
	"time"

	"github.com/activity-sdk/activity"
)

// deletedAtOnce limits the records that one transaction deletes, so that writes do not wait long.
const deletedAtOnce = 5000

// There are two statements so that each can use the index on time. A record from schema 1 has no
// collected_at. It was stored before the first record that has one.
const (
	deleteByTime = `DELETE FROM records WHERE seq IN (SELECT seq FROM records WHERE time < ?1 ORDER BY time LIMIT ?2)`
	deleteByDate = `DELETE FROM records WHERE seq IN (SELECT seq FROM records WHERE time IS NULL AND coalesce(collected_at,
		(SELECT collected_at FROM records WHERE collected_at IS NOT NULL ORDER BY seq LIMIT 1)) < ?1 LIMIT ?2)`
)

// DeleteBefore deletes the records of all feeds whose time is before t, and returns how many it
// deleted. For a record without a time, the time when it was stored counts. For a record from
// schema 1 without either, the time of the first record of schema 2 counts, and the record stays
// until there is one.
//
// Checkpoints do not change. If a feed's lookback or an unfinished round reaches back before t, the
// feed reads and stores those records again, so keep records for longer than that. The file does
// not shrink, and deleted content stays in it until later records overwrite it. VACUUM frees the
// space, but the collector cannot write while it runs.
//
// Each transaction deletes at most 5,000 records. After an error or the end of ctx, the result
// counts the records that were deleted before.
func (s *Sink) DeleteBefore(ctx context.Context, t time.Time) (int, error) {
	deleted := 0
	for _, statement := range []string{deleteByDate, deleteByTime} {
		for {
			if err := s.checkFiles(ctx); err != nil {
				return deleted, err
			}
			result, err := execute(ctx, s.db, statement, formatTime(t), deletedAtOnce)
			if err != nil {
				return deleted, fmt.Errorf("deleting records: %w", withAdvice(s.file.path, err))
			}
			n, err := result.RowsAffected()
			if err != nil {
				return deleted, fmt.Errorf("deleting records: %w", err)
			}
			deleted += int(n)
			if n < deletedAtOnce {
				break
			}
		}
	}
	return deleted, nil
}

// Present returns the time from which the age of records counts: the newest watermark of all
// checkpoints, or now if that is earlier. So a clock that is ahead makes no record old. It returns
// the zero time if nothing was collected. A checkpoint that cannot be read does not count.
func (s *Sink) Present(ctx context.Context) (newest time.Time, err error) {
	if err := s.checkFiles(ctx); err != nil {
		return newest, err
	}
	err = retryLocked(ctx, func() error {
		newest, err = s.newestWatermark(ctx)
		return err
	})
	if err != nil {
		return newest, fmt.Errorf("reading the checkpoints: %w", withAdvice(s.file.path, err))
	}
	if now := time.Now(); newest.After(now) {
		return now, nil
	}
	return newest, nil
}

func (s *Sink) newestWatermark(ctx context.Context) (newest time.Time, err error) {
	rows, err := s.reads.QueryContext(ctx, "SELECT checkpoint FROM feeds")
	if err != nil {
		return newest, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var stored any
		if err := rows.Scan(&stored); err != nil {
			return newest, err
		}
		var c activity.Checkpoint
		if c.Scan(stored) == nil && c.Watermark().After(newest) {
			newest = c.Watermark()
		}
	}
	return newest, rows.Err()
}
