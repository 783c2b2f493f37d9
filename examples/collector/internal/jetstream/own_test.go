package jetstream_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/examples/collector/internal/jetstream"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

const leaseKey = "lease.snaplogic.acme.activities"

// holder is who holds the feed's lease according to its entry.
func holder(t *testing.T, url string) string {
	t.Helper()
	entry, err := bucket(t, url).Get(t.Context(), leaseKey)
	require.NoError(t, err)
	var claim struct{ Holder string }
	require.NoError(t, json.Unmarshal(entry.Value(), &claim))
	return claim.Holder
}

// unexpected is a standby that must not be called.
func unexpected(t *testing.T) func() {
	t.Helper()
	return func() { assert.Fail(t, "there is no other collector") }
}

// A server that hung has the claim of a writer that could not release it. That one is closed, so
// its collector has the feed back at once, and does not mistake itself for another.
func TestOwnClaimIsTakenOverAtOnce(t *testing.T) {
	const lease = 4 * time.Second
	server := natsServer(t)
	var log lines
	s := openSink(t, server.URL, jetstream.Options{Lease: lease, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	w := openFeed(t, s, feed)
	require.NoError(t, storing(t, w, 0, 5)())
	before := holder(t, server.URL)
	require.NoError(t, server.Signal(syscall.SIGSTOP))
	<-time.After(lease * 3 / 8) // the server gets a renewal whose answer comes too late
	require.NoError(t, w.Close())
	require.NoError(t, server.Signal(syscall.SIGCONT))
	require.Equal(t, before, holder(t, server.URL), "the claim was not released")

	ctx, cancel := context.WithTimeout(t.Context(), lease/2)
	defer cancel()
	w, err := s.Open(ctx, feed, unexpected(t))
	require.NoError(t, err)
	require.NoError(t, storing(t, w, 5, 10)())
	require.NoError(t, w.Close())
	requireExactly(t, server.URL, 10)
	assert.NotContains(t, log.String(), "waiting for the feed's lease")
	assert.NotContains(t, log.String(), "taking the feed's lease over")
}

// Whoever opens a feed that another writer of the same sink holds waits until that one is closed.
func TestWritersOfOneSinkTakeTurns(t *testing.T) {
	const lease = 200 * time.Millisecond
	server := natsServer(t)
	s := openSink(t, server.URL, jetstream.Options{Lease: lease})
	first := openFeed(t, s, feed)
	ctx, cancel := context.WithTimeout(t.Context(), 3*lease)
	defer cancel()
	_, err := s.Open(ctx, feed, unexpected(t))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.NoError(t, storing(t, first, 0, 5)(), "it was not disturbed")

	var open atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 5 {
				w, err := s.Open(t.Context(), feed, unexpected(t))
				if !assert.NoError(t, err) {
					return
				}
				assert.EqualValues(t, 1, open.Add(1))
				assert.NoError(t, w.Store(t.Context(), nil, checkpoint(6)))
				open.Add(-1)
				assert.NoError(t, w.Close())
			}
		})
	}
	require.NoError(t, first.Close())
	wg.Wait()
}

// A writer that has lost its lease does not keep others from the feed, even if it is closed later.
func TestLostWriterDoesNotHoldTheFeed(t *testing.T) {
	server := natsServer(t)
	s := openSink(t, server.URL, jetstream.Options{Lease: 400 * time.Millisecond})
	first := openFeed(t, s, feed)
	_, err := bucket(t, server.URL).PutString(t.Context(), leaseKey, `{"holder":"another","lease_ns":100000000}`)
	require.NoError(t, err)
	<-time.After(200 * time.Millisecond) // a renewal
	second := openFeed(t, s, feed)
	require.ErrorIs(t, storing(t, first, 0, 5)(), store.ErrLeaseLost)
	require.NoError(t, first.Close())

	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err = s.Open(ctx, feed, nil)
	require.ErrorIs(t, err, context.DeadlineExceeded, "the second one still holds it")
	require.NoError(t, storing(t, second, 0, 5)())
}
