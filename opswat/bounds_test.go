package opswat_test

import (
	"fmt"
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

// Whether the service includes the day that is its end date or stops where it begins: no activity
// is missing.
func TestEndDateInclusiveOrNot(t *testing.T) {
	for name, options := range map[string][]opswattest.Option{
		"included": {opswattest.WithoutQuota()},
		"excluded": {opswattest.WithoutQuota(), opswattest.WithExclusiveBounds()},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := opswattest.NewServer(options...)
				now := time.Now()
				for at := now.Add(-40 * day); !at.After(now); at = at.Add(90 * time.Minute) { // midnights too
					server.Add(opswat.Activity{Timestamp: at, DeviceID: at.Format(time.RFC3339)},
						opswat.Activity{Timestamp: at.Add(-time.Second), DeviceID: at.Add(-time.Second).Format(time.RFC3339)})
				}
				client := server.Client(unlimited)
				for _, ago := range []time.Duration{26 * time.Hour, 3 * day, 40 * day, 40*day - 7*time.Hour - 1} {
					kept, since := followtest.NewStore(), now.Add(-ago)
					followtest.CatchUp(t, kept, client.ActivityFeed(opswat.ActivityQuery{}), activity.FollowOptions{Since: since, Settle: -1})
					assert.GreaterOrEqual(t, len(kept.Keys), 2*int(ago/(90*time.Minute))+1, "since %v ago", ago)

					for _, length := range []time.Duration{time.Second, 7 * time.Hour, day, 30*time.Hour + 1} {
						got := map[string]bool{}
						for a, err := range client.Activities(opswat.ActivityQuery{StartDate: since, EndDate: since.Add(length)}).All(t.Context()) {
							require.NoError(t, err)
							got[a.DeviceID] = true
						}
						for at := now; !at.Before(since); at = at.Add(-90 * time.Minute) {
							if at.Before(since.Add(length)) {
								assert.True(t, got[at.Format(time.RFC3339)], fmt.Sprint(at, " from ", since, " for ", length))
							}
						}
					}
				}
			})
		})
	}
}

const day = 24 * time.Hour
