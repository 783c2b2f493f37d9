package jetstream_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	natsjs "github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/examples/collector/internal/jetstream"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
	"github.com/activity-sdk/activity/examples/collector/test/storetest"
)

// requireContinues checks that the feed continues after five rows.
func requireContinues(t *testing.T, s *jetstream.Sink, url string) store.Writer {
	t.Helper()
	w := openFeed(t, s, feed)
	require.Equal(t, 5, storetest.Number(w.Checkpoint()))
	require.NoError(t, storing(t, w, 5, 10)())
	requireExactly(t, url, 10)
	return w
}

// A running collector notices at once that its stream was deleted, and does not create it again.
// After a restoration the feed continues.
func TestDeletedStream(t *testing.T) {
	const gone = "stream ACTIVITY does not exist any more: somebody deleted it. Restore it, or collect everything again from since (-reset)"
	server := natsServer(t)
	s := openSink(t, server.URL, jetstream.Options{})
	w := openFeed(t, s, feed)
	require.NoError(t, storing(t, w, 0, 5)())
	saved := save(t, server.URL, stream)
	created := streamInfo(t, server.URL, stream).Created
	require.NoError(t, admin(t, server.URL).DeleteStream(t.Context(), stream))

	requireRefused(t, storing(t, w, 5, 10), gone)
	require.NoError(t, w.Close())
	requireRefused(t, opening(t, s), gone)
	_, err := admin(t, server.URL).Stream(t.Context(), stream)
	require.ErrorIs(t, err, natsjs.ErrStreamNotFound)

	saved.restore(t, server.URL)
	t.Logf("made %v, restored %v", created, streamInfo(t, server.URL, stream).Created)
	w = requireContinues(t, s, server.URL)
	require.NoError(t, w.Close())
	w = openFeed(t, openSink(t, server.URL, jetstream.Options{Reset: true}), feed)
	require.Equal(t, 10, storetest.Number(w.Checkpoint()), "a restored stream is the same for -reset too")
}

// A stream whose subjects were changed, so that it no longer gets the records.
func TestStreamWithOtherSubjects(t *testing.T) {
	server := natsServer(t)
	w := openFeed(t, openSink(t, server.URL, jetstream.Options{}), feed)
	config := streamInfo(t, server.URL, stream).Config
	config.Subjects = []string{"another.>"}
	js := admin(t, server.URL)
	_, err := js.UpdateStream(t.Context(), config)
	require.NoError(t, err)
	requireRefused(t, storing(t, w, 0, 5), "does not listen to activity.>")

	// A stream of another name that has the subjects now does not count.
	_, err = js.CreateStream(t.Context(), natsjs.StreamConfig{Name: "OTHER", Subjects: []string{"activity.>"}})
	require.NoError(t, err)
	requireRefused(t, storing(t, w, 0, 5), "does not listen to activity.>")
	assert.Zero(t, streamInfo(t, server.URL, "OTHER").State.Msgs)
}

// A running collector notices at once that its bucket was deleted: when it stores, when it opens a
// feed, and when it renews a lease.
func TestDeletedBucket(t *testing.T) {
	const gone = "bucket ACTIVITY_CHECKPOINTS does not exist any more: somebody deleted it. Restore it, or collect everything again"
	const lease = 600 * time.Millisecond
	server := natsServer(t)
	s := openSink(t, server.URL, jetstream.Options{Lease: lease})
	w := openFeed(t, s, feed)
	idle := openFeed(t, s, store.FeedID{Vendor: "opswat", Tenant: "acme", Feed: "activities"})
	require.NoError(t, storing(t, w, 0, 5)())
	saved := save(t, server.URL, checkpoints)
	require.NoError(t, admin(t, server.URL).DeleteStream(t.Context(), checkpoints))

	requireRefused(t, storing(t, w, 5, 10), gone)
	requireRefused(t, opening(t, s), gone)
	_, err := s.Checkpoint(t.Context(), feed)
	require.ErrorIs(t, err, store.ErrRefused)
	require.ErrorContains(t, err, gone)
	<-time.After(2 * lease)
	requireRefused(t, func() error { return idle.Store(t.Context(), nil, storetest.Checkpoint(1)) }, gone)
	require.NoError(t, w.Close())
	_, err = admin(t, server.URL).Stream(t.Context(), checkpoints)
	require.ErrorIs(t, err, natsjs.ErrStreamNotFound)

	saved.restore(t, server.URL)
	requireContinues(t, s, server.URL)
}

// If only the stream or only the bucket was deleted while no collector ran, Open creates it only
// with Reset.
func TestRestartAfterDeletion(t *testing.T) {
	tests := map[string]struct{ deleted, says string }{
		"stream": {stream, "does not exist any more, and bucket ACTIVITY_CHECKPOINTS has the checkpoints of feeds (1) whose records up to 2026-01-02T03:04:10Z were in it. Restore it, or"},
		"bucket": {checkpoints, "bucket ACTIVITY_CHECKPOINTS does not exist, and stream ACTIVITY has the records of feeds whose checkpoints were in it. Restore it, or"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			server := natsServer(t)
			s := openSink(t, server.URL, jetstream.Options{})
			w := openFeed(t, s, feed)
			require.NoError(t, storing(t, w, 0, 5)())
			require.NoError(t, w.Close())
			require.NoError(t, s.Close())
			created := streamInfo(t, server.URL, stream).Created
			js := admin(t, server.URL)
			require.NoError(t, js.DeleteStream(t.Context(), tt.deleted))

			again := func() error {
				_, err := jetstream.Open(t.Context(), server.URL, jetstream.Options{})
				return err
			}
			requireRefused(t, again, tt.says)
			if name == "stream" {
				requireRefused(t, again, "stream ACTIVITY of "+created.UTC().Format(time.RFC3339Nano))
			}
			_, err := js.Stream(t.Context(), tt.deleted)
			require.ErrorIs(t, err, natsjs.ErrStreamNotFound)

			w = openFeed(t, openSink(t, server.URL, jetstream.Options{Reset: true}), feed)
			assert.True(t, w.Checkpoint().IsZero())
			require.NoError(t, storing(t, w, 0, 7)())
			requireExactly(t, server.URL, 7)
			require.NoError(t, w.Close())
			assert.Equal(t, 7, storetest.Number(openFeed(t, openSink(t, server.URL, jetstream.Options{}), feed).Checkpoint()), "all is well again")
		})
	}
}

// Without stored records, Open creates what was deleted.
func TestRestartAfterDeletionOfNothing(t *testing.T) {
	for _, deleted := range []string{stream, checkpoints} {
		t.Run(deleted, func(t *testing.T) {
			server := natsServer(t)
			s := openSink(t, server.URL, jetstream.Options{})
			require.NoError(t, openFeed(t, s, feed).Close())
			require.NoError(t, s.Close())
			require.NoError(t, admin(t, server.URL).DeleteStream(t.Context(), deleted))
			w := openFeed(t, openSink(t, server.URL, jetstream.Options{}), feed)
			require.NoError(t, storing(t, w, 0, 5)())
		})
	}
}

// remake deletes the stream and makes an empty one with the same settings.
func remake(t *testing.T, url string, change func(*natsjs.StreamConfig)) (before, after string) {
	t.Helper()
	js := admin(t, url)
	old := streamInfo(t, url, stream)
	require.NoError(t, js.DeleteStream(t.Context(), stream))
	change(&old.Config)
	made, err := js.CreateStream(t.Context(), old.Config)
	require.NoError(t, err)
	return old.Created.UTC().Format(time.RFC3339Nano), made.CachedInfo().Created.UTC().Format(time.RFC3339Nano)
}

// A feed is not collected into a stream that lacks its records, whoever made that, and with
// whatever settings.
func TestRemadeStream(t *testing.T) {
	tests := map[string]func(*natsjs.StreamConfig){
		"without an id":     func(c *natsjs.StreamConfig) { c.Metadata = nil },
		"with the same one": func(*natsjs.StreamConfig) {},
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			server := natsServer(t)
			s := openSink(t, server.URL, jetstream.Options{})
			w := openFeed(t, s, feed)
			require.NoError(t, storing(t, w, 0, 5)())
			before, after := remake(t, server.URL, change)
			says := "the records up to 2026-01-02T03:04:10Z are in stream ACTIVITY of " + before + ". Stream ACTIVITY of " + after +
				" does not have them. Restore the previous one, or collect everything again from since (-reset)"

			requireRefused(t, storing(t, w, 5, 6), says) // under the running collector
			require.NoError(t, w.Close())
			requireRefused(t, opening(t, s), says)
			fresh := openSink(t, server.URL, jetstream.Options{})
			requireRefused(t, opening(t, fresh), says) // and after a restart
			require.NoError(t, fresh.Close())

			other := store.FeedID{Vendor: "opswat", Tenant: "acme", Feed: "activities"}
			w = openFeed(t, openSink(t, server.URL, jetstream.Options{}), other)
			require.True(t, w.Checkpoint().IsZero())
			require.NoError(t, w.Store(t.Context(), rows(0, 3), storetest.Checkpoint(3)), "a new feed misses nothing")
			require.NoError(t, w.Close())

			reset := openSink(t, server.URL, jetstream.Options{Reset: true})
			assert.Equal(t, 3, storetest.Number(openFeed(t, reset, other).Checkpoint()), "it belongs to this stream")
			w = openFeed(t, reset, feed)
			assert.True(t, w.Checkpoint().IsZero())
			require.NoError(t, storing(t, w, 0, 7)())
			require.NoError(t, w.Close())
			assert.Equal(t, 7, storetest.Number(openFeed(t, reset, feed).Checkpoint()), "it is not reset twice")
		})
	}
}

// Reset does not apply to a stream that was deleted after Open.
func TestResetAppliesToStreamOfOpen(t *testing.T) {
	server := natsServer(t)
	s := openSink(t, server.URL, jetstream.Options{Reset: true})
	w := openFeed(t, s, feed)
	require.NoError(t, storing(t, w, 0, 5)())
	require.NoError(t, w.Close())
	remake(t, server.URL, func(*natsjs.StreamConfig) {})
	requireRefused(t, opening(t, s), "does not have them")
}

// A backup that is older than the checkpoints lacks records, and one of the same time does not.
func TestRestoredFromAnOlderBackup(t *testing.T) {
	server := natsServer(t)
	s := openSink(t, server.URL, jetstream.Options{Lease: 400 * time.Millisecond})
	w := openFeed(t, s, feed)
	require.NoError(t, storing(t, w, 0, 5)())
	older, olderBucket := save(t, server.URL, stream), save(t, server.URL, checkpoints)
	require.NoError(t, storing(t, w, 5, 10)())
	require.NoError(t, w.Close())
	js := admin(t, server.URL)
	require.NoError(t, js.DeleteStream(t.Context(), stream))
	older.restore(t, server.URL)
	requireRefused(t, opening(t, s), "does not have them")

	require.NoError(t, js.DeleteStream(t.Context(), checkpoints))
	olderBucket.restore(t, server.URL)
	requireContinues(t, s, server.URL)
}

// A stream that lacks the latest records is still the same stream. The loss is logged, since no
// other stream has those records.
func TestStreamThatLostItsLatestRecords(t *testing.T) {
	const key = "checkpoint.snaplogic.acme.activities"
	server := natsServer(t)
	var log lines
	s := openSink(t, server.URL, jetstream.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	w := openFeed(t, s, feed)
	require.NoError(t, storing(t, w, 0, 5)())
	require.NoError(t, w.Close())
	kv := bucket(t, server.URL)
	entry, err := kv.Get(t.Context(), key)
	require.NoError(t, err)
	require.Contains(t, string(entry.Value()), `"sequence":5`)
	_, err = kv.PutString(t.Context(), key, strings.Replace(string(entry.Value()), `"sequence":5`, `"sequence":9`, 1))
	require.NoError(t, err)
	assert.Equal(t, 5, storetest.Number(openFeed(t, s, feed).Checkpoint()))
	assert.Contains(t, log.String(), "the stream has lost its latest records")
	assert.Contains(t, log.String(), "stream=ACTIVITY ends=5 stored=9")
}

// A restart of the server does not change the identity of a stream, even of one without an id.
func TestServerRestartKeepsTheStream(t *testing.T) {
	server := natsServer(t)
	_, err := admin(t, server.URL).CreateStream(t.Context(), natsjs.StreamConfig{Name: stream, Subjects: []string{"activity.>"}, Duplicates: 48 * time.Hour})
	require.NoError(t, err)
	s := openSink(t, server.URL, jetstream.Options{})
	w := openFeed(t, s, feed)
	require.NoError(t, storing(t, w, 0, 5)())
	require.NoError(t, w.Close())
	require.NoError(t, s.Close())
	before := streamInfo(t, server.URL, stream).Created
	server.Kill()
	require.NoError(t, server.Start())
	require.Equal(t, before, streamInfo(t, server.URL, stream).Created)
	require.Equal(t, 5, storetest.Number(openFeed(t, openSink(t, server.URL, jetstream.Options{}), feed).Checkpoint()))
}

// An entry of an older version, which does not name a stream, is accepted.
func TestCheckpointWithoutStream(t *testing.T) {
	server := natsServer(t)
	s := openSink(t, server.URL, jetstream.Options{})
	other := openFeed(t, s, store.FeedID{Vendor: "opswat", Tenant: "acme", Feed: "activities"})
	require.NoError(t, other.Store(t.Context(), rows(0, 3), storetest.Checkpoint(3)))
	text, err := storetest.Checkpoint(4).MarshalText()
	require.NoError(t, err)
	_, err = bucket(t, server.URL).PutString(t.Context(), "checkpoint.snaplogic.acme.activities", `{"writer":"w","checkpoint":`+string(text)+`}`)
	require.NoError(t, err)
	w := openFeed(t, s, feed)
	assert.Equal(t, 4, storetest.Number(w.Checkpoint()))
	require.NoError(t, w.Close())
	remake(t, server.URL, func(*natsjs.StreamConfig) {})
	requireRefused(t, opening(t, s), "does not have them")
}
