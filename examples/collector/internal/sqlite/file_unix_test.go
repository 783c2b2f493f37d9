//go:build unix

package sqlite_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/test/storetest"
)

// permissive sets the umask to 0 until the test ends. The tests of this package do not run in
// parallel, and none leaves a goroutine that creates files.
func permissive(t *testing.T) {
	t.Helper()
	old := syscall.Umask(0)
	t.Cleanup(func() { syscall.Umask(old) })
}

func modes(t *testing.T, dir string) map[string]os.FileMode {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	modes := map[string]os.FileMode{}
	for _, e := range entries {
		info, err := e.Info()
		require.NoError(t, err)
		modes[e.Name()] = info.Mode()
	}
	return modes
}

func TestModeOfNewFile(t *testing.T) {
	for _, name := range []string{"activity.db", "a b?c#d%e-wal.db", "-"} {
		t.Run(name, func(t *testing.T) {
			permissive(t)
			dir := t.TempDir()
			sink := open(t, filepath.Join(dir, name))
			require.NoError(t, hold(t, sink, feed).Store(t.Context(), []activity.Event{{Key: "1", Raw: []byte("{}")}}, storetest.Checkpoint(1)))
			assert.Equal(t, map[string]os.FileMode{name: 0o600, name + "-wal": 0o600, name + "-shm": 0o600, name + ".lock": 0o600}, modes(t, dir))
		})
	}
}

func TestModeOfExistingFile(t *testing.T) {
	permissive(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "activity.db")
	require.NoError(t, open(t, path).Close())
	require.NoError(t, os.Chmod(path, 0o640))
	require.NoError(t, os.Chmod(path+".lock", 0o644))
	sink := open(t, path)
	require.NoError(t, hold(t, sink, feed).Store(t.Context(), nil, storetest.Checkpoint(1)))
	assert.Equal(t, map[string]os.FileMode{"activity.db": 0o640, "activity.db-wal": 0o640, "activity.db-shm": 0o640, "activity.db.lock": 0o644}, modes(t, dir))
}

// Everybody could read the files of version 1.
func TestModeOfMigratedFile(t *testing.T) {
	permissive(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "activity.db")
	writeVersion1(t, path, 10)
	require.NoError(t, os.WriteFile(path+".lock", nil, 0o644))
	for _, name := range []string{path, path + ".lock"} {
		require.NoError(t, os.Chmod(name, 0o644))
	}
	sink := open(t, path)
	require.NoError(t, hold(t, sink, feed).Store(t.Context(), events("1"), storetest.Checkpoint(6)))
	assert.Equal(t, map[string]os.FileMode{"activity.db": 0o600, "activity.db-wal": 0o600, "activity.db-shm": 0o600,
		"activity.db.lock": 0o600}, modes(t, dir))

	// A mode that was changed after the migration is kept.
	require.NoError(t, sink.Close())
	require.NoError(t, os.Chmod(path, 0o640))
	open(t, path)
	assert.Equal(t, os.FileMode(0o640), modes(t, dir)["activity.db"])
}
