package snaplogic_test

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/followtest"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

func TestActivityFeed(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				random := rand.New(rand.NewPCG(seed, 3))
				server, kept := snaplogictest.NewServer(), followtest.NewStore()
				begin := time.Now()
				agenda := followtest.NewAgenda(random, 400, 40*time.Hour, 50*time.Minute)
				server.OnRequest(func(snaplogictest.Request) {
					for _, e := range agenda.Due() {
						server.Add(snaplogic.Activity{ID: fmt.Sprintf("%024x", e.N), CreateTime: e.At})
					}
				})
				server.FailWith(func(snaplogictest.Request) *snaplogictest.Fault {
					if random.IntN(10) == 0 {
						return &snaplogictest.Fault{Status: 503}
					}
					return nil
				})
				client := server.Client(activity.WithRetry(activity.RetryPolicy{MaxAttempts: 2}))
				feed := func() activity.Feed[snaplogic.Activity] {
					return client.ActivityFeed(snaplogic.ActivityQuery{PageSize: 1 + random.IntN(20)})
				}
				o := activity.FollowOptions{Since: begin, Every: 10 * time.Minute}
				followtest.Crash(t, kept, feed, o, random, 66*time.Hour)
				server.FailWith(nil)
				followtest.CatchUp(t, kept, feed(), o)
				for i := range 400 {
					assert.Equal(t, 1, kept.Keys[fmt.Sprintf("%024x", i)], i)
				}
				assert.Len(t, kept.Keys, 400)
			})
		})
	}
}

func TestFeedRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer()
		server.Add(old(3)...)
		server.Add(snaplogic.Activity{ByWhom: "no id", CreateTime: bubbleStart.Add(-time.Hour)})
		feed := server.Client().ActivityFeed(snaplogic.ActivityQuery{User: "u", EventTypes: []snaplogic.EventType{"a", "b"}})
		for b, err := range feed.Follow(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: bubbleStart.Add(-2 * time.Hour)}) {
			require.NoError(t, err)
			assert.Empty(t, b.Records)
			assert.Equal(t, bubbleStart.Add(-time.Minute), b.Checkpoint.Watermark())
		}
		assert.Equal(t, []string{"end=946684740001&filter_event_type=a%2Cb&filter_user=u&limit=1000&offset=0&start=946677599999"}, queries(server))

		keys := map[string]bool{}
		for b, err := range server.Client().ActivityFeed(snaplogic.ActivityQuery{}).Follow(t.Context(), activity.Checkpoint{},
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

func TestFeedRefuses(t *testing.T) {
	client := snaplogictest.NewServer().Client()
	for name, q := range map[string]snaplogic.ActivityQuery{
		"Start":     {Start: bubbleStart},
		"End":       {End: bubbleStart},
		"PageSize":  {PageSize: -1},
		"paging":    {Extra: url.Values{"offset": {"1"}}},
		"a project": {Project: "p"},
	} {
		t.Run(name, func(t *testing.T) {
			for b, err := range client.ActivityFeed(q).Follow(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: bubbleStart}) {
				require.ErrorIs(t, err, activity.ErrInvalid)
				require.ErrorContains(t, err, "snaplogic: follow activities: ")
				assert.Zero(t, b)
			}
		})
	}
}

func TestFeedsApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer()
		client := server.Client()
		types := []snaplogic.EventType{"a"}
		feed := client.ActivityFeed(snaplogic.ActivityQuery{EventTypes: types, IsAlert: new(true)})
		types[0] = "changed later"
		var c activity.Checkpoint
		for b, err := range feed.Follow(t.Context(), c, activity.FollowOptions{Since: bubbleStart.Add(-time.Hour)}) {
			require.NoError(t, err)
			c = b.Checkpoint
		}
		follow := func(q snaplogic.ActivityQuery) (err error) {
			for _, err = range client.ActivityFeed(q).Follow(t.Context(), c, activity.FollowOptions{}) {
				continue
			}
			return err
		}
		require.NoError(t, follow(snaplogic.ActivityQuery{EventTypes: []snaplogic.EventType{"a"}, IsAlert: new(true), PageSize: 7}))
		require.ErrorIs(t, follow(snaplogic.ActivityQuery{EventTypes: []snaplogic.EventType{"a"}}), activity.ErrCheckpointMismatch)
		require.ErrorIs(t, follow(snaplogic.ActivityQuery{EventTypes: []snaplogic.EventType{"b"}, IsAlert: new(true)}), activity.ErrCheckpointMismatch)
	})
}
