package sqlite_test

import (
	"context"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/sqlite"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
	"github.com/activity-sdk/activity/examples/collector/test/storetest"
)

var feed = store.FeedID{Vendor: "snaplogic", Tenant: "acme", Feed: "activities"}

func open(t *testing.T, path string) *sqlite.Sink {
	t.Helper()
	sink, err := sqlite.Open(t.Context(), path, sqlite.Records)
	require.NoError(t, err)
	t.Cleanup(func() { _ = sink.Close() }) // some tests close it before
	return sink
}

func hold(t *testing.T, sink *sqlite.Sink, feed store.FeedID) store.Writer {
	t.Helper()
	writer, err := sink.Open(t.Context(), feed, nil)
	require.NoError(t, err)
	return writer
}

func query(t *testing.T, path, statement string) (out [][]byte) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+url.PathEscape(path)+"?_pragma=busy_timeout(10000)") // a connection that was interrupted closes on its own time
	require.NoError(t, err)
	defer func() { _ = db.Close() }()
	rows, err := db.QueryContext(t.Context(), statement)
	require.NoError(t, err)
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var value []byte
		require.NoError(t, rows.Scan(&value))
		out = append(out, value)
	}
	require.NoError(t, rows.Err())
	return out
}

func execute(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	defer func() { _ = db.Close() }()
	_, err = db.ExecContext(t.Context(), statement)
	require.NoError(t, err)
}

func TestRecordsAndCheckpointAreStoredTogether(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b?c#d%e.db")
	sink := open(t, path)
	writer := hold(t, sink, feed)
	assert.Equal(t, activity.Checkpoint{}, writer.Checkpoint())

	raw := []byte("{ \"a\" :\t1e0, \"b\":\"\\u0026 \xff 日本\", \"n\":9007199254740993 }")
	at := time.Date(2026, 1, 31, 23, 59, 59, 1000, time.FixedZone("", 3600))
	rows := []activity.Event{
		{Key: "1", Time: at, Action: "asset_update", Kind: activity.KindUpdate, Actor: activity.Actor{Email: "ada@example.com", Address: "203.0.113.7"},
			Target: activity.Target{Type: "Pipeline", Name: "Invoices", Path: "/acme/Invoices"}, Message: "ada updated it", Raw: raw},
		{Key: "2", Raw: []byte("{}")},
	}
	require.NoError(t, writer.Store(t.Context(), rows, storetest.Checkpoint(1)))
	// Read while it is being written to.
	assert.Equal(t, [][]byte{raw, []byte("{}")}, query(t, path, "SELECT raw FROM records ORDER BY key"))
	assert.Equal(t, [][]byte{[]byte("2026-01-31T22:59:59.000001000Z"), nil}, query(t, path, "SELECT time FROM records ORDER BY key"))
	assert.Equal(t, [][]byte{[]byte("9007199254740993")}, query(t, path, "SELECT json_extract(raw, '$.n') FROM records WHERE who = 'ada@example.com'"))
	assert.Equal(t, [][]byte{[]byte("2026-01-31 22:59:59")}, query(t, path, "SELECT datetime(time) FROM records WHERE action = 'asset_update'"))

	assert.Equal(t, [][]byte{[]byte("snaplogic acme update asset_update ada@example.com Pipeline /acme/Invoices 203.0.113.7 ada updated it 1")},
		query(t, path, `SELECT concat_ws(' ', vendor, tenant, kind, action, who, type, target, address, message, key) FROM events WHERE kind = 'update'`))

	// Repeated records are recognized, also together with new ones. The same keys in another feed
	// are other records.
	require.NoError(t, writer.Store(t.Context(), append(rows, activity.Event{Key: "3", Raw: []byte("[]")}), storetest.Checkpoint(2)))
	require.NoError(t, writer.Close())
	other := hold(t, sink, store.FeedID{Vendor: "snaplogic", Tenant: "other", Feed: "activities"})
	require.NoError(t, other.Store(t.Context(), rows, storetest.Checkpoint(3)))
	require.NoError(t, sink.Close())

	sink = open(t, path)
	assert.Equal(t, storetest.Checkpoint(2), hold(t, sink, feed).Checkpoint())
	assert.Equal(t, [][]byte{[]byte("5")}, query(t, path, "SELECT count(*) FROM records"))
}

func TestSeq(t *testing.T) {
	path := filepath.Join(t.TempDir(), "activity.db")
	writer := hold(t, open(t, path), feed)
	began := time.Now()
	require.NoError(t, writer.Store(t.Context(), events("b", "c"), storetest.Checkpoint(1)))
	require.NoError(t, writer.Store(t.Context(), events("c", "a", "b", "d"), storetest.Checkpoint(2)))
	assert.Equal(t, "b c a d", string(query(t, path, "SELECT group_concat(key, ' ') FROM (SELECT key FROM events ORDER BY seq)")[0]))
	last := query(t, path, "SELECT collected_at FROM events WHERE key = 'd'")[0]
	at, err := time.Parse("2006-01-02T15:04:05.000000000Z", string(last))
	require.NoError(t, err)
	assert.WithinRange(t, at, began, time.Now())
	assert.Equal(t, [][]byte{[]byte("1")}, query(t, path, "SELECT (SELECT collected_at FROM events WHERE key = 'b') < '"+string(last)+"'"))
}

func TestFailedWriteStoresNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "activity.db")
	sink := open(t, path)
	writer := hold(t, sink, feed)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, writer.Store(ctx, []activity.Event{{Key: "1", Raw: []byte("{}")}}, storetest.Checkpoint(1)), context.Canceled)
	assert.Equal(t, activity.Checkpoint{}, writer.Checkpoint())

	execute(t, path, "CREATE TRIGGER refuse BEFORE INSERT ON feeds BEGIN SELECT RAISE(ABORT, 'no'); END")
	require.ErrorContains(t, writer.Store(t.Context(), []activity.Event{{Key: "1", Raw: []byte("{}")}}, storetest.Checkpoint(1)), "storing the checkpoint")
	assert.Equal(t, [][]byte{[]byte("0")}, query(t, path, "SELECT count(*) FROM records"))
}

func TestOneCollectorAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "activity.db")
	first := open(t, path)
	_, err := sqlite.Open(t.Context(), path, sqlite.Records)
	require.ErrorIs(t, err, sqlite.ErrInUse)
	require.NotErrorIs(t, err, store.ErrRefused) // who follows waits for its turn
	require.ErrorContains(t, err, path)
	require.NoError(t, first.Close())
	open(t, path)
}

func TestOneWriterPerFeed(t *testing.T) {
	sink := open(t, filepath.Join(t.TempDir(), "activity.db"))
	first := hold(t, sink, feed)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, err := sink.Open(ctx, feed, nil)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	hold(t, sink, store.FeedID{Vendor: "opswat"})

	opened := make(chan store.Writer)
	go func() {
		second, err := sink.Open(t.Context(), feed, nil)
		assert.NoError(t, err)
		opened <- second
	}()
	require.NoError(t, first.Store(t.Context(), nil, storetest.Checkpoint(7)))
	require.NoError(t, first.Close())
	assert.Equal(t, storetest.Checkpoint(7), (<-opened).Checkpoint())
	require.NoError(t, first.Close()) // does no harm
}

func TestForeignFiles(t *testing.T) {
	prepare := func(statement string) func(t *testing.T, path string) {
		return func(t *testing.T, path string) { execute(t, path, statement) }
	}
	for name, tt := range map[string]struct {
		prepare func(t *testing.T, path string)
		says    string
	}{
		"no SQLite":       {func(t *testing.T, path string) { require.NoError(t, os.WriteFile(path, make([]byte, 5000), 0o600)) }, "is not a SQLite file"},
		"another program": {prepare("CREATE TABLE t (a)"), "of another program"},
		"another's id":    {prepare("PRAGMA application_id = 5; VACUUM"), "of another program"},
		"later schema": {func(t *testing.T, path string) {
			require.NoError(t, open(t, path).Close())
			prepare("PRAGMA user_version = 99")(t, path)
		}, "schema 99, this one knows 1 and 2"},
		"a directory": {func(t *testing.T, path string) { require.NoError(t, os.Mkdir(path, 0o700)) }, "is not a regular file"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "activity.db")
			tt.prepare(t, path)
			_, err := sqlite.Open(t.Context(), path, sqlite.Records)
			require.ErrorIs(t, err, store.ErrRefused)
			require.ErrorContains(t, err, tt.says)
			require.ErrorContains(t, err, path)
			_, err = sqlite.OpenCheckpoints(t.Context(), path)
			require.ErrorIs(t, err, store.ErrRefused)
			assert.ErrorContains(t, err, tt.says)
		})
	}
}

func TestDurability(t *testing.T) {
	path := filepath.Join(t.TempDir(), "activity.db")
	open(t, path)
	assert.Equal(t, [][]byte{[]byte("wal")}, query(t, path, "PRAGMA journal_mode"))
}

func TestFeeds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "activity.db")
	sink := open(t, path)
	found, err := sink.Feeds(t.Context())
	require.NoError(t, err)
	assert.Empty(t, found)

	both := store.FeedID{Vendor: "opswat", Tenant: "acme", Feed: "scans"}
	recordsAlone := store.FeedID{Vendor: "opswat", Tenant: "other", Feed: "scans"}
	require.NoError(t, hold(t, sink, feed).Store(t.Context(), nil, storetest.Checkpoint(1)))
	require.NoError(t, hold(t, sink, recordsAlone).Store(t.Context(), events("1"), storetest.Checkpoint(1)))
	require.NoError(t, hold(t, sink, both).Store(t.Context(), events("1", "2"), storetest.Checkpoint(1)))
	execute(t, path, "DELETE FROM feeds WHERE tenant = 'other'")
	found, err = sink.Feeds(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []store.FeedID{both, recordsAlone, feed}, found)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = sink.Feeds(ctx)
	require.ErrorIs(t, err, context.Canceled)
	require.NoError(t, os.Remove(path))
	_, err = sink.Feeds(t.Context())
	require.ErrorIs(t, err, store.ErrGone)
}
