package sdelementstest_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

// maintenanceAtNight tests a program that follows a feed while the service is down for an hour. In
// your own tests, name it TestMaintenanceAtNight, so that go test runs it.
func maintenanceAtNight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := sdelementstest.NewServer()
		begin := time.Now()
		server.FailWith(func(r sdelementstest.Request) *sdelementstest.Fault {
			if r.Time.Before(begin.Add(time.Hour)) {
				fault := sdelementstest.Maintenance()
				return &fault
			}
			return nil
		})
		server.Add(sdelements.Activity{ID: 1, Date: begin})
		feed := server.Client().ActivityFeed(sdelements.ActivityQuery{})
		failures := 0
		options := activity.FollowOptions{Since: begin.Add(-time.Hour), Every: 10 * time.Minute,
			OnRetry: func(error, time.Duration) { failures++ }}
		for batch, err := range feed.Follow(t.Context(), activity.Checkpoint{}, options) {
			if err != nil {
				t.Fatal(err)
			}
			if len(batch.Records) > 0 {
				break
			}
		}
		if failures == 0 || time.Since(begin) < time.Hour {
			t.Error(failures, time.Since(begin))
		}
	})
}

// An hour of maintenance takes a moment in a testing/synctest bubble.
func Example_virtualTime() {
	tests := []testing.InternalTest{{Name: "TestMaintenanceAtNight", F: maintenanceAtNight}}
	fmt.Println(tests[0].Name)
	// Output: TestMaintenanceAtNight
}
