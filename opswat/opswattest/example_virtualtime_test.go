package opswattest_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

// keepsTheQuota tests a program that reads 1,200 activities with 25 requests, of which ten a minute
// are allowed. In your own tests, name it TestKeepsTheQuota, so that go test runs it.
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

// In a testing/synctest bubble, minutes of waiting for the quota take a moment.
func Example_virtualTime() {
	tests := []testing.InternalTest{{Name: "TestKeepsTheQuota", F: keepsTheQuota}}
	fmt.Println(tests[0].Name)
	// Output: TestKeepsTheQuota
}

// fixedWindows tests how many requests a quota in fixed windows allows.
func fixedWindows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := opswattest.NewServer(opswattest.WithFixedWindow(), opswattest.WithRows(1000))
		query := opswat.ActivityQuery{
			StartDate: time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC),
			EndDate:   time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC),
		}
		<-time.After(59 * time.Second) // a bubble begins at a full minute
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
