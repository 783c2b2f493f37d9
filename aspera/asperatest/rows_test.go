package asperatest_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

func TestRepeatedUUIDs(t *testing.T) {
	s := asperatest.NewServer()
	numbered(s, 2)
	s.Add(aspera.Transfer{UUID: "1", SessionStart: noon.Add(-time.Second)}, aspera.Transfer{UUID: "1", SessionStart: noon.Add(-time.Hour)})
	assert.Equal(t, [][]string{{"0"}, {"1"}, {"1"}, {"1"}}, pages(t, s, 1))
	one, err := organization(s).Transfer(t.Context(), "1")
	require.NoError(t, err)
	assert.Equal(t, noon.Add(-time.Second), one.SessionStart, "the newest")
	assert.Equal(t, 3, s.Delete("1"))
}

func TestRaw(t *testing.T) {
	s := asperatest.NewServer()
	raw := "{\"uuid\":\"tab\",\"content\":\"a\tb\xe9\"}"
	s.Add(aspera.Transfer{UUID: "tab", Raw: json.RawMessage(raw)})
	status, body := send(t, s, "GET", "/analytics/v2/users/7/transfers", "", nil)
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, body, `"transfers":[`+raw+`]`)
	_, body = send(t, s, "GET", "/analytics/v2/users/7/transfers/tab", "", nil)
	assert.Equal(t, raw, body)
}

func TestAddPanics(t *testing.T) {
	assert.Panics(t, func() { asperatest.NewServer().Add(aspera.Transfer{Throughput: positive() / 0}) })
}

func positive() float64 { return 1 }

func raws(t *testing.T, s *asperatest.Server) []string {
	t.Helper()
	transfers, err := s.Client().User(asperatest.UserID).Transfers(aspera.TransferQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	var out []string
	for _, transfer := range transfers {
		out = append(out, string(transfer.Raw))
	}
	return out
}

func TestGenerate(t *testing.T) {
	s := asperatest.NewServer(asperatest.WithRows(400))
	r := s.Client().Organization(asperatest.OrganizationID)
	transfers, err := r.Transfers(aspera.TransferQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Len(t, transfers, 400)
	assert.Equal(t, 400, s.Len())
	var running, failed, nulls, blanks int
	sides, identities := map[string]int{}, map[string]bool{}
	for i, transfer := range transfers {
		require.Empty(t, transfer.Problems)
		if i > 0 {
			assert.False(t, transfer.SessionStart.After(transfers[i-1].SessionStart))
		}
		if !transfer.Done() {
			running++
			nulls += strings.Count(string(transfer.Raw), `"session_stop_time":null`)
			blanks += strings.Count(string(transfer.Raw), `"session_stop_time":""`)
		}
		if transfer.Status == aspera.StatusFailed {
			failed++
			assert.NotZero(t, transfer.ErrorCode)
		}
		assert.Regexp(t, `"session_start_time":"[-0-9]{10}T[:0-9]{8}\.\d{9}Z"`, string(transfer.Raw))
		assert.Regexp(t, `"file_id":\d+`, string(transfer.Raw))
		sides[transfer.UUID]++
		identities[transfer.UUID+string(transfer.Direction)] = true
	}
	assert.Less(t, len(sides), 400)                // a session comes twice
	assert.Greater(t, len(identities), len(sides)) // once in each direction
	assert.Positive(t, running)
	assert.Positive(t, nulls)
	assert.Positive(t, blanks)
	assert.Less(t, nulls+blanks, running)
	assert.Positive(t, failed)

	one, err := r.Transfer(t.Context(), transfers[17].UUID)
	require.NoError(t, err)
	assert.Equal(t, transfers[17].UUID, one.UUID)
	files, err := r.TransferFiles(transfers[17].UUID, aspera.FileQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.NotEmpty(t, files)
	report, err := r.VolumeUsage(t.Context(), aspera.VolumeQuery{})
	require.NoError(t, err)
	assert.Len(t, report.Volumes, 5)

	first, second, other := raws(t, asperatest.NewServer(asperatest.WithRows(20))), raws(t, asperatest.NewServer(asperatest.WithRows(20))),
		raws(t, asperatest.NewServer(asperatest.WithRows(20), asperatest.WithSeed(2)))
	assert.Equal(t, first, second)
	assert.NotEqual(t, first, other)
}

func TestNewest(t *testing.T) {
	s := asperatest.NewServer(asperatest.WithRows(50), asperatest.WithNewest(noon))
	got, err := organization(s).Transfers(aspera.TransferQuery{}).Collect(t.Context(), 1)
	require.NoError(t, err)
	require.Len(t, got, 1)
	assert.True(t, got[0].SessionStart.Before(noon))
	assert.WithinDuration(t, noon, got[0].SessionStart, 24*time.Hour)
	rates, err := organization(s).EgressThroughputs(aspera.ThroughputQuery{}).Collect(t.Context(), 1)
	require.NoError(t, err)
	assert.Equal(t, noon.Add(-5*time.Minute), rates[0].Time)
	rates, err = organization(s).IngressThroughputs(aspera.ThroughputQuery{}).Collect(t.Context(), 1)
	require.NoError(t, err)
	assert.Equal(t, noon.Add(-5*time.Minute), rates[0].Time)
}

// The rates add up to the bytes that the transfers moved before the end of the series.
func TestThroughputs(t *testing.T) {
	s := asperatest.NewServer(asperatest.WithRows(500))
	end := time.Date(2025, time.November, 14, 17, 30, 0, 0, time.UTC)
	var sent, received float64
	for transfer, err := range organization(s).Transfers(aspera.TransferQuery{}).All(t.Context()) {
		require.NoError(t, err)
		stop := transfer.SessionStop
		if stop.IsZero() {
			stop = transfer.UpdatedAt
		}
		bits := 8 * float64(transfer.TransferredBytes)
		if stop.After(end) {
			bits *= float64(end.Sub(transfer.SessionStart)) / float64(stop.Sub(transfer.SessionStart))
		}
		if transfer.Direction == aspera.DirectionReceive {
			received += bits
		} else {
			sent += bits
		}
	}
	var out, in float64
	for rate, err := range organization(s).EgressThroughputs(aspera.ThroughputQuery{}).All(t.Context()) {
		require.NoError(t, err)
		out += rate.Throughput * 300
	}
	for rate, err := range organization(s).IngressThroughputs(aspera.ThroughputQuery{}).All(t.Context()) {
		require.NoError(t, err)
		in += rate.Throughput * 300
	}
	assert.InEpsilon(t, sent, out, 1e-6)
	assert.InEpsilon(t, received, in, 1e-6)

	start, stop := end.Add(-time.Hour), end.Add(-30*time.Minute)
	series, err := organization(s).EgressThroughputs(aspera.ThroughputQuery{Start: start, Stop: stop}).Collect(t.Context(), 0)
	require.NoError(t, err)
	require.Len(t, series, 7, "both bounds are included")
	assert.Equal(t, stop, series[0].Time)
	assert.Equal(t, start, series[6].Time)
}

// With this seed the only transfer is earlier than the only rate.
func TestThroughputsAfterTheLastTransfer(t *testing.T) {
	s := asperatest.NewServer(asperatest.WithRows(1), asperatest.WithSeed(634))
	got, err := organization(s).EgressThroughputs(aspera.ThroughputQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Len(t, got, 1)
}

// volume returns the sums over all workspaces.
func volume(t *testing.T, s *asperatest.Server, start, stop time.Time) (n int, up, down int64) {
	t.Helper()
	report, err := organization(s).VolumeUsage(t.Context(), aspera.VolumeQuery{Start: start, Stop: stop})
	require.NoError(t, err)
	for _, v := range report.Volumes {
		up, down = up+v.BytesUploaded, down+v.BytesDownloaded
	}
	return len(report.Volumes), up, down
}

func TestVolumes(t *testing.T) {
	s := asperatest.NewServer(asperatest.WithRows(500))
	end := time.Date(2025, time.November, 14, 17, 30, 0, 0, time.UTC)
	for _, span := range [][2]time.Time{{}, {end.Add(-2 * time.Hour), end.Add(-time.Hour)}, {{}, end.Add(-time.Hour)}, {end, {}}} {
		var up, down int64
		query := aspera.TransferQuery{Start: span[0], Stop: span[1]}
		for transfer, err := range organization(s).Transfers(query).All(t.Context()) {
			require.NoError(t, err)
			if transfer.Direction == aspera.DirectionReceive {
				up += transfer.TransferredBytes
			} else {
				down += transfer.TransferredBytes
			}
		}
		n, gotUp, gotDown := volume(t, s, span[0], span[1])
		assert.Equal(t, 5, n, "workspaces without transfers in the span have zeros")
		assert.Equal(t, []int64{up, down}, []int64{gotUp, gotDown}, span)
		assert.Equal(t, span[0].Equal(end), up == 0, span)
	}

	n, _, _ := volume(t, asperatest.NewServer(), time.Time{}, time.Time{})
	assert.Zero(t, n)
	s.AddVolumes(aspera.Volume{ID: "7", BytesUploaded: 1})
	n, up, down := volume(t, s, end, time.Time{})
	assert.Equal(t, []int64{1, 1, 0}, []int64{int64(n), up, down}, "added volumes replace the sums")
}
