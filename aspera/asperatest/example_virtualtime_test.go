package asperatest_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

// nightOfTokens tests a program that polls every ten minutes for eight hours, with tokens that are
// valid for one hour. In your own tests, name it TestNightOfTokens, so that go test runs it.
func nightOfTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := asperatest.NewServer(asperatest.WithTokenLifetime(time.Hour))
		organization := server.Client().OwnOrganization()
		for range 48 {
			if _, err := organization.Transfers(aspera.TransferQuery{}).Collect(t.Context(), 0); err != nil {
				t.Fatal(err)
			}
			<-time.After(10 * time.Minute)
		}
		if n := len(server.Requests()); n < 48+8 || n > 48+10 {
			t.Error(n, "requests")
		}
	})
}

// A night of polling takes a moment in a testing/synctest bubble.
func Example_virtualTime() {
	tests := []testing.InternalTest{{Name: "TestNightOfTokens", F: nightOfTokens}}
	fmt.Println(tests[0].Name)
	// Output: TestNightOfTokens
}
