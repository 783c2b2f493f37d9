package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	codes "modernc.org/sqlite/lib"
)

// SQLite itself waits for busyTimeout if another program has locked the file, and no interrupt ends
// that wait. So it is short, and calls are repeated for retryFor.
const busyTimeout = "busy_timeout(100)"

var retryFor = 10 * time.Second // shorter in a test

// retryInterval is the wait between two tries, since SQLite does not wait for every lock.
const retryInterval = 10 * time.Millisecond

// errLocked stands for a lock that SQLite does not report as an error.
var errLocked = errors.New("locked")

// retryLocked repeats do while another program keeps the file locked, until retryFor has passed or
// ctx ends.
func retryLocked(ctx context.Context, do func() error) error {
	for began := time.Now(); ; {
		err := do()
		switch c := code(err); {
		case c == codes.SQLITE_BUSY, c == codes.SQLITE_LOCKED, errors.Is(err, errLocked):
			if ctx.Err() == nil && time.Since(began) > retryFor {
				return err
			}
		case c == codes.SQLITE_INTERRUPT && ctx.Err() != nil: // the driver does not always return the cause
			return context.Cause(ctx)
		default:
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(retryInterval):
		}
	}
}

// execute executes a statement as one transaction.
func execute(ctx context.Context, db *sql.DB, statement string, args ...any) (
	result sql.Result, err error,
) {
	err = retryLocked(ctx, func() error {
		result, err = db.ExecContext(ctx, statement, args...)
		return err
	})
	return result, err
}

// queryRow scans the only row of a query.
func queryRow(ctx context.Context, db *sql.DB, query string, args []any, into ...any) error {
	return retryLocked(ctx, func() error {
		return db.QueryRowContext(ctx, query, args...).Scan(into...)
	})
}

// inTransaction runs do in a transaction, and rolls it back if do returns an error. It repeats the
// transaction while another program keeps the file locked.
func inTransaction(ctx context.Context, db *sql.DB, do func(tx *sql.Tx) error) error {
	return retryLocked(ctx, func() error {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }() // does nothing after Commit
		if err := do(tx); err != nil {
			return err
		}
		return tx.Commit()
	})
}

// truncateWAL moves the content of the -wal file into the database.
func truncateWAL(ctx context.Context, db *sql.DB) {
	_ = retryLocked(ctx, func() error {
		var locked, pages, moved int
		row := db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
		err := row.Scan(&locked, &pages, &moved)
		if err == nil && locked != 0 {
			err = errLocked
		}
		return err
	})
}
