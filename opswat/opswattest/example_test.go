package opswattest_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/time/rate"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

// readAll reads everything, as the program under test would. The invented activities are of 2018
// and before.
func readAll(client *opswat.Client) ([]opswat.Activity, error) {
	query := opswat.ActivityQuery{
		StartDate: time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC),
		EndDate:   time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	return client.Activities(query).Collect(context.Background(), 0)
}

// A fake with invented activities, and a client that reaches it in memory.
func ExampleNewServer() {
	server := opswattest.NewServer(opswattest.WithRows(120))
	got, err := readAll(server.Client())
	fmt.Println(len(got), err)
	for _, r := range server.Requests() {
		fmt.Println(r.Method, r.Path)
	}
	// Output:
	// 120 <nil>
	// POST /o/oauth/token
	// POST /o/api/v3/activities
	// POST /o/api/v3/activities
	// POST /o/api/v3/activities
	// POST /o/api/v3/activities
}

// Activities of your own: by their fields, or byte for byte as a service sent them.
func ExampleServer_Add() {
	server := opswattest.NewServer()
	server.Add(
		opswat.Activity{Timestamp: time.Date(2024, 3, 5, 9, 0, 0, 0, time.UTC), Action: opswat.ActionBlocked},
		opswat.Activity{Raw: []byte(`{"timestamp": "Mar 05, 2024 10:00:00 AM", "action": "a new one"}`)},
	)
	got, err := readAll(server.Client())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(got[0].Action, got[1].Action)
	// Output: a new one blocked
}

// Misbehaviour on order: each fault meets one request, in turn; those with Token meet requests for
// tokens.
func ExampleFault() {
	server := opswattest.NewServer(opswattest.WithRows(10))
	server.Fail(
		opswattest.Fault{Token: true, Status: 502},
		opswattest.Fault{Reset: true},  // the connection breaks
		opswattest.Fault{CutBody: 100}, // it breaks in the middle of the answer
		opswattest.Fault{Status: 429, Header: http.Header{"Retry-After": {"0"}}},
	)
	quick := activity.RetryPolicy{MinWait: time.Millisecond, MaxWait: 2 * time.Millisecond}
	got, err := readAll(server.Client(activity.WithRetry(quick)))
	fmt.Println(len(got), err, len(server.APIRequests()), len(server.Requests()))
	// Output: 10 <nil> 5 7
}

// A client that does not keep the quota is answered with 429. The clients of this SDK do keep it.
func ExampleWithQuota() {
	server := opswattest.NewServer(opswattest.WithRows(120), opswattest.WithQuota(2, time.Hour))
	careless := activity.WithRateLimiter(rate.NewLimiter(rate.Inf, 0))
	got, err := readAll(server.Client(careless, activity.WithRetry(activity.RetryPolicy{MaxAttempts: 1})))
	fmt.Println(len(got), errors.Is(err, activity.ErrRateLimited))
	// Output: 100 true
}

// Whether a program kept the quota. With many pages, run it in a testing/synctest bubble: it would
// wait for minutes.
func ExampleMaxInWindow() {
	server := opswattest.NewServer(opswattest.WithRows(420))
	got, err := readAll(server.Client())
	fmt.Println(len(got), err, opswattest.MaxInWindow(server.APIRequests(), time.Minute) <= 10)
	// Output: 420 <nil> true
}

// An access token that expires is replaced by the client.
func ExampleServer_ExpireTokens() {
	server := opswattest.NewServer(opswattest.WithRows(10))
	client := server.Client()
	for range 2 {
		got, err := readAll(client)
		fmt.Println(len(got), err)
		server.ExpireTokens()
	}
	// Output:
	// 10 <nil>
	// 10 <nil>
}

// Access tokens without the requests for them.
func ExampleServer_AccessToken() {
	server := opswattest.NewServer(opswattest.WithRows(10))
	source := oauth2.StaticTokenSource(&oauth2.Token{AccessToken: server.AccessToken()})
	client, err := opswat.New(opswat.AccessToken(source), activity.WithTransport(server.Transport()))
	if err != nil {
		log.Fatal(err)
	}
	got, err := readAll(client)
	fmt.Println(len(got), err, len(server.Requests()))
	// Output: 10 <nil> 2
}

// For programs that take an address: a listener on the loopback interface.
func ExampleServer_URL() {
	server := opswattest.NewServer(opswattest.WithRows(10))
	defer server.Close()
	client, err := opswat.New(server.Credentials(), activity.WithBaseURL(server.URL()))
	if err != nil {
		log.Fatal(err)
	}
	got, err := readAll(client)
	fmt.Println(len(got), err)
	// Output: 10 <nil>
}

// Options choose what the service's documentation leaves open.
func ExampleOption() {
	server := opswattest.NewServer(
		opswattest.WithRows(100),
		opswattest.WithEmptyPageAtEnd(), // instead of 413
		opswattest.WithRateHeaders(opswattest.ResetInDelta),
		opswattest.WithTokenLifetime(time.Hour),
	)
	got, err := readAll(server.Client())
	fmt.Println(len(got), err)
	// Output: 100 <nil>
}
