package sqlite

import (
	"context"
	"database/sql"
	"errors"
)

// connections are those of this process to one database.
type connections struct {
	db    *sql.DB // writes
	reads *sql.DB // reads, so that a transaction that takes long keeps nobody from a checkpoint
	// anchor is left alone, so that no interrupt closes it as it may close the others. As long as
	// it is open, it is to the file that was opened, and SQLite keeps the files beside that one.
	anchor *sql.DB
}

// connect adds the connections that are not for writing, once the database is in WAL mode.
func (c *connections) connect(ctx context.Context, path string) (err error) {
	if c.anchor, err = open(path, writeParameters(busyTimeout)); err != nil {
		return err
	}
	if c.reads, err = open(path, writeParameters(busyTimeout, "query_only(1)")); err != nil {
		return err
	}
	for _, db := range []*sql.DB{c.anchor, c.reads} {
		var tables int
		// It is this that connects, and makes SQLite open the files beside the database.
		err := queryRow(ctx, db, "SELECT count(*) FROM sqlite_master", nil, &tables)
		if err != nil {
			return withAdvice(path, err)
		}
	}
	return nil
}

// Close closes the connection that writes last, so that it is the one that empties the -wal file.
func (c *connections) Close() (err error) {
	for _, db := range []*sql.DB{c.reads, c.anchor, c.db} {
		if db != nil {
			err = errors.Join(err, db.Close())
		}
	}
	return err
}
