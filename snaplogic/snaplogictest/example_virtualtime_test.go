package snaplogictest_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// outage tests a program that reads while the service is down for two minutes. Each wait takes no
// real time. In your own tests, name it TestOutage, so that go test runs it.
func outage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer(snaplogictest.WithRows(250))
		down := time.Now().Add(2 * time.Minute)
		server.FailWith(func(r snaplogictest.Request) *snaplogictest.Fault {
			if r.Time.Before(down) {
				return &snaplogictest.Fault{Status: 503}
			}
			return nil
		})
		client := server.Client(activity.WithRetry(activity.RetryPolicy{MaxAttempts: 20}))
		got, err := client.Activities(snaplogic.ActivityQuery{}).Collect(t.Context(), 0)
		if err != nil || len(got) != 250 || time.Now().Before(down) {
			t.Error(len(got), err, time.Now())
		}
	})
}

// An outage of two minutes takes a moment in a testing/synctest bubble.
func Example_virtualTime() {
	tests := []testing.InternalTest{{Name: "TestOutage", F: outage}}
	fmt.Println(tests[0].Name)
	// Output: TestOutage
}
