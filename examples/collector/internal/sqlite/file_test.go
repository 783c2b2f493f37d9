package sqlite_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/sqlite"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
	"github.com/activity-sdk/activity/examples/collector/test/storetest"
)

func TestMissingFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	_, err := sqlite.Open(t.Context(), filepath.Join("no", "such", "folder", "activity.db"), sqlite.Records)
	require.EqualError(t, err, "the folder "+filepath.Join("no", "such", "folder")+" does not exist: make it, or choose another file")
	require.NotErrorIs(t, err, store.ErrRefused) // it may be mounted later
	assert.NoDirExists(t, "no")
}

func TestLinkToNewFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "activity.db")
	require.NoError(t, os.Symlink("target.db", path))
	require.NoError(t, hold(t, open(t, path), feed).Store(t.Context(), nil, storetest.Checkpoint(1)))
	info, err := os.Stat(filepath.Join(dir, "target.db"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode())
}

func TestLinkToItself(t *testing.T) {
	path := filepath.Join(t.TempDir(), "activity.db")
	require.NoError(t, os.Symlink("activity.db", path)) // to itself
	require.NoError(t, os.WriteFile(path+".lock", nil, 0o600))
	_, err := sqlite.Open(t.Context(), path, sqlite.Records)
	require.ErrorContains(t, err, "the file cannot be made: ")
	require.ErrorContains(t, err, path)
	require.NotContains(t, err.Error(), "exists")
	assert.NotErrorIs(t, err, store.ErrRefused)
}

func TestLockIsAnotherFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "activity.db")
	require.NoError(t, os.WriteFile(path+".lock", []byte("the notes of somebody, which are longer than a header of SQLite, "+
		"since nothing shorter than that would be looked at in the first place"), 0o600))
	_, err := sqlite.Open(t.Context(), path, sqlite.Records)
	require.ErrorIs(t, err, store.ErrRefused)
	require.ErrorContains(t, err, path+".lock is not the lock of a collector")
	assert.NoFileExists(t, path)
}

// Names with a meaning for SQLite or in a URL are ordinary file names.
func TestFileNames(t *testing.T) {
	for _, name := range []string{":memory:", "file:a.db", "a?mode=memory", "a%41.db", "ä b#c&d.db"} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			sink := open(t, name)
			require.NoError(t, hold(t, sink, feed).Store(t.Context(), []activity.Event{{Key: "1", Raw: []byte("{}")}}, storetest.Checkpoint(1)))
			require.NoError(t, sink.Close())
			entries, err := os.ReadDir(".")
			require.NoError(t, err)
			require.Len(t, entries, 2)
			assert.Equal(t, name, entries[0].Name())
			assert.Equal(t, name+".lock", entries[1].Name())
			assert.Equal(t, storetest.Checkpoint(1), hold(t, open(t, name), feed).Checkpoint())
		})
	}
}
