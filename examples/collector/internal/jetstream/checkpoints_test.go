package jetstream_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/examples/collector/internal/jetstream"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

func TestCheckpointsBesideACollector(t *testing.T) {
	server := natsServer(t)
	_, err := jetstream.OpenCheckpoints(t.Context(), server.URL, jetstream.Options{})
	require.ErrorContains(t, err, "look for bucket ACTIVITY_CHECKPOINTS: there is none: nothing was collected into it yet")

	w := openFeed(t, openSink(t, server.URL, jetstream.Options{}), feed)
	require.NoError(t, w.Store(t.Context(), nil, checkpoint(3)))
	c, err := jetstream.OpenCheckpoints(t.Context(), server.URL, jetstream.Options{})
	require.NoError(t, err)
	found, err := c.Checkpoint(t.Context(), feed)
	require.NoError(t, err)
	assert.Equal(t, checkpoint(3).Watermark(), found.Watermark())
	found, err = c.Checkpoint(t.Context(), store.FeedID{Vendor: "opswat"})
	require.NoError(t, err)
	assert.True(t, found.IsZero())
	require.NoError(t, c.Close())
}
