package snaplogic_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

func TestFeedRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer()
		server.Add(old(3)...)
		server.Add(snaplogic.Activity{ByWhom: "no id", CreateTime: bubbleStart.Add(-time.Hour)})
		feed := server.Client().ActivityFeed(snaplogic.ActivityQuery{User: "u", EventTypes: []snaplogic.EventType{"a", "b"}})
		for b, err := range feed.CatchUp(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: bubbleStart.Add(-2 * time.Hour)}) {
			require.NoError(t, err)
			assert.Empty(t, b.Records)
			assert.Equal(t, bubbleStart.Add(-time.Minute), b.Checkpoint.Watermark())
		}
		assert.Equal(t, []string{"end=946684740001&filter_event_type=a%2Cb&filter_user=u&limit=1000&offset=0&start=946677599999"}, queries(server))

		keys := map[string]bool{}
		for b, err := range server.Client().ActivityFeed(snaplogic.ActivityQuery{}).CatchUp(t.Context(), activity.Checkpoint{},
			activity.FollowOptions{Since: bubbleStart.AddDate(0, -2, 0), Settle: -1}) {
			require.NoError(t, err)
			for _, r := range b.Records {
				keys[r.Key] = true
				assert.Equal(t, r.Item.CreateTime, r.Time)
			}
		}
		assert.Len(t, keys, 4)
		assert.True(t, keys[old(3)[0].ID])
	})
}

// A checkpoint belongs to its query as it was when the feed was made, except for the page size.
func TestCheckpointOfAnotherQuery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer()
		client := server.Client()
		types := []snaplogic.EventType{"a"}
		feed := client.ActivityFeed(snaplogic.ActivityQuery{EventTypes: types, IsAlert: new(true)})
		types[0] = "changed later"
		var c activity.Checkpoint
		for b, err := range feed.CatchUp(t.Context(), c, activity.FollowOptions{Since: bubbleStart.Add(-time.Hour)}) {
			require.NoError(t, err)
			c = b.Checkpoint
		}
		follow := func(q snaplogic.ActivityQuery) (err error) {
			for _, err = range client.ActivityFeed(q).CatchUp(t.Context(), c, activity.FollowOptions{}) {
				continue
			}
			return err
		}
		require.NoError(t, follow(snaplogic.ActivityQuery{EventTypes: []snaplogic.EventType{"a"}, IsAlert: new(true), PageSize: 7}))
		require.ErrorIs(t, follow(snaplogic.ActivityQuery{EventTypes: []snaplogic.EventType{"a"}}), activity.ErrCheckpointMismatch)
		require.ErrorIs(t, follow(snaplogic.ActivityQuery{EventTypes: []snaplogic.EventType{"b"}, IsAlert: new(true)}), activity.ErrCheckpointMismatch)
	})
}
