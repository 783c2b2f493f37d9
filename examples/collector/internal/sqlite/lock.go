package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	driver "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"
)

// acquire makes this process the only collector that writes to path, until the returned connection
// is closed or the process ends.
//
// The lock is an exclusive transaction on a file beside the database: SQLite's own locking, which
// works on every system that SQLite works on and which a killed process cannot leave behind. The
// database itself is not locked, so that others can read it.
func acquire(ctx context.Context, path string) (*sql.DB, error) {
	db, err := open(path+".lock", "journal_mode(DELETE)")
	if err != nil {
		return nil, err
	}
	if _, err = db.ExecContext(ctx, "BEGIN EXCLUSIVE"); err == nil {
		return db, nil
	}
	_ = db.Close()
	if failure, ok := errors.AsType[*driver.Error](err); ok && failure.Code()&0xff == codes.SQLITE_BUSY {
		return nil, fmt.Errorf("%s: %w", path, ErrInUse)
	}
	return nil, fmt.Errorf("locking %s.lock: %w", path, err)
}
