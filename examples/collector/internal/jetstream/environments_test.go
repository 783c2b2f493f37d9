package jetstream_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/examples/collector/internal/jetstream"
)

// Two environments share an account, each with a stream, a bucket and a subject of its own. They
// collect the same feed, and neither knows of the other.
func TestTwoEnvironments(t *testing.T) {
	server := natsServer(t)
	prod := openFeed(t, openSink(t, server.URL, jetstream.Options{}), feed)
	other := jetstream.Options{Stream: "TEST", Bucket: "TEST_CHECKPOINTS", Subject: "audit.test"}
	test := openFeed(t, openSink(t, server.URL, other), feed)
	require.NoError(t, prod.Store(t.Context(), rows(0, 3), checkpoint(3)))
	require.NoError(t, test.Store(t.Context(), rows(0, 5), checkpoint(5)))
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
	assert.Equal(t, 3, stored(openFeed(t, openSink(t, server.URL, jetstream.Options{}), feed).Checkpoint()))
	assert.Equal(t, 5, stored(openFeed(t, openSink(t, server.URL, other), feed).Checkpoint()))
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
