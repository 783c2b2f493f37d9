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

func readCheckpoint(t *testing.T, c store.Checkpoints, feed store.FeedID) activity.Checkpoint {
	t.Helper()
	found, err := c.Checkpoint(t.Context(), feed)
	require.NoError(t, err)
	return found
}

func names(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestOpenCheckpoints(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "activity.db")
	sink := open(t, path)
	writer := hold(t, sink, feed)
	c, err := sqlite.OpenCheckpoints(t.Context(), path)
	require.NoError(t, err)
	assert.True(t, readCheckpoint(t, c, feed).IsZero())
	for n := range 3 {
		require.NoError(t, writer.Store(t.Context(), nil, storetest.Checkpoint(n)))
		assert.Equal(t, storetest.Checkpoint(n), readCheckpoint(t, c, feed))
		assert.True(t, readCheckpoint(t, c, store.FeedID{Vendor: "opswat"}).IsZero())
	}
	require.NoError(t, sink.Close())

	// And when the collector has ended, without a trace beside the file.
	before := names(t, dir)
	assert.Equal(t, []string{"activity.db", "activity.db.lock"}, before)
	assert.Equal(t, storetest.Checkpoint(2), readCheckpoint(t, c, feed))
	assert.Equal(t, before, names(t, dir))

	// And when the next one has begun.
	require.NoError(t, hold(t, open(t, path), feed).Store(t.Context(), nil, storetest.Checkpoint(7)))
	assert.Equal(t, storetest.Checkpoint(7), readCheckpoint(t, c, feed))
	require.NoError(t, c.Close())
}

// After a crash, the last checkpoint is in the -wal file.
func TestCheckpointsAfterCrash(t *testing.T) {
	dir, crashed := t.TempDir(), t.TempDir()
	sink := open(t, filepath.Join(dir, "activity.db"))
	require.NoError(t, hold(t, sink, feed).Store(t.Context(), nil, storetest.Checkpoint(3)))
	require.NoError(t, os.CopyFS(crashed, os.DirFS(dir)))
	before := names(t, crashed)
	require.Len(t, before, 4)
	c, err := sqlite.OpenCheckpoints(t.Context(), filepath.Join(crashed, "activity.db"))
	require.NoError(t, err)
	assert.Equal(t, storetest.Checkpoint(3), readCheckpoint(t, c, feed))
	assert.Equal(t, before, names(t, crashed))
}

func TestCheckpointsOfVersion1(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "activity.db")
	writeVersion1(t, path, 10)
	c, err := sqlite.OpenCheckpoints(t.Context(), path)
	require.NoError(t, err)
	assert.Equal(t, storetest.Checkpoint(5), readCheckpoint(t, c, feed))
	assert.Equal(t, []string{"activity.db"}, names(t, dir))
	assert.Equal(t, [][]byte{[]byte("1")}, query(t, path, "PRAGMA user_version"))
}

func TestCheckpointsOfMissingFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "activity.db")
	for range 2 { // a missing file, and one that a collector was killed before it made the tables of
		_, err := sqlite.OpenCheckpoints(t.Context(), path)
		require.ErrorContains(t, err, path)
		require.ErrorContains(t, err, "nothing was collected into it yet")
		require.NotErrorIs(t, err, store.ErrRefused)
		require.NoError(t, os.WriteFile(path, nil, 0o600))
	}
	assert.Equal(t, []string{"activity.db"}, names(t, dir))
}

func TestCheckpointsOfDamagedFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "activity.db")
	require.NoError(t, open(t, path).Close())
	damage(t, path, 1, 2, 3, 4, 5, 6, 7, 8)
	c, err := sqlite.OpenCheckpoints(t.Context(), path)
	require.NoError(t, err)
	_, err = c.Checkpoint(t.Context(), feed)
	require.ErrorIs(t, err, store.ErrGone)
}

// An invalid checkpoint is refused. The feed must neither start over silently nor retry forever.
func TestInvalidCheckpoint(t *testing.T) {
	for _, stored := range []string{"'{}'", "'" + `{"v":99}` + "'", "x'00'", "''", "'null'", "5"} {
		t.Run(stored, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "activity.db")
			sink := open(t, path)
			writer := hold(t, sink, feed)
			require.NoError(t, writer.Store(t.Context(), events("1"), storetest.Checkpoint(1)))
			require.NoError(t, writer.Close())
			execute(t, path, "UPDATE feeds SET checkpoint = "+stored)
			beside, err := sqlite.OpenCheckpoints(t.Context(), path)
			require.NoError(t, err)
			for _, ask := range []func() (any, error){
				func() (any, error) { return sink.Open(t.Context(), feed, nil) },
				func() (any, error) { return sink.Checkpoint(t.Context(), feed) },
				func() (any, error) { return beside.Checkpoint(t.Context(), feed) },
			} {
				_, err := ask()
				require.ErrorIs(t, err, store.ErrRefused)
				require.ErrorContains(t, err, "the checkpoint of snaplogic/acme/activities in "+path+" cannot be read")
				require.ErrorContains(t, err, "delete the feed's row in the table feeds")
			}
			execute(t, path, "DELETE FROM feeds")
			assert.True(t, hold(t, sink, feed).Checkpoint().IsZero())
		})
	}
}

// Checkpoints can be read while a writer waits.
func TestCheckpointsWhileAWriterWaits(t *testing.T) {
	path := filepath.Join(t.TempDir(), "activity.db")
	sink := open(t, path)
	writer := hold(t, sink, feed)
	require.NoError(t, writer.Store(t.Context(), nil, storetest.Checkpoint(1)))
	execute(t, path, "CREATE TRIGGER hook AFTER INSERT ON records BEGIN SELECT called_by_test(new.key); END")
	waiting, goOn := make(chan bool), make(chan bool)
	inSQL(t, func() error {
		close(waiting)
		<-goOn
		return nil
	})
	stored := make(chan error)
	go func() { stored <- writer.Store(t.Context(), events("1"), storetest.Checkpoint(2)) }()
	<-waiting
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	found, err := sink.Checkpoint(ctx, feed)
	close(goOn)
	require.NoError(t, err)
	assert.Equal(t, storetest.Checkpoint(1), found)
	require.NoError(t, <-stored)
	found, err = sink.Checkpoint(t.Context(), feed)
	require.NoError(t, err)
	assert.Equal(t, storetest.Checkpoint(2), found)
}
