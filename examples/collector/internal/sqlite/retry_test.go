package sqlite_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/examples/collector/internal/sqlite"
	"github.com/activity-sdk/activity/examples/collector/test/storetest"
)

// lock locks a file for writing until release is called.
func lock(t *testing.T, path string) (release func()) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	return func() { require.NoError(t, tx.Rollback()) }
}

func TestCancelWhileFileIsLocked(t *testing.T) {
	dir := t.TempDir()
	path, fresh, old := filepath.Join(dir, "activity.db"), filepath.Join(dir, "new.db"), filepath.Join(dir, "old.db")
	sink := open(t, path)
	writer := hold(t, sink, feed)
	writeVersion1(t, old, 10)
	opening := func(path string) func(ctx context.Context) error {
		return func(ctx context.Context) error {
			_, err := sqlite.Open(ctx, path, sqlite.Records)
			return err
		}
	}
	for name, tt := range map[string]struct {
		path string
		call func(ctx context.Context) error
	}{
		"storing": {path, func(ctx context.Context) error {
			return writer.Store(ctx, events("1"), storetest.Checkpoint(1))
		}},
		"deleting": {path, func(ctx context.Context) error {
			_, err := sink.DeleteBefore(ctx, later)
			return err
		}},
		"opening a new file": {fresh, opening(fresh)},
		"opening an old one": {old, opening(old)},
	} {
		t.Run(name, func(t *testing.T) {
			release := lock(t, tt.path)
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			began := time.Now()
			require.ErrorIs(t, tt.call(ctx), context.DeadlineExceeded)
			assert.Less(t, time.Since(began), 2*time.Second) // SQLite would wait for 10
			release()
			require.NoError(t, tt.call(t.Context()))
		})
	}
}

func TestStoreWaitsForLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "activity.db")
	writer := hold(t, open(t, path), feed)
	release := lock(t, path)
	stored := make(chan error)
	go func() { stored <- writer.Store(t.Context(), events("1"), storetest.Checkpoint(1)) }()
	select {
	case err := <-stored:
		require.NoError(t, err)
		require.Fail(t, "it did not wait")
	case <-time.After(300 * time.Millisecond): // longer than SQLite itself waits
	}
	release()
	require.NoError(t, <-stored)
	assert.Equal(t, storetest.Checkpoint(1), writer.Checkpoint())
}
