package recipes

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

// WriteVolumes asks for fourteen months one by one, up to the current one. It looks up the
// organization's id once.
func TestWriteVolumes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := asperatest.NewServer()
		start := time.Date(1998, 12, 15, 12, 0, 0, 0, time.UTC) // in the first of the fourteen months
		for i := range 13 {
			at := start.AddDate(0, i, 0)
			server.Add(aspera.Transfer{UUID: at.Format("2006-01"), Direction: aspera.DirectionReceive, SessionStart: at,
				SessionStop: at.Add(time.Hour), UpdatedAt: at.Add(time.Hour), TransferredBytes: int64(1000 + i), Status: aspera.StatusCompleted})
		}
		var out strings.Builder
		require.NoError(t, WriteVolumes(t.Context(), &out, server.Client(), 14))
		lines, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
		require.NoError(t, err)
		assert.Equal(t, []string{"month", "workspace", "name", "uploaded", "downloaded"}, lines[0])
		require.Len(t, lines, 1+14*5, "the fake has five workspaces")
		moved := map[string]int{}
		for _, line := range lines[1:] {
			uploaded, err := strconv.Atoi(line[3])
			require.NoError(t, err)
			moved[line[0]] += uploaded
			assert.Equal(t, "0", line[4])
		}
		assert.Len(t, moved, 14)
		for i := range 13 {
			assert.Equal(t, 1000+i, moved[start.AddDate(0, i, 0).Format("2006-01")])
		}
		assert.Zero(t, moved["2000-01"])
		var asked []string
		for _, r := range server.Requests() {
			if r.Method == http.MethodGet {
				asked = append(asked, r.Line())
			}
		}
		const usage = "GET /analytics/v2/organizations/1023/volume_usage?"
		require.Len(t, asked, 15)
		assert.Equal(t, []string{
			"GET /api/v1/organization",
			usage + "start_time=1998-12-01T00%3A00%3A00Z&stop_time=1998-12-31T23%3A59%3A59.999Z",
		}, asked[:2])
		assert.Equal(t, usage+"start_time=2000-01-01T00%3A00%3A00Z&stop_time=2000-01-31T23%3A59%3A59.999Z", asked[14])
	})
}
