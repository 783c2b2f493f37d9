package opswat_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/followtest"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

// A page with fewer rows than were asked for is not the last one: what is behind it is read.
func TestShortPageInTheMiddle(t *testing.T) {
	for _, prefetch := range []int{0, 1} {
		synctest.Test(t, func(t *testing.T) {
			server, kept := opswattest.NewServer(opswattest.WithPageSizes(50, 49)), followtest.NewStore()
			want := rows(149, time.Now().Add(-time.Minute))
			server.Add(want...)
			client := server.Client(activity.WithPrefetch(prefetch))
			got, err := client.Activities(opswat.ActivityQuery{}).Collect(t.Context(), 0)
			require.NoError(t, err)
			assert.Equal(t, deviceIDs(want), deviceIDs(got))
			assert.Equal(t, pagesOf(50, 4), bodies(server))

			followtest.CatchUp(t, kept, client.ActivityFeed(opswat.ActivityQuery{}),
				activity.FollowOptions{Since: time.Now().Add(-time.Hour), Settle: -1})
			assert.Len(t, kept.Keys, 149)
		})
	}
}

// A service that ignores the page number is given up as soon when its page is short.
func TestShortPageInCircles(t *testing.T) {
	requests := 0
	rt := roundTrip(func(req *http.Request) (*http.Response, error) {
		if !isTokenRequest(req) {
			requests++
		}
		return serving(http.StatusOK, `[{"device_id":"D"}]`)(req)
	})
	got, err := newClient(t, rt, credentials()).Activities(opswat.ActivityQuery{}).Collect(t.Context(), 0)
	require.ErrorIs(t, err, activity.ErrCursorLoop)
	assert.Len(t, got, 10)
	assert.Equal(t, 11, requests)
}
