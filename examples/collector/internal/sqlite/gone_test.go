package sqlite_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

func events(keys ...string) (out []activity.Event) {
	for _, key := range keys {
		out = append(out, activity.Event{Key: key, Raw: []byte(`{"key":"` + key + `"}`)})
	}
	return out
}

func TestAFileThatGoesUnderTheCollector(t *testing.T) {
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
			require.NoError(t, hold(t, sink, feed).Store(t.Context(), events("backup"), checkpoint(t, 9)))
			require.NoError(t, sink.Close())
			require.NoError(t, os.Rename(other, path))
		}, "took the place of"},
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
			require.NoError(t, writer.Store(t.Context(), events("1"), checkpoint(t, 1)))
			tt.harm(t, path)
			err := writer.Store(t.Context(), nil, checkpoint(t, 2))
			require.ErrorIs(t, err, store.ErrGone)
			require.ErrorContains(t, err, tt.says)
			require.ErrorContains(t, err, path)
			assert.Equal(t, text(t, checkpoint(t, 1)), text(t, writer.Checkpoint()))
			require.ErrorIs(t, writer.Store(t.Context(), events("2"), checkpoint(t, 2)), store.ErrGone)
			_, err = sink.DeleteBefore(t.Context(), later)
			require.ErrorIs(t, err, store.ErrGone)
		})
	}
}

func TestAFileThatGoesDuringAWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "activity.db")
	sink := open(t, path)
	writer := hold(t, sink, feed)
	execute(t, path, "CREATE TRIGGER hook AFTER INSERT ON records BEGIN SELECT called_by_test(new.key); END")
	inSQL(t, func() error { return os.Remove(path) })
	require.ErrorIs(t, writer.Store(t.Context(), events("1"), checkpoint(t, 1)), store.ErrGone)
	assert.True(t, writer.Checkpoint().IsZero())
}

// What is in the -wal file stays with the file that it belongs to, and is no part of the one that
// takes its place.
func TestAFileThatIsReplacedIsNotMixedWithTheOldOne(t *testing.T) {
	dir := t.TempDir()
	path, old := filepath.Join(dir, "activity.db"), filepath.Join(dir, "old.db")
	backup := open(t, filepath.Join(dir, "backup.db"))
	require.NoError(t, hold(t, backup, feed).Store(t.Context(), events("backup"), checkpoint(t, 9)))
	require.NoError(t, backup.Close())

	sink := open(t, path)
	writer := hold(t, sink, feed)
	require.NoError(t, writer.Store(t.Context(), events("1", "2", "3"), checkpoint(t, 1)))
	require.NoError(t, os.Rename(path, old))
	require.NoError(t, os.Rename(filepath.Join(dir, "backup.db"), path))
	require.ErrorIs(t, writer.Store(t.Context(), events("4"), checkpoint(t, 2)), store.ErrGone)
	require.NoError(t, sink.Close())

	assert.Equal(t, text(t, checkpoint(t, 9)), text(t, hold(t, open(t, path), feed).Checkpoint()))
	assert.Equal(t, [][]byte{[]byte("backup")}, query(t, path, "SELECT key FROM records"))
	assert.Equal(t, text(t, checkpoint(t, 1)), text(t, hold(t, open(t, old), feed).Checkpoint()))
	assert.Equal(t, [][]byte{[]byte("1"), []byte("2"), []byte("3")}, query(t, old, "SELECT key FROM records"))
}

func TestAfterADeletionItBeginsAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "activity.db")
	sink := open(t, path)
	writer := hold(t, sink, feed)
	require.NoError(t, writer.Store(t.Context(), events("1"), checkpoint(t, 1)))
	require.NoError(t, os.Remove(path))
	require.ErrorIs(t, writer.Store(t.Context(), nil, checkpoint(t, 2)), store.ErrGone)
	require.NoError(t, sink.Close())
	assert.True(t, hold(t, open(t, path), feed).Checkpoint().IsZero())
}
