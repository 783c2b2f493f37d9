package sqlite

import (
	"context"
	"database/sql"
	"errors"
)

// connections are the connections of this process to one database.
type connections struct {
	db    *sql.DB // writes
	reads *sql.DB // reads checkpoints, also during a long transaction
	// anchor is not used for queries, so that no interrupt closes it, as it may close the others.
	// While it is open, SQLite keeps the -wal and -shm files.
	anchor *sql.DB
}

// connect opens the connections except db. The database must be in WAL mode.
func (c *connections) connect(ctx context.Context, path string) (err error) {
	if c.anchor, err = open(path, writeParameters(busyTimeout)); err != nil {
		return err
	}
	if c.reads, err = open(path, writeParameters(busyTimeout, "query_only(1)")); err != nil {
		return err
	}
	for _, db := range []*sql.DB{c.anchor, c.reads} {
		var tables int
		// Only a query connects, and makes SQLite open the -wal and -shm files.
		err := queryRow(ctx, db, "SELECT count(*) FROM sqlite_master", nil, &tables)
		if err != nil {
			return withAdvice(path, err)
		}
	}
	return nil
}

// Close closes the writing connection last, so that it empties the -wal file.
func (c *connections) Close() (err error) {
	for _, db := range []*sql.DB{c.reads, c.anchor, c.db} {
		if db != nil {
			err = errors.Join(err, db.Close())
		}
	}
	return err
}
