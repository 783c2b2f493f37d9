package jetstream_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"
)

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
