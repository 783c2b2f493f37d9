package jetstream_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/examples/collector/internal/jetstream"
)

// Who opens a feed hears again and again that another collector holds it, and not any more once it
// is free.
func TestStandby(t *testing.T) {
	o := jetstream.Options{Lease: 500 * time.Millisecond}
	server := natsServer(t)
	first, second := openSink(t, server.URL, o), openSink(t, server.URL, o)
	var calls atomic.Int32
	standby := func() { calls.Add(1) }
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()

	held, err := first.Open(ctx, feed, standby)
	require.NoError(t, err)
	require.Zero(t, calls.Load(), "the feed was free")

	opened := make(chan error)
	go func() {
		w, err := second.Open(ctx, feed, standby)
		if err == nil {
			err = w.Close()
		}
		opened <- err
	}()
	require.Eventually(t, func() bool { return calls.Load() >= 5 }, 10*time.Second, time.Millisecond)
	require.NoError(t, held.Close())
	require.NoError(t, <-opened)

	before := calls.Load()
	_, err = first.Open(ctx, feed, standby)
	require.NoError(t, err)
	assert.Equal(t, before, calls.Load())
}
