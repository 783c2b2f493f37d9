package snaplogictest_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// readAll reads all activities, as a program under test does.
func readAll(client *snaplogic.Client) ([]snaplogic.Activity, error) {
	return client.Activities(snaplogic.ActivityQuery{PageSize: 100}).Collect(context.Background(), 0)
}

// A fake with invented activities, and a client that reads them in memory.
func ExampleNewServer() {
	server := snaplogictest.NewServer(snaplogictest.WithRows(250))
	got, err := readAll(server.Client())
	fmt.Println(len(got), err)
	for _, r := range server.Requests() {
		fmt.Println(r.Method, r.Query().Get("offset"), r.Query().Get("limit"), r.Status)
	}
	// Output:
	// 250 <nil>
	// GET 0 100 200
	// GET 99 101 200
	// GET 199 101 200
}

// Your own activities, by their fields or as raw bytes.
func ExampleServer_Add() {
	server := snaplogictest.NewServer()
	server.Add(
		snaplogic.Activity{ID: "5b3ce2a1fc7a1b5aa0d03f2c", EventType: snaplogic.EventAssetMove, CreateTime: time.Date(2024, 3, 5, 9, 0, 0, 0, time.UTC)},
		snaplogic.Activity{Raw: []byte(`{"_id": "5b3ce2a1fc7a1b5aa0d03f2d", "event_type": "a new one", "create_time": "2024-03-05T10:00:00Z"}`)},
	)
	got, err := readAll(server.Client())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(got[0].EventType, got[1].EventType)
	// Output: a new one asset_move
}

// Each fault applies to one request, in order of arrival.
func ExampleFault() {
	server := snaplogictest.NewServer(snaplogictest.WithRows(10))
	server.Fail(
		snaplogictest.Fault{Reset: true},                                            // the connection breaks
		snaplogictest.Fault{CutBody: 100},                                           // it breaks within the answer
		snaplogictest.Fault{Status: 503, Body: "<html>Back soon</html>"},            // maintenance
		snaplogictest.Fault{Status: 429, Header: http.Header{"Retry-After": {"0"}}}, // a quota
	)
	quick := activity.RetryPolicy{MinWait: time.Millisecond, MaxWait: 2 * time.Millisecond}
	got, err := readAll(server.Client(activity.WithRetry(quick)))
	fmt.Println(len(got), err, len(server.Requests()))
	// Output: 10 <nil> 5
}

// A fault for the third request only.
func ExampleServer_FailWith() {
	server := snaplogictest.NewServer(snaplogictest.WithRows(250))
	server.FailWith(func(r snaplogictest.Request) *snaplogictest.Fault {
		if r.N == 3 {
			return &snaplogictest.Fault{Status: 403}
		}
		return nil
	})
	got, err := readAll(server.Client())
	fmt.Println(len(got), errors.Is(err, activity.ErrForbidden))
	// Output: 200 true
}

// Requests over the quota are answered with 429 and Retry-After.
func ExampleWithQuota() {
	server := snaplogictest.NewServer(snaplogictest.WithRows(250), snaplogictest.WithQuota(2, time.Hour))
	got, err := readAll(server.Client())
	fmt.Println(len(got), errors.Is(err, activity.ErrRateLimited))
	// Output: 200 true
}

// An activity that is added while a list is read.
func ExampleServer_OnRequest() {
	server := snaplogictest.NewServer(snaplogictest.WithRows(250))
	server.OnRequest(func(r snaplogictest.Request) {
		if r.N == 2 {
			server.InsertAt(0, snaplogic.Activity{ID: "5b3ce2a1fc7a1b5aa0d03f2c", CreateTime: time.Now().Add(time.Second)})
		}
	})
	got, err := readAll(server.Client())
	fmt.Println(len(got), server.Len(), err) // a list ends at the time at which it began
	// Output: 250 251 <nil>
}

// Tokens instead of a password. The client replaces a token that has expired.
func ExampleServer_ExpireTokens() {
	server := snaplogictest.NewServer(snaplogictest.WithRows(250), snaplogictest.WithBasicDisabled())
	server.OnRequest(func(r snaplogictest.Request) {
		if r.N == 2 {
			server.ExpireTokens()
		}
	})
	got, err := readAll(server.Client())
	fmt.Println(len(got), err, server.Requests()[1].Status)
	// Output: 250 <nil> 401
}

// A listener on the loopback interface, for a program that needs an address.
func ExampleServer_URL() {
	server := snaplogictest.NewServer(snaplogictest.WithRows(10))
	defer server.Close()
	client, err := snaplogic.New(snaplogictest.Organization, server.Credentials(), activity.WithBaseURL(server.URL()))
	if err != nil {
		log.Fatal(err)
	}
	got, err := readAll(client)
	fmt.Println(len(got), err)
	// Output: 10 <nil>
}

// Options select how the service behaves.
func ExampleOption() {
	server := snaplogictest.NewServer(
		snaplogictest.WithRows(250),
		snaplogictest.WithOrganization("acme"),
		snaplogictest.WithPageLimit(40), // pages in the middle are short
		snaplogictest.WithBareEnvelope(),
		snaplogictest.WithoutTotal(),
	)
	got, err := readAll(server.Client())
	fmt.Println(len(got), err)
	// Output: 250 <nil>
}
