// Package recordedtest writes files for tests, as the collector does.
package recordedtest

import (
	"cmp"
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // the driver

	"github.com/activity-sdk/activity"
)

// Version is the current version of the collector's schema.
const Version = 2

const columns = `
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
	UNIQUE (vendor, tenant, feed, key)`

// Write creates a file with events, in a version of the schema, and returns its path. As with a
// running collector, the connection stays open until the test ends: some records are in the file's
// -wal.
func Write(t *testing.T, version int, events ...activity.Event) (path string, db *sql.DB) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "activity.db")
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	db.SetMaxOpenConns(1)
	first := ""
	if version >= 2 {
		first = "seq INTEGER PRIMARY KEY AUTOINCREMENT, collected_at TEXT NOT NULL DEFAULT '2026-01-02T15:04:05.000000000Z',"
	}
	for _, statement := range []string{
		"PRAGMA journal_mode = WAL", "PRAGMA application_id = 1633907830", fmt.Sprintf("PRAGMA user_version = %d", version),
		"CREATE TABLE records (" + first + columns + ")", "CREATE INDEX records_by_time ON records (time)",
	} {
		_, err := db.ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
	Insert(t, db, events...)
	return path, db
}

// Insert adds events to a file.
func Insert(t *testing.T, db *sql.DB, events ...activity.Event) {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	insert, err := tx.PrepareContext(t.Context(), `INSERT INTO records
		(vendor, tenant, feed, key, time, kind, action, outcome, who, address, type, target, message, raw)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	require.NoError(t, err)
	for _, e := range events {
		_, err := insert.ExecContext(t.Context(), e.Vendor, e.Tenant, e.Feed, e.Key, column(e.Time), string(e.Kind), e.Action, string(e.Outcome),
			cmp.Or(e.Actor.Email, e.Actor.Name, e.Actor.ID), e.Actor.Address, e.Target.Type, cmp.Or(e.Target.Path, e.Target.Name, e.Target.ID),
			e.Message, string(e.Raw))
		require.NoError(t, err)
	}
	require.NoError(t, tx.Commit())
}

func column(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return at.UTC().Format("2006-01-02T15:04:05.000000000Z")
}
