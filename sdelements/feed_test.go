package sdelements_test

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/followtest"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

func TestActivityFeed(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				random := rand.New(rand.NewPCG(seed, 4))
				server, kept := sdelementstest.NewServer(), followtest.NewStore()
				begin := time.Now()
				agenda := followtest.NewAgenda(random, 400, 40*time.Hour, 50*time.Minute)
				server.OnRequest(func(sdelementstest.Request) {
					for _, e := range agenda.Due() {
						server.Add(sdelements.Activity{ID: int64(e.N + 1), Date: e.At})
					}
				})
				server.FailWith(func(sdelementstest.Request) *sdelementstest.Fault {
					if random.IntN(10) == 0 {
						return new(sdelementstest.Maintenance())
					}
					return nil
				})
				client := server.Client(activity.WithRetry(activity.RetryPolicy{MaxAttempts: 2}))
				feed := func() activity.Feed[sdelements.Activity] {
					return client.ActivityFeed(sdelements.ActivityQuery{PageSize: 2 + random.IntN(20)})
				}
				o := activity.FollowOptions{Since: begin, Every: 10 * time.Minute}
				followtest.Crash(t, kept, feed, o, random, 66*time.Hour)
				server.FailWith(nil)
				followtest.CatchUp(t, kept, feed(), o)
				for i := range 400 {
					assert.Equal(t, 1, kept.Keys[strconv.Itoa(i+1)], i+1)
				}
				assert.Len(t, kept.Keys, 400)
			})
		})
	}
}

func TestFeedRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := sdelementstest.NewServer()
		now := time.Now()
		server.Add(sdelements.Activity{ID: 7, Date: now.Add(-time.Hour)}, sdelements.Activity{Text: "no id", Date: now.Add(-time.Hour)})
		feed := server.Client().ActivityFeed(sdelements.ActivityQuery{Actor: 3})
		for b, err := range feed.Follow(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: now.Add(-2 * time.Hour)}) {
			require.NoError(t, err)
			assert.Empty(t, b.Records)
			assert.Equal(t, now.Add(-time.Minute).UTC(), b.Checkpoint.Watermark())
		}
		require.Len(t, server.Requests(), 1)
		assert.Equal(t, "GET /api/v2/activities/?actor=3&date_from=1999-12-31T22%3A00%3A00Z&date_to=1999-12-31T23%3A59%3A00Z&page_size=100", server.Requests()[0].Line())

		keys := map[string]bool{}
		for b, err := range server.Client().ActivityFeed(sdelements.ActivityQuery{}).Follow(t.Context(), activity.Checkpoint{},
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

func TestFeedRefuses(t *testing.T) {
	client := sdelementstest.NewServer().Client()
	for name, q := range map[string]sdelements.ActivityQuery{
		"DateFrom": {DateFrom: noon},
		"DateTo":   {DateTo: noon},
		"PageSize": {PageSize: -1},
		"paging":   {Extra: url.Values{"page": {"1"}}},
	} {
		t.Run(name, func(t *testing.T) {
			for b, err := range client.ActivityFeed(q).Follow(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: noon}) {
				require.ErrorIs(t, err, activity.ErrInvalid)
				require.ErrorContains(t, err, "sdelements: follow activities: ")
				assert.Zero(t, b)
			}
		})
	}
}
