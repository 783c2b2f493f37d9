package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/activity-sdk/activity"
)

// deletedAtOnce limits the records that one transaction deletes, so that writes do not wait long.
const deletedAtOnce = 5000

// There are two statements that delete, so that each can use the index on time. A record from
// schema 1 has no collected_at. It was stored before the first record that has one.
const (
	deleteByTime = `DELETE FROM records WHERE seq IN (SELECT seq FROM records WHERE time < ?1 ORDER BY time LIMIT ?2)`
	deleteByDate = `DELETE FROM records WHERE seq IN (SELECT seq FROM records WHERE time IS NULL AND coalesce(collected_at,
		(SELECT collected_at FROM records WHERE collected_at IS NOT NULL ORDER BY seq LIMIT 1)) < ?1 LIMIT ?2)`
	newestRecord = `SELECT coalesce((SELECT max(time) FROM records), (SELECT max(collected_at) FROM records))`
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

// Present returns the time from which the age of records counts. It is the earliest of three: the
// time of the newest record, the newest watermark of all checkpoints, and now. So a clock that is
// ahead makes no record old. The watermarks alone are not enough, since that of a new feed without
// records comes from the clock.
//
// If no record has a time, the latest time when one was stored counts. Present returns the zero
// time if there are no records or no checkpoints. A checkpoint that cannot be read does not count.
func (s *Sink) Present(ctx context.Context) (time.Time, error) {
	if err := s.checkFiles(ctx); err != nil {
		return time.Time{}, err
	}
	var watermark time.Time
	var record sql.NullString
	err := retryLocked(ctx, func() (err error) {
		if watermark, err = s.newestWatermark(ctx); err != nil {
			return err
		}
		return s.reads.QueryRowContext(ctx, newestRecord).Scan(&record)
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("reading how far the feeds are stored: %w", withAdvice(s.file.path, err))
	}
	if !record.Valid {
		return time.Time{}, nil
	}
	present, err := time.Parse(time.RFC3339Nano, record.String)
	if err != nil {
		return time.Time{}, fmt.Errorf("the newest record has the time %q, which is not one that the collector writes: correct it, or delete the record", record.String)
	}
	for _, other := range []time.Time{watermark, time.Now()} {
		if other.Before(present) {
			present = other
		}
	}
	return present, nil
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
