package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"os"

	codes "modernc.org/sqlite/lib"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// markFile returns the statements that mark the file. They are part of the transaction that creates
// the tables.
func markFile(use Use) string {
	return fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;", use, version)
}

// initialize creates the tables of a new file.
func initialize(ctx context.Context, db *sql.DB, use Use) error {
	return inTransaction(ctx, db, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, tableRecords+indexes+tableFeeds+views+markFile(use))
		return err
	})
}

// addedObjects selects the indexes and triggers that somebody else added to what a migration
// recreates.
const addedObjects = `SELECT sql FROM sqlite_master
	WHERE type IN ('index', 'trigger') AND tbl_name IN ('records', 'events') AND sql IS NOT NULL
	AND name NOT IN ('records_by_time', 'records_by_kind', 'records_by_who')`

// SQLite cannot add the column seq to a table, so the migration copies the records. With
// legacy_alter_table, views and triggers that somebody added keep referring to the table's name.
const (
	renameOld   = `PRAGMA legacy_alter_table = ON; DROP VIEW IF EXISTS events; ALTER TABLE records RENAME TO records_1;`
	copyRecords = `
INSERT INTO records (seq, vendor, tenant, feed, key, time, kind, action, outcome, who, address, type, target, message, raw)
	SELECT rowid, vendor, tenant, feed, key, time, kind, action, outcome, who, address, type, target, message, raw
	FROM records_1 ORDER BY rowid;
DROP TABLE records_1;
`
)

// migrate migrates a file from version 1 to version 2, or leaves it at version 1. Meanwhile the
// records are on the disk three times: in the old table, in the new one and in the -wal file.
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
		return fmt.Errorf("the file stays at schema 1, since the migration to schema %d failed: %w", version, err)
	}
	// Otherwise the -wal file would keep its size until the collector ends. A failure does not
	// matter.
	truncateWAL(ctx, db)
	return nil
}

// restrictModes sets the mode 0600. SQLite created the files of version 1, readable for everybody.
// The database comes first, since SQLite creates files beside it with the same mode. Errors are
// ignored: files of another owner, and on a file system without modes, keep their mode.
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
