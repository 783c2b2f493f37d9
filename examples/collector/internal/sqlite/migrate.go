package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"os"

	codes "modernc.org/sqlite/lib"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// markFile are what marks the file, which is part of the transaction that makes the tables.
func markFile(use Use) string {
	return fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;", use, version)
}

// initialize makes the tables of a new file.
func initialize(ctx context.Context, db *sql.DB, use Use) error {
	return inTransaction(ctx, db, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, tableRecords+indexes+tableFeeds+views+markFile(use))
		return err
	})
}

// addedObjects are indexes and triggers that somebody else made for what a migration makes again.
const addedObjects = `SELECT sql FROM sqlite_master
	WHERE type IN ('index', 'trigger') AND tbl_name IN ('records', 'events') AND sql IS NOT NULL
	AND name NOT IN ('records_by_time', 'records_by_kind', 'records_by_who')`

// A column that numbers the rows cannot be added to a table, so that the records are copied. With
// legacy_alter_table, views and triggers that somebody made go on meaning the table of that name.
const (
	renameOld   = `PRAGMA legacy_alter_table = ON; DROP VIEW IF EXISTS events; ALTER TABLE records RENAME TO records_1;`
	copyRecords = `
INSERT INTO records (seq, vendor, tenant, feed, key, time, kind, action, outcome, who, address, type, target, message, raw)
	SELECT rowid, vendor, tenant, feed, key, time, kind, action, outcome, who, address, type, target, message, raw
	FROM records_1 ORDER BY rowid;
DROP TABLE records_1;
`
)

// migrate brings a file from version 1 to version 2, or leaves it as it is. For a while the records
// are on the disk three times: in the old table, in the new one and in the -wal file.
func migrate(ctx context.Context, db *sql.DB, path string) error {
	restrictModes(path)
	err := inTransaction(ctx, db, func(tx *sql.Tx) error {
		others, err := queryTexts(ctx, tx, addedObjects)
		if err != nil {
			return err
		}
		statements := append([]string{renameOld, tableRecords, copyRecords, indexes, views}, others...)
		for _, statement := range append(statements, markFile(Records), "PRAGMA legacy_alter_table = OFF") {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
	switch code(err) {
	case codes.SQLITE_OK:
	case codes.SQLITE_ERROR, codes.SQLITE_CONSTRAINT:
		err = fmt.Errorf("%w: %s has something that another program added, and which is in the way: remove it: %w", store.ErrRefused, path, err)
	default:
		err = withAdvice(path, err)
	}
	if err != nil {
		return fmt.Errorf("the file stays at schema 1, since bringing it to schema %d failed: %w", version, err)
	}
	// The -wal file would keep its size until the collector ends. That it is shortened is not
	// necessary.
	truncateWAL(ctx, db)
	return nil
}

// restrictModes makes the files their owner's alone. Version 1 let SQLite make them, which lets everybody
// read them. The database is first: files that SQLite makes beside it now get its mode. Files of
// another owner, and those on a file system without modes, stay as they are, which is no reason not
// to collect.
func restrictModes(path string) {
	file := resolveLink(path)
	for _, name := range []string{file, file + "-wal", file + "-shm", path + ".lock"} {
		_ = os.Chmod(name, 0o600)
	}
}

func queryTexts(ctx context.Context, tx *sql.Tx, query string) (out []string, err error) {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		out = append(out, text)
	}
	return out, rows.Err()
}
