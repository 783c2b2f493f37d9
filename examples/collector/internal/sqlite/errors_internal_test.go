package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	codes "modernc.org/sqlite/lib"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
	"github.com/activity-sdk/activity/examples/collector/test/storetest"
)

func opened(t *testing.T, pragma string) (*Sink, store.Writer) {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "activity.db"), Records)
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	_, err = s.db.ExecContext(t.Context(), pragma)
	require.NoError(t, err)
	w, err := s.Open(t.Context(), store.FeedID{Vendor: "snaplogic"}, nil)
	require.NoError(t, err)
	return s, w
}

func assertPasses(t *testing.T, err error, path, says string) {
	t.Helper()
	require.ErrorContains(t, err, path)
	require.ErrorContains(t, err, says)
	require.NotErrorIs(t, err, store.ErrGone)
	assert.NotErrorIs(t, err, store.ErrRefused)
}

func TestFullDisk(t *testing.T) {
	s, w := opened(t, "PRAGMA max_page_count = 20")
	big := []activity.Event{{Key: "1", Raw: []byte(strings.Repeat("x", 1<<20))}}
	assertPasses(t, w.Store(t.Context(), big, storetest.Checkpoint(1)), s.file.path, "is full: make room")

	// Room was made.
	_, err := s.db.ExecContext(t.Context(), "PRAGMA max_page_count = 4294967294")
	require.NoError(t, err)
	require.NoError(t, w.Store(t.Context(), big, storetest.Checkpoint(1)))
}

func TestLockedFile(t *testing.T) {
	s, w := opened(t, "PRAGMA busy_timeout = 1")
	usual := retryFor
	retryFor = 0
	t.Cleanup(func() { retryFor = usual })
	other, err := sql.Open("sqlite", s.file.path+"?_txlock=immediate")
	require.NoError(t, err)
	defer func() { _ = other.Close() }()
	tx, err := other.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	assertPasses(t, w.Store(t.Context(), nil, storetest.Checkpoint(1)), s.file.path, "another program keeps")
	require.NoError(t, tx.Rollback())
	require.NoError(t, w.Store(t.Context(), nil, storetest.Checkpoint(1)))
}

func TestMissingPermissions(t *testing.T) {
	folder := t.TempDir()
	db, err := open(folder, writeParameters())
	require.NoError(t, err)
	defer func() { _ = db.Close() }()
	err = withAdvice(folder, db.PingContext(t.Context()))
	assertPasses(t, err, folder, "cannot be opened: let the collector read and write")
	assert.NotContains(t, err.Error(), "unable to open")

	s, w := opened(t, "PRAGMA query_only = ON") // as for a file that only others may write to
	assertPasses(t, w.Store(t.Context(), nil, storetest.Checkpoint(1)), s.file.path, "cannot be written to: let the collector")
}

// A container may have no /tmp. The disk and the system's log have nothing to do with it.
func TestNoTemporaryFolder(t *testing.T) {
	err := advise("activity.db", codes.SQLITE_IOERR_GETTEMPPATH, errors.New("disk I/O error (6410)"))
	require.ErrorIs(t, err, store.ErrRefused)
	require.ErrorContains(t, err, "set the environment variable SQLITE_TMPDIR to a folder")
	assert.NotContains(t, err.Error(), "disk")
	require.ErrorContains(t, advise("activity.db", codes.SQLITE_IOERR_READ, errors.New("disk I/O error (266)")), "look at the system's log")
}

func TestCancelledContext(t *testing.T) {
	_, w := opened(t, "PRAGMA user_version")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, w.Store(ctx, nil, storetest.Checkpoint(1)), context.Canceled)
}
