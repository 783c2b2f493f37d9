package sqlite

import (
	"context"
	"database/sql"
	"fmt"
)

// applicationID marks the file as a collector's, for SQLite and for file(1): "actv".
const applicationID = 0x61637476

// version is that of the schema. A file of a later one is refused.
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
	found, err := inspect(ctx, db)
	switch {
	case err != nil:
		return fmt.Errorf("%s cannot be read as a SQLite file: %w", path, err)
	case found.application == applicationID && found.version == version:
		return nil
	case found.application == applicationID:
		return fmt.Errorf("%s was written by another version of the collector (schema %d, this one knows %d): update the collector, or choose another file",
			path, found.version, version)
	case found.application != 0 || found.objects > 0:
		return fmt.Errorf("%s is a SQLite file of another program: choose another file", path)
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("preparing %s: %w", path, err)
	}
	defer func() { _ = tx.Rollback() }() // does nothing after Commit
	pragmas := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;", applicationID, version)
	if _, err := tx.ExecContext(ctx, schema+pragmas); err != nil {
		return fmt.Errorf("preparing %s: %w", path, err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("preparing %s: %w", path, err)
	}
	return nil
}

type header struct{ application, version, objects int64 }

func inspect(ctx context.Context, db *sql.DB) (h header, err error) {
	for query, field := range map[string]*int64{
		"PRAGMA application_id":              &h.application,
		"PRAGMA user_version":                &h.version,
		"SELECT count(*) FROM sqlite_master": &h.objects,
	} {
		if err := db.QueryRowContext(ctx, query).Scan(field); err != nil {
			return h, err
		}
	}
	return h, nil
}
