package fakes_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

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
