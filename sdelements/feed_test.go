package sdelements_test

import (
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

func TestFeedRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := sdelementstest.NewServer()
		now := time.Now()
		server.Add(sdelements.Activity{ID: 7, Date: now.Add(-time.Hour)}, sdelements.Activity{Text: "no id", Date: now.Add(-time.Hour)})
		feed := server.Client().ActivityFeed(sdelements.ActivityQuery{Actor: 3})
		for b, err := range feed.CatchUp(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: now.Add(-2 * time.Hour)}) {
			require.NoError(t, err)
			assert.Empty(t, b.Records)
			assert.Equal(t, now.Add(-time.Minute).UTC(), b.Checkpoint.Watermark())
		}
		require.Len(t, server.Requests(), 1)
		// A microsecond more than is needed, on both sides.
		assert.Equal(t, "GET /api/v2/activities/?actor=3&date_from=1999-12-31T21%3A59%3A59.999999Z&date_to=1999-12-31T23%3A59%3A00.000001Z&page_size=100", server.Requests()[0].Line())

		keys := map[string]bool{}
		for b, err := range server.Client().ActivityFeed(sdelements.ActivityQuery{}).CatchUp(t.Context(), activity.Checkpoint{},
			activity.FollowOptions{Since: now.AddDate(0, -2, 0), Settle: -1}) {
			require.NoError(t, err)
			for _, r := range b.Records {
				keys[r.Key] = true
				assert.Equal(t, r.Item.Date, r.Time)
			}
		}
		assert.Len(t, keys, 2)
		assert.True(t, keys["7"])
	})
}

func TestFeedInvalidQuery(t *testing.T) {
	client := sdelementstest.NewServer().Client()
	for name, q := range map[string]sdelements.ActivityQuery{
		"paging": {Extra: url.Values{"page": {"1"}}},
	} {
		t.Run(name, func(t *testing.T) {
			for b, err := range client.ActivityFeed(q).CatchUp(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: noon}) {
				require.ErrorIs(t, err, activity.ErrInvalid)
				require.ErrorContains(t, err, "sdelements: example.sdelements.example.com: follow activities: ")
				assert.Zero(t, b)
			}
		})
	}
}
