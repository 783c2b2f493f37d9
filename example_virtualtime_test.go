package activity_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// followADay is a test of a program that follows a feed: 24 hours pass in a moment, since the fakes
// open no socket. In a program of yours it is called TestFollowADay, and go test runs it.
func followADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer()
		server.OnRequest(func(r snaplogictest.Request) { // at each request, another activity has just happened
			server.Add(snaplogic.Activity{ID: fmt.Sprintf("%024x", r.N), CreateTime: r.Time})
		})
		server.Fail(snaplogictest.Fault{Status: 503}, snaplogictest.Fault{CutBody: 10}) // the day begins badly

		begin, seen := time.Now(), map[string]int{}
		feed := server.Client().ActivityFeed(snaplogic.ActivityQuery{})
		options := activity.FollowOptions{Since: begin, Every: 10 * time.Minute}
		for batch, err := range feed.Follow(t.Context(), activity.Checkpoint{}, options) {
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range batch.Records {
				seen[r.Key]++
			}
			if time.Since(begin) > 24*time.Hour {
				break
			}
		}
		if len(seen) < 100 {
			t.Error(len(seen), "activities")
		}
		for key, n := range seen {
			if n != 1 {
				t.Error(key, "came", n, "times")
			}
		}
	})
}

// A day of following takes a moment in a testing/synctest bubble.
func Example_virtualTime() {
	tests := []testing.InternalTest{{Name: "TestFollowADay", F: followADay}}
	fmt.Println(tests[0].Name)
	// Output: TestFollowADay
}
