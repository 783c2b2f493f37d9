package conformance_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/ocsftest"
)

// TestRecordsAreEvents checks that each record of a feed is an activity.Event with the record's
// values, and that its OCSF form is valid by the schema.
func TestRecordsAreEvents(t *testing.T) {
	everyVendor(t, func(t *testing.T, a *adapter) {
		records, err := readings[0].read(t.Context(), a.fill(13).client(t), 5)
		require.NoError(t, err)
		for _, r := range records {
			eventer, ok := r.value.(activity.Eventer)
			require.True(t, ok, "%T", r.value)
			e := eventer.Event()
			assert.Equal(t, a.vendor, e.Vendor)
			assert.True(t, r.time.Equal(e.Time))
			assert.NotEmpty(t, e.Kind)
			assert.Equal(t, string(r.raw), string(e.Raw))
			text, err := e.OCSF()
			require.NoError(t, err)
			assert.Empty(t, ocsftest.Problems(text), "%s", text)
		}
	})
}
