package tally

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
)

func TestVolumes(t *testing.T) {
	report := aspera.VolumeReport{Volumes: []aspera.Volume{
		{ID: "1", Name: "Small", BytesUploaded: 5, Raw: json.RawMessage(`{}`)},
		{ID: "2", Name: "Twice", BytesUploaded: 10, BytesDownloaded: 1},
		{ID: "3", Name: "Small", BytesDownloaded: 5},
		{ID: "2", Name: "Twice", BytesUploaded: 20, BytesDownloaded: 2},
	}}
	assert.Equal(t, []aspera.Volume{
		{ID: "2", Name: "Twice", BytesUploaded: 30, BytesDownloaded: 3},
		{ID: "1", Name: "Small", BytesUploaded: 5},
		{ID: "3", Name: "Small", BytesDownloaded: 5},
	}, Volumes(report))
	assert.Empty(t, Volumes(aspera.VolumeReport{}))
}

func TestLastStateOfTransfer(t *testing.T) {
	state := func(uuid string, direction aspera.Direction, stop time.Time, bytes int64) transfer {
		return transfer{UUID: uuid, Direction: direction, UserEmail: "ada", SessionStart: at(10, 0), SessionStop: stop, TransferredBytes: bytes,
			ServerIPAddress: "192.0.2.1"}
	}
	const send, receive = aspera.DirectionSend, aspera.DirectionReceive
	other := state("3", receive, at(10, 5), 1)
	other.ServerIPAddress = ""
	states := activity.ListOf(state("1", send, time.Time{}, 10), state("1", receive, time.Time{}, 20), state("1", send, at(10, 2), 40),
		state("", send, at(10, 1), 5), state("", send, at(10, 1), 5), other)
	b, err := BandwidthOf(t.Context(), states, Span{at(10, 0), at(11, 0)})
	require.NoError(t, err)
	assert.Equal(t, 5, b.Transfers)
	assert.Equal(t, int64(71), b.Users[0].Bytes)
	volumes, err := ServerVolumesOf(t.Context(), states)
	require.NoError(t, err)
	assert.Equal(t, []aspera.Volume{
		{Name: "192.0.2.1", BytesUploaded: 20, BytesDownloaded: 50}, {Name: "(not named)", BytesUploaded: 1},
	}, volumes)
}

// A final state may have no time of update, or have been updated before its stop.
func TestLastStateByLatestTime(t *testing.T) {
	running := transfer{UUID: "1", Direction: aspera.DirectionSend, SessionStart: at(10, 0), UpdatedAt: at(10, 1), TransferredBytes: 10}
	unstarted := transfer{UUID: "1", Direction: aspera.DirectionSend, SessionStart: at(10, 2), TransferredBytes: 30}
	final := transfer{UUID: "1", Direction: aspera.DirectionSend, Status: aspera.StatusCompleted, SessionStart: at(10, 0), SessionStop: at(10, 9), TransferredBytes: 40}
	updated := final
	updated.UpdatedAt = at(10, 0)
	for _, last := range []transfer{final, updated, unstarted} {
		for _, states := range [][]transfer{{running, last}, {last, running}} {
			volumes, err := ServerVolumesOf(t.Context(), activity.ListOf(states...))
			require.NoError(t, err)
			assert.Equal(t, []aspera.Volume{{Name: "(not named)", BytesDownloaded: last.TransferredBytes}}, volumes)
		}
	}
}
