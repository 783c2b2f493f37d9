package jetstream_test

import (
	"context"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/examples/collector/internal/jetstream"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
	"github.com/activity-sdk/activity/examples/collector/test/storetest"
)

// many opens the feeds of 150 tenants.
func many(t *testing.T, s *jetstream.Sink) []store.Writer {
	t.Helper()
	writers := make([]store.Writer, 150)
	var wg sync.WaitGroup
	for i := range writers {
		wg.Go(func() {
			var err error
			writers[i], err = s.Open(t.Context(), store.FeedID{Vendor: "v", Tenant: strconv.Itoa(i), Feed: "f"}, nil)
			assert.NoError(t, err)
		})
	}
	wg.Wait()
	require.False(t, t.Failed())
	return writers
}

// A collector of many feeds ends quickly even if the server hangs, whether the feeds are closed in
// parallel or one after the other.
func TestCloseWhileTheServerHangs(t *testing.T) {
	closings := map[string]func(writers []store.Writer){
		"one after the other": func(writers []store.Writer) {
			for _, w := range writers {
				_ = w.Close()
			}
		},
		"at once": func(writers []store.Writer) {
			var wg sync.WaitGroup
			for _, w := range writers {
				wg.Go(func() { _ = w.Close() })
			}
			wg.Wait()
		},
	}
	for name, closing := range closings {
		for _, lease := range []time.Duration{400 * time.Millisecond, 30 * time.Second} { // under renewal, and not
			t.Run(name+" "+lease.String(), func(t *testing.T) {
				server := natsServer(t)
				s := openSink(t, server.URL, jetstream.Options{Lease: lease})
				writers := many(t, s)
				require.NoError(t, server.Suspend())
				<-time.After(lease / 4 % time.Second) // so that renewals are under way
				start := time.Now()
				closing(writers)
				require.NoError(t, s.Close())
				assert.Less(t, time.Since(start), 600*time.Millisecond)
				t.Log(time.Since(start))
			})
		}
	}
}

// Store ends with its context.
func TestStoreEndsWhileTheServerHangs(t *testing.T) {
	server := natsServer(t)
	s := openSink(t, server.URL, jetstream.Options{})
	w := openFeed(t, s, feed)
	require.NoError(t, server.Suspend())
	ctx, cancel := context.WithCancel(t.Context())
	failed := make(chan error)
	go func() { failed <- w.Store(ctx, rows(0, 5000), storetest.Checkpoint(5000)) }()
	<-time.After(200 * time.Millisecond)
	start := time.Now()
	cancel()
	require.Error(t, <-failed)
	require.NoError(t, w.Close())
	require.NoError(t, s.Close())
	assert.Less(t, time.Since(start), 600*time.Millisecond)
}

// Open ends with its context.
func TestOpenEndsWhileTheServerHangs(t *testing.T) {
	server := natsServer(t)
	require.NoError(t, server.Suspend())
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := jetstream.Open(ctx, server.URL, jetstream.Options{})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.NotErrorIs(t, err, store.ErrRefused)
	assert.Less(t, time.Since(start), 300*time.Millisecond)
}

// After the server hung and answers again, leases are released again.
func TestCloseAfterTheServerHung(t *testing.T) {
	const lease = 4 * time.Second
	server := natsServer(t)
	s := openSink(t, server.URL, jetstream.Options{Lease: lease})
	writers := many(t, s)
	require.NoError(t, server.Suspend())
	require.NoError(t, writers[0].Close(), "nobody answers")
	require.NoError(t, server.Resume())
	<-time.After(lease / 2) // two renewals
	start := time.Now()
	for _, w := range writers[1:] {
		require.NoError(t, w.Close())
	}
	t.Log("closed in", time.Since(start))
	start = time.Now()
	for _, w := range many(t, openSink(t, server.URL, jetstream.Options{Lease: time.Minute})) {
		require.NoError(t, w.Close())
	}
	assert.Less(t, time.Since(start), lease/2, "all leases are free")
}
