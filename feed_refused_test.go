package activity_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/followtest"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// A service that refuses pages beyond some offset is read in shorter slices, at the first start and
// at each one after it.
func TestFeedsOfServicesThatRefuseOffsets(t *testing.T) {
	const rows, most = 3000, 250
	t.Run("snaplogic", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			server, since := snaplogictest.NewServer(snaplogictest.WithMaxOffset(most)), time.Now().Add(-48*time.Hour)
			items := make([]snaplogic.Activity, rows)
			for i := range items {
				items[i] = snaplogic.Activity{ID: fmt.Sprintf("%024x", i), CreateTime: since.Add(time.Duration(i) * time.Minute / 2)}
			}
			server.Add(items...)
			followTwice(t, rows, since, server.Client().ActivityFeed(snaplogic.ActivityQuery{PageSize: 50}))
		})
	})
	t.Run("sdelements", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			server, since := sdelementstest.NewServer(sdelementstest.WithMaxOffset(most)), time.Now().Add(-48*time.Hour)
			items := make([]sdelements.Activity, rows)
			for i := range items {
				items[i] = sdelements.Activity{ID: int64(i + 1), Date: since.Add(time.Duration(i) * time.Minute / 2)}
			}
			server.Add(items...)
			followTwice(t, rows, since, server.Client().ActivityFeed(sdelements.ActivityQuery{PageSize: 50}))
		})
	})
}

// followTwice looks back over everything in the second run.
func followTwice[T any](t *testing.T, rows int, since time.Time, feed activity.Feed[T]) {
	t.Helper()
	kept := followtest.NewStore()
	for range 2 {
		o := activity.FollowOptions{Since: since, Lookback: time.Since(since)}
		followtest.CatchUp(t, kept, feed, o)
	}
	assert.Len(t, kept.Keys, rows)
	for key, n := range kept.Keys {
		assert.Equal(t, 1, n, key)
	}
}
