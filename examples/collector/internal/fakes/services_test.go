package fakes_test

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/examples/collector/internal/fakes"
)

func TestRecordsAreThoseThatAreServed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		services := fakes.New(0)
		defer services.Close()
		services.Add(100, time.Now().Add(-time.Hour), time.Now())
		begun := time.Now()
		services.Grow(t.Context(), 50, 200)
		assert.InDelta(t, 4*time.Second, time.Since(begun), float64(50*time.Millisecond))
		for _, feed := range fakes.Feeds {
			assert.Len(t, services.Records(feed), 300, feed)
		}
		assert.Equal(t, []int{300, 300, 300, 300}, []int{services.Aspera.Len(), services.SnapLogic.Len(), services.OPSWAT.Len(), services.SDElements.Len()})

		distinct := map[string]bool{}
		for _, raw := range services.Records(fakes.OPSWATActivities) {
			distinct[string(raw)] = true
		}
		assert.Len(t, distinct, 200, "every third is the same as the one before")
	})
}

// The times are even over spans whose multiples overflow a time.Duration.
func TestManyRecordsOverALongSpan(t *testing.T) {
	const n, span = 5_000, 720 * time.Hour
	services := fakes.New(0)
	defer services.Close()
	to := time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)
	services.Add(n, to.Add(-span), to)
	last, uneven := to.Add(-span), 0
	for _, raw := range services.Records(fakes.SDElementsActivities) {
		var record struct{ Date time.Time }
		require.NoError(t, json.Unmarshal(raw, &record))
		if apart := record.Date.Sub(last); (apart - span/n).Abs() > time.Millisecond {
			uneven++
		}
		last = record.Date
	}
	assert.Zero(t, uneven)
	assert.Equal(t, to, last)
}
