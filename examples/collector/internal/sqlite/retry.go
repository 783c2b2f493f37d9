package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	codes "modernc.org/sqlite/lib"
)

// SQLite itself waits for another program's lock for as long as shortly says, which no interrupt
// ends. So that is short, and what failed is tried again, until patience is over.
const busyTimeout = "busy_timeout(100)"

var retryFor = 10 * time.Second // a test has less

// retryInterval is how long a try is after the one before. SQLite does not wait for every lock.
const retryInterval = 10 * time.Millisecond

// errLocked is what errors of SQLite say, where SQLite reports a lock in another way.
var errLocked = errors.New("locked")

// retryLocked calls a function again while another program keeps the file locked, and ends with ctx.
func retryLocked(ctx context.Context, do func() error) error {
	for began := time.Now(); ; {
		err := do()
		switch c := code(err); {
		case c == codes.SQLITE_BUSY, c == codes.SQLITE_LOCKED, errors.Is(err, errLocked):
			if ctx.Err() == nil && time.Since(began) > retryFor {
				return err
			}
		case c == codes.SQLITE_INTERRUPT && ctx.Err() != nil: // the driver does not always say why
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

// execute executes a statement that is a transaction of its own.
func execute(ctx context.Context, db *sql.DB, statement string, args ...any) (
	result sql.Result, err error,
) {
	err = retryLocked(ctx, func() error {
		result, err = db.ExecContext(ctx, statement, args...)
		return err
	})
	return result, err
}

// queryRow reads the one row that a query returns.
func queryRow(ctx context.Context, db *sql.DB, query string, args []any, into ...any) error {
	return retryLocked(ctx, func() error {
		return db.QueryRowContext(ctx, query, args...).Scan(into...)
	})
}

// inTransaction runs a function in a transaction, which has no effect if the function fails. While
// another program keeps the file locked, it is run again.
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

// truncateWAL moves what is in the -wal file into the database, and makes it empty.
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
