package sqlite_test

import (
	"context"
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

func events(keys ...string) (out []activity.Event) {
	for _, key := range keys {
		out = append(out, activity.Event{Key: key, Raw: []byte(`{"key":"` + key + `"}`)})
	}
	return out
}

func TestLostFiles(t *testing.T) {
	for name, tt := range map[string]struct {
		harm func(t *testing.T, path string)
		says string
	}{
		"deleted": {func(t *testing.T, path string) { require.NoError(t, os.Remove(path)) }, "was deleted or moved"},
		"all deleted": {func(t *testing.T, path string) {
			files, err := filepath.Glob(path + "*")
			require.NoError(t, err)
			require.Len(t, files, 4)
			for _, file := range files {
				require.NoError(t, os.Remove(file))
			}
		}, "was deleted or moved"},
		"moved": {func(t *testing.T, path string) { require.NoError(t, os.Rename(path, path+".old")) }, "was deleted or moved"},
		"replaced": {func(t *testing.T, path string) {
			other := filepath.Join(t.TempDir(), "other.db")
			sink := open(t, other)
			require.NoError(t, hold(t, sink, feed).Store(t.Context(), events("backup"), storetest.Checkpoint(9)))
			require.NoError(t, sink.Close())
			require.NoError(t, os.Rename(other, path))
		}, "took the place of"},
		"-wal deleted": {func(t *testing.T, path string) { require.NoError(t, os.Remove(path+"-wal")) }, "-wal was deleted or replaced"},
		"-wal replaced": {func(t *testing.T, path string) {
			require.NoError(t, os.Remove(path+"-wal"))
			require.NoError(t, os.WriteFile(path+"-wal", nil, 0o600))
		}, "-wal was deleted or replaced"},
		"-shm deleted": {func(t *testing.T, path string) { require.NoError(t, os.Remove(path+"-shm")) }, "-shm was deleted or replaced"},
		"lock deleted": {func(t *testing.T, path string) { require.NoError(t, os.Remove(path+".lock")) }, ".lock was deleted or replaced"},
		"lock replaced": {func(t *testing.T, path string) {
			require.NoError(t, os.Remove(path+".lock"))
			require.NoError(t, os.WriteFile(path+".lock", nil, 0o600))
		}, ".lock was deleted or replaced"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "activity.db")
			sink := open(t, path)
			writer := hold(t, sink, feed)
			require.NoError(t, writer.Store(t.Context(), events("1"), storetest.Checkpoint(1)))
			tt.harm(t, path)
			err := writer.Store(t.Context(), nil, storetest.Checkpoint(2))
			require.ErrorIs(t, err, store.ErrGone)
			require.ErrorContains(t, err, tt.says)
			require.ErrorContains(t, err, path)
			assert.Equal(t, storetest.Checkpoint(1), writer.Checkpoint())
			require.ErrorIs(t, writer.Store(t.Context(), events("2"), storetest.Checkpoint(2)), store.ErrGone)
			_, err = sink.DeleteBefore(t.Context(), later)
			require.ErrorIs(t, err, store.ErrGone)
			_, err = sink.Checkpoint(t.Context(), feed)
			require.ErrorIs(t, err, store.ErrGone)
		})
	}
}

func TestFileDeletedDuringWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "activity.db")
	sink := open(t, path)
	writer := hold(t, sink, feed)
	execute(t, path, "CREATE TRIGGER hook AFTER INSERT ON records BEGIN SELECT called_by_test(new.key); END")
	inSQL(t, func() error { return os.Remove(path) })
	require.ErrorIs(t, writer.Store(t.Context(), events("1"), storetest.Checkpoint(1)), store.ErrGone)
	assert.True(t, writer.Checkpoint().IsZero())
}

// The content of the -wal file goes to the database that it belongs to, not to the file that
// replaced it.
func TestReplacedFileIsNotMixedWithOldOne(t *testing.T) {
	dir := t.TempDir()
	path, old := filepath.Join(dir, "activity.db"), filepath.Join(dir, "old.db")
	backup := open(t, filepath.Join(dir, "backup.db"))
	require.NoError(t, hold(t, backup, feed).Store(t.Context(), events("backup"), storetest.Checkpoint(9)))
	require.NoError(t, backup.Close())

	sink := open(t, path)
	writer := hold(t, sink, feed)
	require.NoError(t, writer.Store(t.Context(), events("1", "2", "3"), storetest.Checkpoint(1)))
	require.NoError(t, os.Rename(path, old))
	require.NoError(t, os.Rename(filepath.Join(dir, "backup.db"), path))
	require.ErrorIs(t, writer.Store(t.Context(), events("4"), storetest.Checkpoint(2)), store.ErrGone)
	require.NoError(t, sink.Close())

	assert.Equal(t, storetest.Checkpoint(9), hold(t, open(t, path), feed).Checkpoint())
	assert.Equal(t, [][]byte{[]byte("backup")}, query(t, path, "SELECT key FROM records"))
	assert.Equal(t, storetest.Checkpoint(1), hold(t, open(t, old), feed).Checkpoint())
	assert.Equal(t, [][]byte{[]byte("1"), []byte("2"), []byte("3")}, query(t, old, "SELECT key FROM records"))
}

func TestRestartAfterDeletion(t *testing.T) {
	path := filepath.Join(t.TempDir(), "activity.db")
	sink := open(t, path)
	writer := hold(t, sink, feed)
	require.NoError(t, writer.Store(t.Context(), events("1"), storetest.Checkpoint(1)))
	require.NoError(t, os.Remove(path))
	require.ErrorIs(t, writer.Store(t.Context(), nil, storetest.Checkpoint(2)), store.ErrGone)
	require.NoError(t, sink.Close())
	assert.True(t, hold(t, open(t, path), feed).Checkpoint().IsZero())
}

// The content of a deleted -wal file is moved into the database.
func TestRestartAfterDeletionOfWAL(t *testing.T) {
	path := filepath.Join(t.TempDir(), "activity.db")
	sink := open(t, path)
	writer := hold(t, sink, feed)
	require.NoError(t, writer.Store(t.Context(), events("1", "2"), storetest.Checkpoint(1)))
	require.NoError(t, os.Remove(path+"-wal"))
	require.ErrorIs(t, writer.Store(t.Context(), events("3"), storetest.Checkpoint(2)), store.ErrGone)
	assert.Len(t, query(t, path, "SELECT key FROM records"), 2)
	require.NoError(t, sink.Close())
	assert.Equal(t, storetest.Checkpoint(1), hold(t, open(t, path), feed).Checkpoint())
	assert.Equal(t, [][]byte{[]byte("1"), []byte("2")}, query(t, path, "SELECT key FROM records"))
}

// SQLite truncates the -wal file, other programs open and close the database, and an interrupt
// closes connections. None of this counts as a deletion.
func TestWALIsKept(t *testing.T) {
	dir := t.TempDir()
	link := filepath.Join(dir, "link.db")
	require.NoError(t, os.Symlink("activity.db", link))
	for _, path := range []string{filepath.Join(dir, "activity.db"), link} {
		sink := open(t, path)
		writer := hold(t, sink, feed)
		for n := range 3 {
			release := lock(t, path)
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			require.ErrorIs(t, writer.Store(ctx, nil, storetest.Checkpoint(n)), context.DeadlineExceeded)
			_, err := sink.Checkpoint(ctx, feed)
			require.ErrorIs(t, err, context.DeadlineExceeded)
			cancel()
			release()
			require.NoError(t, writer.Store(t.Context(), many(2000, 4000), storetest.Checkpoint(n)))
			execute(t, path, "PRAGMA wal_checkpoint(TRUNCATE)")
			beside, err := sqlite.OpenCheckpoints(t.Context(), path)
			require.NoError(t, err)
			require.NoError(t, writer.Store(t.Context(), nil, storetest.Checkpoint(n+1)))
			assert.Equal(t, storetest.Checkpoint(n+1), readCheckpoint(t, beside, feed))
			_, err = sink.DeleteBefore(t.Context(), later)
			require.NoError(t, err)
			query(t, path, "VACUUM")
		}
		require.NoError(t, sink.Close())
	}
}
