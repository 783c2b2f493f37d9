package sqlite

import (
	"context"
	"fmt"
	"time"
)

// deletedAtOnce is how many records a transaction deletes, so that a write waits for a moment only.
const deletedAtOnce = 5000

// The two cases are statements of their own, so that each finds its records by the index on time. A
// record of schema 1 has no time of storing. It was stored before the first one that has.
const (
	deleteByTime = `DELETE FROM records WHERE seq IN (SELECT seq FROM records WHERE time < ?1 ORDER BY time LIMIT ?2)`
	deleteByDate = `DELETE FROM records WHERE seq IN (SELECT seq FROM records WHERE time IS NULL AND coalesce(collected_at,
		(SELECT collected_at FROM records WHERE collected_at IS NOT NULL ORDER BY seq LIMIT 1)) < ?1 LIMIT ?2)`
)

// DeleteBefore deletes the records of all feeds whose time is before t, and returns how many. A
// record without a time counts by when it was stored. One that schema 1 stored without a time, of
// which neither is known, counts as stored when the first record of schema 2 was, and stays until
// there is one.
//
// Checkpoints stay as they are. A record that a feed reads again, because its lookback or an
// unfinished round reaches back before t, is stored again: keep more than that. The file does not
// shrink: later records use the space again, and until then it holds what was deleted. VACUUM frees
// it, and locks out the collector while it runs.
//
// Each transaction deletes 5,000 records at most. What was deleted before an error or the end of
// ctx is counted, and stays deleted.
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
