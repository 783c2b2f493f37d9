package jetstream_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/jetstream"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
	"github.com/activity-sdk/activity/examples/collector/test/servertest"
	"github.com/activity-sdk/activity/examples/collector/test/storetest"
	"github.com/activity-sdk/activity/internal/leak"
)

var feed = store.FeedID{Vendor: "snaplogic", Tenant: "acme", Feed: "activities"}

// TestMain also runs the plan of a process that a test started.
func TestMain(m *testing.M) {
	if text := os.Getenv(planVariable); text != "" {
		os.Exit(collect(text))
	}
	leak.Main(m)
}

func natsServer(t *testing.T, args ...string) *servertest.Server {
	t.Helper()
	s, err := servertest.NATS(args...)
	require.NoError(t, err)
	t.Cleanup(s.Stop)
	return s
}

func openSink(t *testing.T, url string, o jetstream.Options) *jetstream.Sink {
	t.Helper()
	s, err := jetstream.Open(t.Context(), url, o)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	return s
}

func openFeed(t *testing.T, s *jetstream.Sink, feed store.FeedID) store.Writer {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	w, err := s.Open(ctx, feed, nil)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, w.Close()) })
	return w
}

// rows returns the rows with the numbers from (inclusive) to (exclusive).
func rows(from, to int) []activity.Event {
	made := make([]activity.Event, 0, to-from)
	for i := range to - from {
		made = append(made, activity.Event{
			Key: "key-" + strconv.Itoa(from+i), Time: storetest.Epoch.Add(time.Duration(from+i) * time.Millisecond), Vendor: "snaplogic", Action: "login", Kind: activity.KindLogin, Actor: activity.Actor{Email: "ann@example.com"},
			Raw: fmt.Appendf(nil, `{"id": %d, "text":"ü <&>"}`, from+i),
		})
	}
	return made
}

// messages returns all messages of the stream, in order.
func messages(t *testing.T, url string) []natsjs.Msg {
	t.Helper()
	stream, err := admin(t, url).Stream(t.Context(), stream)
	require.NoError(t, err)
	consumer, err := stream.OrderedConsumer(t.Context(), natsjs.OrderedConsumerConfig{})
	require.NoError(t, err)
	want := stream.CachedInfo().State.Msgs
	var got []natsjs.Msg
	for uint64(len(got)) < want {
		batch, err := consumer.Fetch(int(min(want-uint64(len(got)), 1000)), natsjs.FetchMaxWait(5*time.Second))
		require.NoError(t, err)
		before := len(got)
		for m := range batch.Messages() {
			got = append(got, m)
		}
		require.NoError(t, batch.Error())
		require.Greater(t, len(got), before)
	}
	return got
}

// count returns the number of messages in the stream.
func count(t *testing.T, url string) int {
	t.Helper()
	return int(streamInfo(t, url, stream).State.Msgs)
}

// requireExactly checks that the stream has exactly the first n rows, each once.
func requireExactly(t *testing.T, url string, n int) {
	t.Helper()
	seen := map[string]int{}
	for _, m := range messages(t, url) {
		key := m.Headers().Get("Activity-Key")
		i, err := strconv.Atoi(strings.TrimPrefix(key, "key-"))
		require.NoError(t, err)
		require.Equal(t, string(rows(i, i+1)[0].Raw), string(m.Data()))
		seen[key]++
	}
	require.Len(t, seen, n)
	for key, times := range seen {
		require.Equal(t, 1, times, key)
	}
}

func bucket(t *testing.T, url string) natsjs.KeyValue {
	t.Helper()
	kv, err := admin(t, url).KeyValue(t.Context(), "ACTIVITY_CHECKPOINTS")
	require.NoError(t, err)
	return kv
}

const (
	stream      = "ACTIVITY"
	checkpoints = "KV_ACTIVITY_CHECKPOINTS"
)

// requireRefused checks that do fails at once with store.ErrRefused, and that the error contains
// the texts.
func requireRefused(t *testing.T, do func() error, says ...string) {
	t.Helper()
	start := time.Now()
	err := do()
	require.ErrorIs(t, err, store.ErrRefused)
	for _, text := range says {
		require.ErrorContains(t, err, text)
	}
	require.Less(t, time.Since(start), 3*time.Second)
}

func opening(t *testing.T, s *jetstream.Sink) func() error {
	return func() error {
		_, err := s.Open(t.Context(), feed, nil)
		return err
	}
}

func storing(t *testing.T, w store.Writer, from, to int) func() error {
	return func() error { return w.Store(t.Context(), rows(from, to), storetest.Checkpoint(to)) }
}

func connect(t *testing.T, url string) *nats.Conn {
	t.Helper()
	conn, err := nats.Connect(url)
	require.NoError(t, err)
	t.Cleanup(conn.Close)
	return conn
}

func admin(t *testing.T, url string) natsjs.JetStream {
	t.Helper()
	js, err := natsjs.New(connect(t, url))
	require.NoError(t, err)
	return js
}

func streamInfo(t *testing.T, url, name string) *natsjs.StreamInfo {
	t.Helper()
	stream, err := admin(t, url).Stream(t.Context(), name)
	require.NoError(t, err)
	return stream.CachedInfo()
}

// backup is what "nats stream backup" saves of a stream.
type backup struct {
	about  []byte // configuration and state, as JSON
	name   string
	chunks [][]byte
}

func save(t *testing.T, url, name string) backup {
	t.Helper()
	conn := connect(t, url)
	inbox := nats.NewInbox()
	chunks, err := conn.SubscribeSync(inbox)
	require.NoError(t, err)
	request, err := json.Marshal(map[string]any{"deliver_subject": inbox})
	require.NoError(t, err)
	about, err := conn.Request("$JS.API.STREAM.SNAPSHOT."+name, request, 5*time.Second)
	require.NoError(t, err)
	require.NotContains(t, string(about.Data), `"error"`)
	b := backup{about: about.Data, name: name}
	for {
		chunk, err := chunks.NextMsg(5 * time.Second)
		require.NoError(t, err)
		if len(chunk.Data) == 0 {
			return b
		}
		b.chunks = append(b.chunks, chunk.Data)
		if chunk.Reply != "" { // one of several has to be answered
			require.NoError(t, chunk.Respond(nil))
		}
	}
}

// restore does what "nats stream restore" does.
func (b backup) restore(t *testing.T, url string) {
	t.Helper()
	conn := connect(t, url)
	var about struct {
		Config json.RawMessage `json:"config"`
		State  json.RawMessage `json:"state"`
	}
	require.NoError(t, json.Unmarshal(b.about, &about))
	request, err := json.Marshal(about)
	require.NoError(t, err)
	answer, err := conn.Request("$JS.API.STREAM.RESTORE."+b.name, request, 5*time.Second)
	require.NoError(t, err)
	var to struct {
		Subject string `json:"deliver_subject"`
	}
	require.NoError(t, json.Unmarshal(answer.Data, &to))
	require.NotEmpty(t, to.Subject, string(answer.Data))
	for _, chunk := range append(b.chunks, nil) {
		answer, err = conn.Request(to.Subject, chunk, 5*time.Second)
		require.NoError(t, err)
	}
	require.NotContains(t, string(answer.Data), `"error"`)
}
