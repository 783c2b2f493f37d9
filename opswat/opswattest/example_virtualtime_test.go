package opswattest_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

// keepsTheQuota is a test of a program that reads 1,200 activities: 25 requests, of which ten a
// minute are allowed. In a program of yours it is called TestKeepsTheQuota, and go test runs it.
func keepsTheQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := opswattest.NewServer(opswattest.WithRows(1200))
		query := opswat.ActivityQuery{
			StartDate: time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC),
			EndDate:   time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC),
		}
		begin := time.Now()
		got, err := server.Client().Activities(query).Collect(t.Context(), 0)
		if err != nil || len(got) != 1200 {
			t.Error(len(got), err)
		}
		if n := opswattest.MaxInWindow(server.APIRequests(), time.Minute); n > 10 {
			t.Error(n, "requests in a minute")
		}
		if took := time.Since(begin); took < 2*time.Minute || took > 3*time.Minute {
			t.Error(took)
		}
	})
}

// Minutes of waiting for the quota take a moment in a testing/synctest bubble.
func Example_virtualTime() {
	tests := []testing.InternalTest{{Name: "TestKeepsTheQuota", F: keepsTheQuota}}
	fmt.Println(tests[0].Name)
	// Output: TestKeepsTheQuota
}

// fixedWindows is a test of what a quota in fixed windows lets through.
func fixedWindows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := opswattest.NewServer(opswattest.WithFixedWindow(), opswattest.WithRows(1000))
		query := opswat.ActivityQuery{
			StartDate: time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC),
			EndDate:   time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC),
		}
		<-time.After(59 * time.Second) // of a bubble, which begins at a full minute
		for range 2 {
			if _, err := server.Client().Activities(query).Collect(t.Context(), 500); err != nil {
				t.Error(err)
			}
			<-time.After(time.Second)
		}
		if n := opswattest.MaxInWindow(server.APIRequests(), time.Minute); n != 20 {
			t.Error(n, "requests in a minute")
		}
	})
}

// Two clients that do not share a limiter may send twenty requests around a full minute.
func ExampleWithFixedWindow() {
	tests := []testing.InternalTest{{Name: "TestFixedWindows", F: fixedWindows}}
	fmt.Println(tests[0].Name)
	// Output: TestFixedWindows
}
