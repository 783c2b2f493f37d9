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

// readAll reads all activities, as a program under test does. The newest are of 2018.
func readAll(client *opswat.Client) ([]opswat.Activity, error) {
	query := opswat.ActivityQuery{
		StartDate: time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC),
		EndDate:   time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	return client.Activities(query).Collect(context.Background(), 0)
}

// A fake with invented activities, and a client that reads them in memory.
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

// Your own activities, by their fields or as raw bytes.
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

// Each fault applies to one request, in order of arrival. Those with Token apply to requests for
// tokens.
func ExampleFault() {
	server := opswattest.NewServer(opswattest.WithRows(10))
	server.Fail(
		opswattest.Fault{Token: true, Status: 502},
		opswattest.Fault{Reset: true},  // the connection breaks
		opswattest.Fault{CutBody: 100}, // it breaks within the answer
		opswattest.Fault{Status: 429, Header: http.Header{"Retry-After": {"0"}}},
	)
	quick := activity.RetryPolicy{MinWait: time.Millisecond, MaxWait: 2 * time.Millisecond}
	got, err := readAll(server.Client(activity.WithRetry(quick)))
	fmt.Println(len(got), err, len(server.APIRequests()), len(server.Requests()))
	// Output: 10 <nil> 5 7
}

// Requests over the quota are answered with 429. By default, clients of this SDK keep the quota.
func ExampleWithQuota() {
	server := opswattest.NewServer(opswattest.WithRows(120), opswattest.WithQuota(2, time.Hour))
	careless := activity.WithRateLimiter(rate.NewLimiter(rate.Inf, 0))
	got, err := readAll(server.Client(careless, activity.WithRetry(activity.RetryPolicy{MaxAttempts: 1})))
	fmt.Println(len(got), errors.Is(err, activity.ErrRateLimited))
	// Output: 100 true
}

// Check that a program kept the quota. With many pages it waits for minutes, except in a
// testing/synctest bubble.
func ExampleMaxInWindow() {
	server := opswattest.NewServer(opswattest.WithRows(420))
	got, err := readAll(server.Client())
	fmt.Println(len(got), err, opswattest.MaxInWindow(server.APIRequests(), time.Minute) <= 10)
	// Output: 420 <nil> true
}

// The client replaces an access token that has expired.
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

// An access token that the client does not have to request.
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

// A listener on the loopback interface, for a program that needs an address.
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

// Options select how the service behaves.
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
