package sqlite_test

import (
	"bufio"
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/examples/collector/internal/sqlite"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
	"github.com/activity-sdk/activity/examples/collector/test/storetest"
)

// schema1 and insert1 are the statements of version 1.
//
//go:embed testdata/schema1.sql
var schema1 string

const insert1 = `INSERT INTO records (vendor, tenant, feed, key, time, kind, action, outcome, who, address, type, target, message, raw)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`

// hook is an index that makes SQLite call a test in the middle of a migration: after the records
// were copied, before the commit.
const hook = "CREATE INDEX somebodys ON records (called_by_test(key))"

// long makes the records large, so that they do not fit into SQLite's cache.
var long = strings.Repeat("x", 3000)

// writeVersion1 writes n records as version 1 did, every tenth of them without a time.
func writeVersion1(t *testing.T, path string, n int, more ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_txlock=immediate")
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	db.SetMaxOpenConns(1)
	_, err = db.ExecContext(t.Context(), schema1+strings.Join(more, ";")+"; PRAGMA application_id = 0x61637476; PRAGMA user_version = 1;")
	require.NoError(t, err)
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	insert, err := tx.PrepareContext(t.Context(), insert1)
	require.NoError(t, err)
	for i := range n {
		at := any(fmt.Sprintf("2026-01-%02dT00:00:00.%09dZ", 1+i%28, i))
		if i%10 == 0 {
			at = nil
		}
		// Keys that are not in the order of storing.
		_, err := insert.ExecContext(t.Context(), "snaplogic", "acme", "activities", fmt.Sprintf("key-%08d", (i*7919)%n), at,
			"update", "asset_update", "success", fmt.Sprintf("user%d", i%50), "203.0.113.7", "Pipeline", "Invoices", "a message",
			fmt.Sprintf("{ \"n\":\t%d, \"big\": 9007199254740993, \"odd\": \"\xff\", \"long\": %q }", i, long))
		require.NoError(t, err)
	}
	_, err = tx.ExecContext(t.Context(), "DELETE FROM records WHERE rowid = 3")
	require.NoError(t, err)
	_, err = tx.ExecContext(t.Context(), "INSERT INTO feeds VALUES ('snaplogic', 'acme', 'activities', ?, 'then')", storetest.Checkpoint(5))
	require.NoError(t, err)
	require.NoError(t, tx.Commit())
}

const (
	columns1 = `vendor, tenant, feed, key, time, kind, action, outcome, who, address, type, target, message, raw`
	rows1    = `SELECT json_array(rowid, vendor, tenant, feed, key, time, kind, action, outcome, who, address, type, target, message, hex(raw)) FROM records ORDER BY rowid`
	feeds1   = `SELECT json_array(vendor, tenant, feed, checkpoint, stored_at) FROM feeds`
	schemaOf = `SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master ORDER BY 1`
)

func TestMigration(t *testing.T) {
	dir := t.TempDir()
	path, fresh := filepath.Join(dir, "old.db"), filepath.Join(dir, "new.db")
	writeVersion1(t, path, 1000)
	rows, stored := query(t, path, rows1), query(t, path, feeds1)
	require.Len(t, rows, 999)

	sink := open(t, path)
	info, err := os.Stat(path + "-wal")
	require.NoError(t, err)
	assert.Zero(t, info.Size())
	assert.Equal(t, rows, query(t, path, rows1))
	assert.Equal(t, stored, query(t, path, feeds1))
	assert.Equal(t, query(t, path, "SELECT rowid FROM records ORDER BY rowid"), query(t, path, "SELECT seq FROM records ORDER BY seq"))
	assert.Equal(t, [][]byte{[]byte("0")}, query(t, path, "SELECT count(*) FROM records WHERE collected_at IS NOT NULL"))
	assert.Equal(t, [][]byte{[]byte("2")}, query(t, path, "PRAGMA user_version"))
	assert.Equal(t, [][]byte{[]byte("ok")}, query(t, path, "PRAGMA integrity_check"))
	open(t, fresh)
	assert.Equal(t, query(t, fresh, schemaOf), query(t, path, schemaOf))

	// A repeated record is recognized, and a new one gets a higher seq.
	writer := hold(t, sink, feed)
	assert.Equal(t, storetest.Checkpoint(5), writer.Checkpoint())
	require.NoError(t, writer.Store(t.Context(), events("key-00000001", "new"), storetest.Checkpoint(6)))
	assert.Equal(t, [][]byte{[]byte("new")}, query(t, path, "SELECT key FROM records WHERE seq > 1000"))
	require.NoError(t, sink.Close())
	open(t, path)
	assert.Equal(t, [][]byte{[]byte("1000")}, query(t, path, "SELECT count(*) FROM records"))
}

// Indexes, triggers and views that somebody added continue to work.
func TestMigrationKeepsAddedObjects(t *testing.T) {
	path := filepath.Join(t.TempDir(), "activity.db")
	writeVersion1(t, path, 20,
		"CREATE TABLE seen (key)",
		"CREATE INDEX by_address ON records (address)",
		"CREATE TRIGGER note AFTER INSERT ON records BEGIN INSERT INTO seen VALUES (new.key); END",
		"CREATE VIEW failures AS SELECT * FROM events WHERE outcome = 'failure'",
		"CREATE VIEW people AS SELECT DISTINCT who FROM records")
	sink := open(t, path)
	assert.Equal(t, [][]byte{[]byte("by_address")}, query(t, path, "SELECT name FROM sqlite_master WHERE name = 'by_address'"))
	require.NoError(t, hold(t, sink, feed).Store(t.Context(), events("new"), storetest.Checkpoint(6)))
	assert.Equal(t, [][]byte{[]byte("21")}, query(t, path, "SELECT count(*) FROM seen"), "each record once, and none by the copy")
	assert.Equal(t, [][]byte{[]byte("0")}, query(t, path, "SELECT count(*) FROM failures"))
	assert.Equal(t, [][]byte{[]byte("20")}, query(t, path, "SELECT count(*) FROM people"))
}

// assertVersion1 fails the test unless the file is as version 1 left it, for version 1 to go on
// with.
func assertVersion1(t *testing.T, path string, schema, rows, stored [][]byte) {
	t.Helper()
	assert.Equal(t, [][]byte{[]byte("1")}, query(t, path, "PRAGMA user_version"))
	assert.Equal(t, schema, query(t, path, schemaOf))
	assert.Equal(t, rows, query(t, path, rows1))
	assert.Equal(t, stored, query(t, path, feeds1))
	assert.Equal(t, [][]byte{[]byte("ok")}, query(t, path, "PRAGMA integrity_check"))
	c, err := sqlite.OpenCheckpoints(t.Context(), path)
	require.NoError(t, err)
	found, err := c.Checkpoint(t.Context(), feed)
	require.NoError(t, err)
	assert.Equal(t, storetest.Checkpoint(5), found)
	execute(t, path, "INSERT INTO records ("+columns1+") VALUES ('v', 't', 'f', 'k', NULL, '', '', '', '', '', '', '', '', '{}'); DELETE FROM records WHERE vendor = 'v'")
}

func TestFailedMigration(t *testing.T) {
	for name, tt := range map[string]struct {
		add     string
		during  func(cancel context.CancelFunc) error
		refused bool
	}{
		"an error in the middle": {hook, func(context.CancelFunc) error { return errors.New("canary") }, true},
		"an interrupt": {hook, func(cancel context.CancelFunc) error {
			cancel()
			return nil
		}, false},
		"somebody's view of that name": {"CREATE VIEW transfers AS SELECT 1", nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "activity.db")
			writeVersion1(t, path, 200, tt.add)
			schema, rows, stored := query(t, path, schemaOf), query(t, path, rows1), query(t, path, feeds1)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if tt.during != nil {
				inSQL(t, func() error { return tt.during(cancel) })
			}
			_, err := sqlite.Open(ctx, path, sqlite.Records)
			require.ErrorContains(t, err, "the file stays at schema 1")
			assert.Equal(t, tt.refused, errors.Is(err, store.ErrRefused), err)
			inSQL(t, nothing)
			assertVersion1(t, path, schema, rows, stored)
			if tt.add == hook {
				open(t, path)
				assert.Equal(t, [][]byte{[]byte("2")}, query(t, path, "PRAGMA user_version"))
				assert.Equal(t, rows, query(t, path, rows1))
			}
		})
	}
}

// If fileToMigrate is set in the environment, the test's binary migrates that file until it is
// killed.
const fileToMigrate = "SQLITE_TEST_FILE_TO_MIGRATE"

func TestMain(m *testing.M) {
	if path := os.Getenv(fileToMigrate); path != "" {
		hang := func() error {
			fmt.Println("in the middle")
			select {}
		}
		calledBySQL.Store(&hang)
		_, err := sqlite.Open(context.Background(), path, sqlite.Records)
		fmt.Println(err)
		return
	}
	os.Exit(m.Run())
}

func TestKilledMigration(t *testing.T) {
	path := filepath.Join(t.TempDir(), "activity.db")
	writeVersion1(t, path, 1500, hook)
	schema, rows, stored := query(t, path, schemaOf), query(t, path, rows1), query(t, path, feeds1)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), fileToMigrate+"="+path)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "in the middle\n", line)
	info, err := os.Stat(path + "-wal")
	require.NoError(t, err)
	require.Positive(t, info.Size(), "nothing of it was written yet")
	require.NoError(t, cmd.Process.Kill())
	require.Error(t, cmd.Wait())

	assertVersion1(t, path, schema, rows, stored)
	open(t, path)
	assert.Equal(t, [][]byte{[]byte("2")}, query(t, path, "PRAGMA user_version"))
	assert.Equal(t, rows, query(t, path, rows1))
}
