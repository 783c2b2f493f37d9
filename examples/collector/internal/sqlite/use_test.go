package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/examples/collector/internal/sqlite"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// A file for one use is refused for the other, and stays as it is.
func TestTheUseOfAFile(t *testing.T) {
	for name, tt := range map[string]struct {
		use, other sqlite.Use
		version1   bool
		says       string
	}{
		"records":                {sqlite.Records, sqlite.CheckpointsAlone, false, "choose another file for the checkpoints"},
		"records of version 1":   {sqlite.Records, sqlite.CheckpointsAlone, true, "choose another file for the checkpoints"},
		"checkpoints of records": {sqlite.CheckpointsAlone, sqlite.Records, false, "choose another file for records"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "activity.db")
			if tt.version1 {
				writeVersion1(t, path, 10)
			} else {
				sink, err := sqlite.Open(t.Context(), path, tt.use)
				require.NoError(t, err)
				require.NoError(t, hold(t, sink, feed).Store(t.Context(), nil, checkpoint(t, 5)))
				require.NoError(t, sink.Close())
			}
			before := query(t, path, "PRAGMA user_version")
			_, err := sqlite.Open(t.Context(), path, tt.other)
			require.ErrorIs(t, err, store.ErrRefused)
			require.ErrorContains(t, err, path)
			require.ErrorContains(t, err, tt.says)
			assert.Equal(t, before, query(t, path, "PRAGMA user_version"))

			beside, err := sqlite.OpenCheckpoints(t.Context(), path)
			require.NoError(t, err)
			assert.Equal(t, text(t, checkpoint(t, 5)), text(t, readCheckpoint(t, beside, feed)))
			sink, err := sqlite.Open(t.Context(), path, tt.use)
			require.NoError(t, err)
			require.NoError(t, sink.Close())
		})
	}
}
