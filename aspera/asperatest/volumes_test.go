package asperatest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

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
	assert.Equal(t, []int64{1, 1, 0}, []int64{int64(n), up, down}, "volumes that were added take the place of the sums")
}
