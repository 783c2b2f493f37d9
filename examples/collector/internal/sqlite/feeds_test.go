package sqlite_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

func TestFeeds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "activity.db")
	sink := open(t, path)
	found, err := sink.Feeds(t.Context())
	require.NoError(t, err)
	assert.Empty(t, found)

	both := store.FeedID{Vendor: "opswat", Tenant: "acme", Feed: "scans"}
	recordsAlone := store.FeedID{Vendor: "opswat", Tenant: "other", Feed: "scans"}
	require.NoError(t, hold(t, sink, feed).Store(t.Context(), nil, checkpoint(t, 1)))
	require.NoError(t, hold(t, sink, recordsAlone).Store(t.Context(), events("1"), checkpoint(t, 1)))
	require.NoError(t, hold(t, sink, both).Store(t.Context(), events("1", "2"), checkpoint(t, 1)))
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
