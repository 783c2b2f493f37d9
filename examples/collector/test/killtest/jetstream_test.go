package killtest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
	"github.com/activity-sdk/activity/examples/collector/test/servertest"
)

// stream is the destination jetstream.
type stream struct{ url string }

func newStream(t *testing.T) destination {
	t.Helper()
	server, err := servertest.NATS()
	require.NoError(t, err)
	t.Cleanup(server.Stop)
	return stream{server.URL}
}

func (s stream) flags() []string { return []string{"-sink", s.url} }

func (s stream) records(t *testing.T) collection {
	t.Helper()
	conn, err := nats.Connect(s.url)
	require.NoError(t, err)
	defer conn.Close()
	js, err := jetstream.New(conn)
	require.NoError(t, err)
	source, err := js.Stream(t.Context(), "ACTIVITY")
	require.NoError(t, err)
	consumer, err := source.OrderedConsumer(t.Context(), jetstream.OrderedConsumerConfig{})
	require.NoError(t, err)
	all := collection{}
	for left := source.CachedInfo().State.Msgs; left > 0; left-- {
		message, err := consumer.Next(jetstream.FetchMaxWait(10 * time.Second))
		require.NoError(t, err)
		subject := strings.Split(message.Subject(), ".")
		require.Len(t, subject, 4)
		all.add(store.FeedID{Vendor: subject[1], Tenant: subject[2], Feed: subject[3]}, string(message.Data()))
	}
	return all
}
