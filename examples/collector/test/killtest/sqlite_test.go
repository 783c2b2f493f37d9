package killtest_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // the driver

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// sqliteFile is the destination sqlite.
type sqliteFile struct{ path string }

func newSQLiteFile(t *testing.T) destination {
	t.Helper()
	return sqliteFile{filepath.Join(t.TempDir(), "activity.db")}
}

func (f sqliteFile) flags() []string { return []string{"-db", f.path} }

func (f sqliteFile) records(t *testing.T) collection {
	t.Helper()
	db, err := sql.Open("sqlite", f.path)
	require.NoError(t, err)
	defer func() { _ = db.Close() }()
	var health string
	require.NoError(t, db.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&health))
	require.Equal(t, "ok", health)
	rows, err := db.QueryContext(t.Context(), "SELECT vendor, tenant, feed, raw FROM records")
	require.NoError(t, err)
	defer func() { _ = rows.Close() }()
	all := collection{}
	for rows.Next() {
		var feed store.FeedID
		var raw []byte
		require.NoError(t, rows.Scan(&feed.Vendor, &feed.Tenant, &feed.Feed, &raw))
		all.add(feed, string(raw))
	}
	require.NoError(t, rows.Err())
	return all
}
