package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	codes "modernc.org/sqlite/lib"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// acquire makes this process the only collector that writes to path, until the returned connection
// is closed or the process ends.
//
// The lock is an exclusive SQLite transaction on a file beside the database. It works on every
// system that SQLite supports, and a killed process releases it. The database itself is not locked,
// so that others can read it.
func acquire(ctx context.Context, path string) (*sql.DB, fileIdentity, error) {
	name := path + ".lock"
	if err := create(name); err != nil {
		return nil, fileIdentity{}, err
	}
	file, err := identify(name)
	if err != nil {
		return nil, fileIdentity{}, err
	}
	db, err := open(name, writeParameters("journal_mode(MEMORY)")) // nothing is written, so no journal file is needed
	if err != nil {
		return nil, fileIdentity{}, err
	}
	if _, err = db.ExecContext(ctx, "BEGIN EXCLUSIVE"); err == nil {
		return db, file, nil
	}
	_ = db.Close()
	switch code(err) {
	case codes.SQLITE_BUSY:
		err = fmt.Errorf("%s: %w", path, ErrInUse)
	case codes.SQLITE_NOTADB, codes.SQLITE_CORRUPT:
		err = fmt.Errorf("%w: %s is not the lock of a collector: move it away, or choose another database", store.ErrRefused, name)
	default:
		err = withAdvice(name, err)
	}
	return nil, fileIdentity{}, err
}
