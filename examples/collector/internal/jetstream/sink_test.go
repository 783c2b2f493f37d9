package jetstream_test

import (
	"sync"
	"testing"
	"time"

	natsjs "github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/examples/collector/internal/jetstream"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
	"github.com/activity-sdk/activity/examples/collector/test/storetest"
)

func TestOpenCreatesStreamAndBucket(t *testing.T) {
	server := natsServer(t)
	var wg sync.WaitGroup
	for range 4 { // at the same time
		wg.Go(func() {
			s, err := jetstream.Open(t.Context(), server.URL, jetstream.Options{})
			if assert.NoError(t, err) {
				assert.NoError(t, s.Close())
				assert.NoError(t, s.Close())
			}
		})
	}
	wg.Wait()
	config := streamInfo(t, server.URL, stream).Config
	assert.Equal(t, 48*time.Hour, config.Duplicates)
	assert.Equal(t, []string{"activity.>"}, config.Subjects)
	assert.Equal(t, natsjs.FileStorage, config.Storage)
	assert.Zero(t, config.MaxAge)
	bucket(t, server.URL)
}

// Open uses an existing stream if its settings are suitable.
func TestOpenChecksTheStream(t *testing.T) {
	tests := map[string]struct {
		config natsjs.StreamConfig
		says   string // empty: it can serve
	}{
		"as made":              {natsjs.StreamConfig{Subjects: []string{"activity.>"}, Duplicates: time.Hour}, ""},
		"longer window, aging": {natsjs.StreamConfig{Subjects: []string{"activity.>", "b"}, Duplicates: 2 * time.Hour, MaxAge: 3 * time.Hour}, ""},
		"shorter window":       {natsjs.StreamConfig{Subjects: []string{"activity.>"}, Duplicates: time.Minute}, "--dupe-window 1h0m0s"},
		"other subjects":       {natsjs.StreamConfig{Subjects: []string{"activity.snaplogic.>"}, Duplicates: time.Hour}, "--subjects"},
		"no acknowledgement":   {natsjs.StreamConfig{Subjects: []string{"activity.>"}, Duplicates: time.Hour, NoAck: true}, "acknowledge"},
	}
	server := natsServer(t)
	js := admin(t, server.URL)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.config.Name = "RECORDS"
			_, err := js.CreateStream(t.Context(), tt.config)
			require.NoError(t, err)
			defer func() { require.NoError(t, js.DeleteStream(t.Context(), "RECORDS")) }()
			s, err := jetstream.Open(t.Context(), server.URL, jetstream.Options{Stream: "RECORDS", Duplicates: time.Hour})
			if tt.says != "" {
				require.ErrorContains(t, err, tt.says)
				require.ErrorIs(t, err, store.ErrRefused)
				return
			}
			require.NoError(t, err)
			require.NoError(t, s.Close())
		})
	}
}

func TestOpenCheckpoints(t *testing.T) {
	server := natsServer(t)
	_, err := jetstream.OpenCheckpoints(t.Context(), server.URL, jetstream.Options{})
	require.ErrorContains(t, err, "look for bucket ACTIVITY_CHECKPOINTS: it does not exist: nothing was collected into it yet")

	w := openFeed(t, openSink(t, server.URL, jetstream.Options{}), feed)
	require.NoError(t, w.Store(t.Context(), nil, storetest.Checkpoint(3)))
	c, err := jetstream.OpenCheckpoints(t.Context(), server.URL, jetstream.Options{})
	require.NoError(t, err)
	found, err := c.Checkpoint(t.Context(), feed)
	require.NoError(t, err)
	assert.Equal(t, storetest.Checkpoint(3).Watermark(), found.Watermark())
	found, err = c.Checkpoint(t.Context(), store.FeedID{Vendor: "opswat"})
	require.NoError(t, err)
	assert.True(t, found.IsZero())
	require.NoError(t, c.Close())
}

// Two environments on one account, each with its own stream, bucket and subject, collect the same
// feed independently.
func TestTwoEnvironments(t *testing.T) {
	server := natsServer(t)
	prod := openFeed(t, openSink(t, server.URL, jetstream.Options{}), feed)
	other := jetstream.Options{Stream: "TEST", Bucket: "TEST_CHECKPOINTS", Subject: "audit.test"}
	test := openFeed(t, openSink(t, server.URL, other), feed)
	require.NoError(t, prod.Store(t.Context(), rows(0, 3), storetest.Checkpoint(3)))
	require.NoError(t, test.Store(t.Context(), rows(0, 5), storetest.Checkpoint(5)))
	assert.EqualValues(t, 3, streamInfo(t, server.URL, "ACTIVITY").State.Msgs)
	theirs := streamInfo(t, server.URL, "TEST")
	assert.EqualValues(t, 5, theirs.State.Msgs)
	assert.Equal(t, []string{"audit.test.>"}, theirs.Config.Subjects)
	last, err := admin(t, server.URL).Stream(t.Context(), "TEST")
	require.NoError(t, err)
	message, err := last.GetLastMsgForSubject(t.Context(), "audit.test.snaplogic.acme.activities")
	require.NoError(t, err)
	assert.EqualValues(t, 5, message.Sequence)

	require.NoError(t, prod.Close())
	require.NoError(t, test.Close())
	assert.Equal(t, 3, storetest.Number(openFeed(t, openSink(t, server.URL, jetstream.Options{}), feed).Checkpoint()))
	assert.Equal(t, 5, storetest.Number(openFeed(t, openSink(t, server.URL, other), feed).Checkpoint()))
}

// Two streams cannot have the same subjects, and two environments that share a bucket would share
// their checkpoints.
func TestEnvironmentsThatShareTooMuch(t *testing.T) {
	server := natsServer(t)
	require.NoError(t, storing(t, openFeed(t, openSink(t, server.URL, jetstream.Options{}), feed), 0, 3)())
	for _, subject := range []string{"", "activity", "activity.prod"} {
		requireRefused(t, func() error {
			_, err := jetstream.Open(t.Context(), server.URL, jetstream.Options{Stream: "TEST", Bucket: "TEST_CHECKPOINTS", Subject: subject})
			return err
		}, "stream ACTIVITY listens to a part of activity.", "choose another subject")
	}
	requireRefused(t, func() error {
		_, err := jetstream.Open(t.Context(), server.URL, jetstream.Options{Stream: "TEST", Subject: "test"})
		return err
	}, "stream TEST does not exist, and bucket ACTIVITY_CHECKPOINTS has the checkpoints of feeds (1)", "in stream ACTIVITY of ", "choose another bucket")
}
