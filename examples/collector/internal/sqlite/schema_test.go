package sqlite_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
	"github.com/activity-sdk/activity/examples/collector/internal/sqlite"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
	"github.com/activity-sdk/activity/examples/collector/test/storetest"
)

// A file for one use is refused for the other, and stays as it is.
func TestUse(t *testing.T) {
	for name, tt := range map[string]struct {
		use, other sqlite.Use
		version1   bool
		says       string
	}{
		"records":                {sqlite.Records, sqlite.CheckpointsOnly, false, "choose another file for the checkpoints"},
		"records of version 1":   {sqlite.Records, sqlite.CheckpointsOnly, true, "choose another file for the checkpoints"},
		"checkpoints of records": {sqlite.CheckpointsOnly, sqlite.Records, false, "choose another file for records"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "activity.db")
			if tt.version1 {
				writeVersion1(t, path, 10)
			} else {
				sink, err := sqlite.Open(t.Context(), path, tt.use)
				require.NoError(t, err)
				require.NoError(t, hold(t, sink, feed).Store(t.Context(), nil, storetest.Checkpoint(5)))
				require.NoError(t, sink.Close())
			}
			before := query(t, path, "PRAGMA user_version")
			_, err := sqlite.Open(t.Context(), path, tt.other)
			require.ErrorIs(t, err, store.ErrRefused)
			require.ErrorContains(t, err, path)
			require.ErrorContains(t, err, tt.says)
			assert.Equal(t, before, query(t, path, "PRAGMA user_version"))

			beside, err := sqlite.OpenCheckpoints(t.Context(), path)
			require.NoError(t, err)
			assert.Equal(t, storetest.Checkpoint(5), readCheckpoint(t, beside, feed))
			sink, err := sqlite.Open(t.Context(), path, tt.use)
			require.NoError(t, err)
			require.NoError(t, sink.Close())
		})
	}
}

var transferFeed = store.FeedID{Vendor: "aspera", Tenant: "acme", Feed: "transfers"}

// keyed returns a transfer as the feed delivers it, with the feed's key.
func keyed(t *testing.T, raw string) activity.Event {
	t.Helper()
	server := asperatest.NewServer()
	defer server.Close()
	var transfer aspera.Transfer
	if json.Unmarshal([]byte(raw), &transfer) != nil {
		transfer = aspera.Transfer{Raw: json.RawMessage(raw)}
	}
	server.Add(transfer)
	client := server.Client()
	feed := activity.Events(client.OwnOrganization().TransferFeed(aspera.TransferQuery{}))
	var found []activity.Event
	for batch, err := range feed.CatchUp(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC), Settle: -1}) {
		require.NoError(t, err)
		for _, r := range batch.Records {
			found = append(found, r.Item)
		}
	}
	require.Len(t, found, 1, raw)
	return found[0]
}

// transfer returns one state of a session that began at 12:00.
func transfer(uuid, direction, status, updated, more string) string {
	return fmt.Sprintf(`{"uuid":%q,"direction":%q,"status":%q,"session_start_time":"2026-01-01T12:00:00Z","updated_at":%q%s}`, uuid, direction, status, updated, more)
}

const lines = `SELECT concat_ws('|', seq, uuid, direction, status, outcome, started, stopped, updated, bytes, files, who, address, target) FROM transfers ORDER BY seq`

func TestTransfersView(t *testing.T) {
	path := filepath.Join(t.TempDir(), "activity.db")
	sink := open(t, path)
	writer := hold(t, sink, transferFeed)
	var states []activity.Event
	for _, raw := range []string{
		transfer("u1", "send", "running", "2026-01-01T12:00:05Z", ""),
		// Later by a fraction of a second, and by the other spellings of the times.
		transfer("u1", "send", "completed", "2026-01-01T12:00:05.25Z", `,"session_stop_time":"2026-01-01T12:00:05Z","transferred_bytes":9007199254740993,"file_count":3,`+
			`"user_email":"ada@example.com","client_ip_address":"203.0.113.7","content":"report"`),
		// The other side of the session.
		transfer("u1", "receive", "failed", "2026-01-01T12:00:04Z", `,"session_stopped_at":"2026-01-01T12:00:03Z","files_completed":1`),
		// Stored last, but not the last state.
		transfer("u1", "send", "running", "2026-01-01T12:00:04Z", ""),
		// An update in another time zone, which is the later one.
		transfer("u2", "send", "running", "2026-01-01T12:30:00Z", ""),
		transfer("u2", "send", "completed", "2026-01-01T11:31:00-01:00", ""),
		// The same moment of update: what was stored last counts.
		`{"uuid":"u3","direction":"send","status":"running","session_start_time":"2026-01-01T12:00:00Z"}`,
		`{"uuid":"u3","direction":"send","status":"completed","session_started_at":"2026-01-01T12:00:01Z"}`,
		// A final state without a time of update. It stopped after the last update.
		transfer("u4", "send", "running", "2026-01-01T12:00:05Z", ""),
		`{"uuid":"u4","direction":"send","status":"completed","session_start_time":"2026-01-01T12:00:00Z","session_stop_time":"2026-01-01T12:09:00Z"}`,
		transfer("u4", "send", "running", "2026-01-01T12:00:06Z", ""),
		// A final state that was updated before its stop.
		transfer("u5", "send", "completed", "2026-01-01T12:00:05Z", `,"session_stop_time":"2026-01-01T12:09:00Z"`),
		transfer("u5", "send", "running", "2026-01-01T12:00:06Z", ""),
		// A uuid and a direction that are escaped in the key.
		transfer(`a/b "c" \ é`, "x/y", "completed", "2026-01-01T12:00:04Z", ""),
		// No uuid: nothing says which of them belong together.
		transfer("", "send", "one", "2026-01-01T12:00:04Z", ""),
		transfer("", "send", "two", "2026-01-01T12:00:04Z", ""),
	} {
		states = append(states, keyed(t, raw))
	}
	require.NoError(t, writer.Store(t.Context(), states, storetest.Checkpoint(1)))
	assert.Equal(t, []string{
		"2|u1|send|completed|success|2026-01-01T12:00:00Z|2026-01-01T12:00:05Z|2026-01-01T12:00:05.25Z|9007199254740993|3|ada@example.com|203.0.113.7|report",
		"3|u1|receive|failed|failure|2026-01-01T12:00:00Z|2026-01-01T12:00:03Z|2026-01-01T12:00:04Z|1|||",
		"6|u2|send|completed|success|2026-01-01T12:00:00Z|2026-01-01T11:31:00-01:00|||",
		"8|u3|send|completed|success|2026-01-01T12:00:01Z|||",
		"10|u4|send|completed|success|2026-01-01T12:00:00Z|2026-01-01T12:09:00Z|||",
		"12|u5|send|completed|success|2026-01-01T12:00:00Z|2026-01-01T12:09:00Z|2026-01-01T12:00:05Z|||",
		"14|a%2Fb+%22c%22+%5C+%C3%A9|x/y|completed|success|2026-01-01T12:00:00Z|2026-01-01T12:00:04Z|||",
		"15|send|one||2026-01-01T12:00:00Z|2026-01-01T12:00:04Z|||",
		"16|send|two||2026-01-01T12:00:00Z|2026-01-01T12:00:04Z|||",
	}, asTexts(query(t, path, lines)))

	// Others' transfers are others'.
	other := hold(t, sink, store.FeedID{Vendor: "aspera", Tenant: "other", Feed: "transfers"})
	require.NoError(t, other.Store(t.Context(), states[:1], storetest.Checkpoint(1)))
	require.NoError(t, hold(t, sink, feed).Store(t.Context(), states[:1], storetest.Checkpoint(1)))
	assert.Equal(t, [][]byte{[]byte("other")}, query(t, path, "SELECT tenant FROM transfers WHERE uuid = 'u1' AND status = 'running'"))
}

// The view can be read whatever the records contain.
func TestTransfersViewOfInvalidJSON(t *testing.T) {
	path := filepath.Join(t.TempDir(), "activity.db")
	writer := hold(t, open(t, path), transferFeed)
	good := keyed(t, transfer("u1", "send", "completed", "2026-01-01T12:00:05Z", ""))
	odd := []activity.Event{good}
	for i, raw := range []string{"{\"uuid\":\"a\tb\"}", "{\"status\":\"\xff\"}", `{"uuid":`, "", "null", "[1]"} {
		e := good
		e.Key, e.Raw = fmt.Sprintf("odd%d/send/2026-01-01T12:00:00Z/2026-01-01T12:00:05Z", i), []byte(raw)
		odd = append(odd, e)
	}
	require.NoError(t, writer.Store(t.Context(), odd, storetest.Checkpoint(1)))
	assert.Equal(t, []string{"u1|completed", "odd0", "odd1|\xff", "odd2", "odd3", "odd4", "odd5"}, asTexts(query(t, path, "SELECT concat_ws('|', uuid, status) FROM transfers ORDER BY seq")))
}

func asTexts(values [][]byte) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}
