package asperatest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

var noon = time.Date(2024, 3, 5, 12, 0, 0, 0, time.UTC)

func organization(s *asperatest.Server) aspera.Resource {
	return s.Client().Organization(asperatest.OrganizationID)
}

// pages follows the links of a list of transfers and returns the UUIDs of each page.
func pages(t *testing.T, s *asperatest.Server, size int) (out [][]string) {
	t.Helper()
	for page, err := range organization(s).Transfers(aspera.TransferQuery{PageSize: size}).Pages(t.Context()) {
		require.NoError(t, err)
		var uuids []string
		for _, transfer := range page.Items {
			uuids = append(uuids, transfer.UUID)
		}
		out = append(out, uuids)
	}
	return out
}

// numbered adds transfers "0" to "n-1", the first of which is the newest.
func numbered(s *asperatest.Server, n int) {
	for i := range n {
		s.Add(aspera.Transfer{UUID: fmt.Sprint(i), SessionStart: noon.Add(-time.Duration(i) * time.Second)})
	}
}

func TestUUIDsMayRepeat(t *testing.T) {
	s := asperatest.NewServer()
	numbered(s, 2)
	s.Add(aspera.Transfer{UUID: "1", SessionStart: noon.Add(-time.Second)}, aspera.Transfer{UUID: "1", SessionStart: noon.Add(-time.Hour)})
	assert.Equal(t, [][]string{{"0"}, {"1"}, {"1"}, {"1"}}, pages(t, s, 1))
	one, err := organization(s).Transfer(t.Context(), "1")
	require.NoError(t, err)
	assert.Equal(t, noon.Add(-time.Second), one.SessionStart, "the newest")
	assert.Equal(t, 3, s.Delete("1"))
}

func TestShuffledTies(t *testing.T) {
	walk := func(size int, opts ...asperatest.Option) (got [][]string) {
		s := asperatest.NewServer(opts...)
		for i := range 5 {
			s.Add(aspera.Transfer{UUID: fmt.Sprint(i), SessionStart: noon})
		}
		for range 10 {
			var all []string
			for _, page := range pages(t, s, size) {
				all = append(all, page...)
			}
			assert.ElementsMatch(t, []string{"0", "1", "2", "3", "4"}, all, "each comes once")
			got = append(got, all)
		}
		return got
	}
	one := asperatest.WithShuffledTies(1)
	again := walk(2, one)
	assert.Equal(t, walk(2, one), again)
	assert.NotEqual(t, walk(5, one), walk(5, asperatest.WithShuffledTies(2)))
	assert.NotEqual(t, walk(5, one)[0], walk(5, one)[1])
	assert.Equal(t, walk(5)[0], walk(5)[1], "not unless it is ordered")
}

func TestPageSizes(t *testing.T) {
	s := asperatest.NewServer(asperatest.WithPageSizes(3, 2), asperatest.WithEmptyPages())
	numbered(s, 9)
	assert.Equal(t, [][]string{{"0", "1", "2"}, nil, {"3", "4"}, nil, {"5", "6", "7"}, nil, {"8"}}, pages(t, s, 3))
}

func TestExclusiveBounds(t *testing.T) {
	for want, opts := range map[string][]asperatest.Option{"0 1 2 ": nil, "1 ": {asperatest.WithExclusiveBounds()}} {
		s := asperatest.NewServer(opts...)
		numbered(s, 4)
		for i := range 4 {
			at := noon.Add(-time.Duration(i) * time.Second)
			s.AddApplicationEvents(aspera.ApplicationEvent{EventID: fmt.Sprint(i), CreatedAt: at})
		}
		start, stop := noon.Add(-2*time.Second), noon
		transfers, events := "", ""
		for transfer, err := range organization(s).Transfers(aspera.TransferQuery{Start: start, Stop: stop}).All(t.Context()) {
			require.NoError(t, err)
			transfers += transfer.UUID + " "
		}
		for event, err := range organization(s).ApplicationEvents(aspera.EventQuery{Start: start, Stop: stop}).All(t.Context()) {
			require.NoError(t, err)
			events += event.EventID + " "
		}
		assert.Equal(t, want, transfers)
		assert.Equal(t, want, events)
	}
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

func TestVolumesAreSumsOfTheTransfersInTheSpan(t *testing.T) {
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
	assert.Equal(t, []int64{1, 1, 0}, []int64{int64(n), up, down}, "volumes that were added take the place of the sums")
}

// What the invented transfers moved before the end of the series is what the rates move.
func TestThroughputsFollowFromTheTransfers(t *testing.T) {
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

// With this seed the only transfer lies further back than the only rate.
func TestThroughputsOfATransferBeforeTheSeries(t *testing.T) {
	s := asperatest.NewServer(asperatest.WithRows(1), asperatest.WithSeed(634))
	got, err := organization(s).EgressThroughputs(aspera.ThroughputQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Len(t, got, 1)
}

func TestRawIsServedAsItIs(t *testing.T) {
	s := asperatest.NewServer()
	raw := "{\"uuid\":\"tab\",\"content\":\"a\tb\xe9\"}"
	s.Add(aspera.Transfer{UUID: "tab", Raw: json.RawMessage(raw)})
	status, body := send(t, s, "GET", "/analytics/v2/users/7/transfers", "", nil)
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, body, `"transfers":[`+raw+`]`)
	_, body = send(t, s, "GET", "/analytics/v2/users/7/transfers/tab", "", nil)
	assert.Equal(t, raw, body)
}

// A token endpoint that refuses, but says 200.
func TestTokenErrorUnder200(t *testing.T) {
	s := asperatest.NewServer()
	s.Fail(asperatest.Fault{Token: true, Body: `{"error":"invalid_client"}`})
	body := url.Values{"grant_type": {"x"}}.Encode()
	status, text := send(t, s, "POST", "/api/v1/oauth2/acme/token", body, nil)
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, `{"error":"invalid_client"}`, text)
}
