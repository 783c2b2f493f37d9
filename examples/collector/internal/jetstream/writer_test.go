package jetstream_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/jetstream"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
	"github.com/activity-sdk/activity/examples/collector/test/storetest"
)

func TestStoreAndOpenAgain(t *testing.T) {
	server := natsServer(t)
	for i, want := range []int{0, 3, 6} {
		s := openSink(t, server.URL, jetstream.Options{})
		w := openFeed(t, s, feed)
		require.Equal(t, want, storetest.Number(w.Checkpoint()))
		require.Equal(t, i == 0, w.Checkpoint().IsZero())
		require.NoError(t, w.Store(t.Context(), rows(want, want+3), storetest.Checkpoint(want+3)))
		require.Equal(t, storetest.Checkpoint(want+3), w.Checkpoint())
		require.NoError(t, w.Store(t.Context(), nil, storetest.Checkpoint(want+3)), "a round without news")
		require.NoError(t, w.Close())
		require.NoError(t, w.Close())
		require.NoError(t, s.Close())
	}
	requireExactly(t, server.URL, 9)
	got := messages(t, server.URL)
	for i, m := range got { // in order
		want := rows(i, i+1)[0]
		assert.Equal(t, "activity.snaplogic.acme.activities", m.Subject())
		assert.Equal(t, []byte(want.Raw), m.Data())
		assert.Equal(t, want.Key, m.Headers().Get("Activity-Key"))
		assert.Equal(t, "snaplogic", m.Headers().Get("Activity-Vendor"))
		assert.Equal(t, "login", m.Headers().Get("Activity-Kind"))
		assert.Equal(t, "login", m.Headers().Get("Activity-Action"))
		assert.Equal(t, "ann@example.com", m.Headers().Get("Activity-Actor"))
		at, err := time.Parse(time.RFC3339Nano, m.Headers().Get("Activity-Time"))
		require.NoError(t, err)
		assert.Equal(t, want.Time, at)
		assert.Equal(t, "snaplogic.acme.activities."+want.Key, m.Headers().Get("Nats-Msg-Id"))
	}
}

func TestOCSF(t *testing.T) {
	server := natsServer(t)
	w := openFeed(t, openSink(t, server.URL, jetstream.Options{Format: store.OCSF}), feed)
	event := rows(0, 1)[0]
	require.NoError(t, w.Store(t.Context(), []activity.Event{event}, storetest.Checkpoint(1)))
	want, err := event.OCSF()
	require.NoError(t, err)
	got := messages(t, server.URL)
	require.Len(t, got, 1)
	assert.JSONEq(t, string(want), string(got[0].Data()))
	assert.Equal(t, event.Key, got[0].Headers().Get("Activity-Key"))
}

func TestDuplicatesAreDropped(t *testing.T) {
	server := natsServer(t)
	s := openSink(t, server.URL, jetstream.Options{})
	w := openFeed(t, s, feed)
	long := strings.Repeat("k", 5000)
	twice := append(rows(0, 10), rows(5, 15)...)
	twice = append(twice, activity.Event{Key: long, Raw: []byte("{}")}, activity.Event{Key: long, Raw: []byte("{}")}, activity.Event{Key: long + "k", Raw: []byte("{}")})
	for range 3 {
		require.NoError(t, w.Store(t.Context(), twice, storetest.Checkpoint(15)))
	}
	got := messages(t, server.URL)
	require.Len(t, got, 17)
	assert.Empty(t, got[15].Headers()["Activity-Time"], "it has none")
	assert.Less(t, len(got[16].Headers().Get("Nats-Msg-Id")), 160)
}

// The same key in another feed is another record, whatever the names of the feeds.
func TestFeedsAreIndependent(t *testing.T) {
	server := natsServer(t)
	s := openSink(t, server.URL, jetstream.Options{})
	names := [][3]string{
		{"snaplogic", "acme", "activities"}, {"snaplogic", "acme", "other"}, {"opswat", "acme", "activities"}, {"snaplogic", "acme.example.com", "activities"},
		{"snaplogic", "acme.example", "com.activities"}, {"snaplogic", "", "activities"}, {"snaplogic", "*", ">"},
		{"snaplogic", "Ä b\tc\r\n", "activities"}, {"snaplogic", "=", "activities"}, {"snaplogic", "%2E", "activities"},
	}
	feeds := make([]store.FeedID, len(names))
	for i, n := range names {
		feeds[i] = store.FeedID{Vendor: n[0], Tenant: n[1], Feed: n[2]}
	}
	var wg sync.WaitGroup
	for i, f := range feeds {
		wg.Go(func() {
			w, err := s.Open(t.Context(), f, nil)
			if assert.NoError(t, err) {
				assert.NoError(t, w.Store(t.Context(), rows(0, 2), storetest.Checkpoint(i)))
				assert.NoError(t, w.Close())
			}
		})
	}
	wg.Wait()
	assert.Len(t, messages(t, server.URL), 2*len(feeds))
	for i, f := range feeds {
		assert.Equal(t, i, storetest.Number(openFeed(t, s, f).Checkpoint()))
	}
}

func TestLargeBatch(t *testing.T) {
	const n = 20_000
	server := natsServer(t)
	w := openFeed(t, openSink(t, server.URL, jetstream.Options{}), feed)
	start := time.Now()
	require.NoError(t, w.Store(t.Context(), rows(0, n), storetest.Checkpoint(n)))
	took := time.Since(start)
	requireExactly(t, server.URL, n)
	require.NoError(t, w.Store(t.Context(), rows(0, n), storetest.Checkpoint(n)))
	requireExactly(t, server.URL, n)
	t.Logf("%d rows in %v, %.0f a second", n, took, n/took.Seconds())
}

// Store continues by itself after nats-server was killed in the middle of a batch, and every record
// is stored once.
func TestServerRestartsWhileStoring(t *testing.T) {
	const n = 20_000
	server := natsServer(t)
	w := openFeed(t, openSink(t, server.URL, jetstream.Options{}), feed)
	failed := make(chan error, 1)
	go func() { failed <- w.Store(t.Context(), rows(0, n), storetest.Checkpoint(n)) }()
	for i := range 3 {
		<-time.After(100 * time.Millisecond)
		require.True(t, i > 0 || len(failed) == 0, "all was stored before the server was killed")
		server.Kill()
		<-time.After(200 * time.Millisecond)
		require.NoError(t, server.Start())
	}
	require.NoError(t, <-failed)
	requireExactly(t, server.URL, n)
	assert.Equal(t, n, storetest.Number(w.Checkpoint()))
}

// Store fails after RetryFor if the server does not come back, or at once if its context ends. The
// same batch can be stored later.
func TestServerStaysAway(t *testing.T) {
	for _, lease := range []time.Duration{time.Second, time.Minute} { // expired after RetryFor, and not
		t.Run(lease.String(), func(t *testing.T) { serverStaysAway(t, lease) })
	}
}

func serverStaysAway(t *testing.T, lease time.Duration) {
	t.Helper()
	server := natsServer(t)
	s := openSink(t, server.URL, jetstream.Options{RetryFor: time.Second, Lease: lease})
	w := openFeed(t, s, feed)
	require.NoError(t, w.Store(t.Context(), rows(0, 10), storetest.Checkpoint(10)))
	server.Kill()

	start := time.Now()
	err := w.Store(t.Context(), rows(10, 20), storetest.Checkpoint(20))
	require.Error(t, err)
	require.NotErrorIs(t, err, store.ErrLeaseLost)
	assert.Less(t, time.Since(start), 4*time.Second)
	assert.Equal(t, 10, storetest.Number(w.Checkpoint()))

	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	start = time.Now()
	require.ErrorIs(t, w.Store(ctx, rows(10, 20), storetest.Checkpoint(20)), context.DeadlineExceeded)
	_, err = s.Open(ctx, feed, nil)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	assert.Less(t, time.Since(start), 500*time.Millisecond)
	_, err = s.Open(t.Context(), store.FeedID{Vendor: "v", Tenant: "t", Feed: "f"}, nil)
	require.Error(t, err, "Open fails after RetryFor too")

	require.NoError(t, server.Start())
	require.Eventually(t, func() bool {
		return w.Store(t.Context(), rows(10, 20), storetest.Checkpoint(20)) == nil
	}, 20*time.Second, 10*time.Millisecond, "nobody took the lease meanwhile")
	requireExactly(t, server.URL, 20)
}

// Store fails at once for a record that is too large, and the error says what to do.
func TestRecordIsTooLarge(t *testing.T) {
	server := natsServer(t)
	w := openFeed(t, openSink(t, server.URL, jetstream.Options{}), feed)
	start := time.Now()
	err := w.Store(t.Context(), append(rows(0, 3), activity.Event{Key: "large", Raw: make([]byte, 2<<20)}), storetest.Checkpoint(3))
	require.ErrorContains(t, err, "max_payload")
	require.ErrorIs(t, err, store.ErrRefused)
	assert.Less(t, time.Since(start), 3*time.Second)
	assert.True(t, w.Checkpoint().IsZero())
	require.NoError(t, w.Store(t.Context(), rows(0, 5), storetest.Checkpoint(5)))
	requireExactly(t, server.URL, 5)
}

func TestClosedSink(t *testing.T) {
	server := natsServer(t)
	s := openSink(t, server.URL, jetstream.Options{})
	w := openFeed(t, s, feed)
	require.NoError(t, s.Close())
	require.ErrorContains(t, w.Store(t.Context(), rows(0, 1), storetest.Checkpoint(1)), "closed")
	_, err := s.Open(t.Context(), feed, nil)
	require.ErrorContains(t, err, "closed")
}
