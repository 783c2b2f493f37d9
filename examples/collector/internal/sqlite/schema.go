package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	codes "modernc.org/sqlite/lib"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// applicationID marks the file as a collector's, for SQLite and for file(1): "actv".
const applicationID = 0x61637476

// version is that of the schema. A file of any other is refused.
const version = 1

const schema = `
CREATE TABLE records (
	vendor  TEXT NOT NULL,
	tenant  TEXT NOT NULL,
	feed    TEXT NOT NULL,
	key     TEXT NOT NULL,
	time    TEXT,
	kind    TEXT NOT NULL,
	action  TEXT NOT NULL,
	outcome TEXT NOT NULL,
	who     TEXT NOT NULL,
	address TEXT NOT NULL,
	type    TEXT NOT NULL,
	target  TEXT NOT NULL,
	message TEXT NOT NULL,
	raw     TEXT NOT NULL,
	UNIQUE (vendor, tenant, feed, key)
);
CREATE INDEX records_by_time ON records (time);
CREATE INDEX records_by_kind ON records (kind, time);
CREATE INDEX records_by_who ON records (who, time);
CREATE VIEW events AS
	SELECT time, vendor, tenant, kind, action, outcome, who, type, target, address, message, key FROM records;
CREATE TABLE feeds (
	vendor     TEXT NOT NULL,
	tenant     TEXT NOT NULL,
	feed       TEXT NOT NULL,
	checkpoint TEXT NOT NULL,
	stored_at  TEXT NOT NULL,
	PRIMARY KEY (vendor, tenant, feed)
) WITHOUT ROWID;
`

// prepare makes the tables in a new file, and refuses a file that is not a collector's.
func prepare(ctx context.Context, db *sql.DB, path string) error {
	found, err := inspect(ctx, db, path)
	if err != nil {
		return err
	}
	if found == 0 {
		if err := initialize(ctx, db); err != nil {
			return fmt.Errorf("making the tables: %w", explain(path, err))
		}
		return nil
	}
	return examine(ctx, db, path)
}

// initialize makes the tables of a new file.
func initialize(ctx context.Context, db *sql.DB) error {
	return transact(ctx, db, func(tx *sql.Tx) error {
		settings := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;", applicationID, version)
		_, err := tx.ExecContext(ctx, schema+settings)
		return err
	})
}

// inspect returns the version of a collector's file, and 0 for a file without any tables.
func inspect(ctx context.Context, db *sql.DB, path string) (int, error) {
	var application, found, objects int
	for query, field := range map[string]*int{
		"PRAGMA application_id":              &application,
		"PRAGMA user_version":                &found,
		"SELECT count(*) FROM sqlite_master": &objects,
	} {
		err := db.QueryRowContext(ctx, query).Scan(field)
		switch {
		case code(err) == codes.SQLITE_NOTADB:
			return 0, fmt.Errorf("%w: %s is not a SQLite file, or its beginning is damaged: choose another file, or restore a backup", store.ErrRefused, path)
		case err != nil:
			return 0, fmt.Errorf("reading the schema: %w", explain(path, err))
		}
	}
	switch {
	case application == applicationID && found == version:
		return found, nil
	case application == applicationID:
		return 0, fmt.Errorf("%w: %s was written by another version of the collector (schema %d, this one knows %d): update the collector, or choose another file",
			store.ErrRefused, path, found, version)
	case application != 0 || objects > 0:
		return 0, fmt.Errorf("%w: %s is a SQLite file of another program: choose another file", store.ErrRefused, path)
	}
	return 0, nil
}

// transact runs a function in a transaction, which has no effect if the function fails.
func transact(ctx context.Context, db *sql.DB, do func(tx *sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after Commit
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}
