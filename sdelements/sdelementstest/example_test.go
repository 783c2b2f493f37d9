package sdelementstest_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

// readAll reads all activities, as a program under test does.
func readAll(client *sdelements.Client) ([]sdelements.Activity, error) {
	return client.Activities(sdelements.ActivityQuery{}).Collect(context.Background(), 0)
}

// A fake with invented activities, and a client that reads them in memory.
func ExampleNewServer() {
	server := sdelementstest.NewServer(sdelementstest.WithRows(250))
	got, err := readAll(server.Client())
	fmt.Println(len(got), err)
	for _, r := range server.Requests() {
		query := r.Query()
		fmt.Println(r.Method, r.Path, query.Get("page"), query.Get("page_size"), query.Has("date_to"))
	}
	// Output:
	// 250 <nil>
	// GET /api/v2/activities/  100 false
	// GET /api/v2/activities/ 2 100 true
	// GET /api/v2/activities/ 3 100 true
}

// Your own activities, by their fields or as raw bytes.
func ExampleServer_Add() {
	server := sdelementstest.NewServer()
	server.Add(
		sdelements.Activity{ID: 1, Name: sdelements.LoggedInActivity, Date: time.Date(2024, 3, 5, 9, 0, 0, 0, time.UTC)},
		sdelements.Activity{Raw: []byte(`{"id": 2, "name": "ANewActivity", "date": "2024-03-05T10:00:00Z"}`)},
	)
	got, err := readAll(server.Client())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(got[0].Name, got[1].Name)
	// Output: ANewActivity LoggedInActivity
}

// Each fault applies to one request, in order of arrival.
func ExampleFault() {
	server := sdelementstest.NewServer(sdelementstest.WithRows(10))
	server.Fail(
		sdelementstest.Fault{Reset: true},                                            // the connection breaks
		sdelementstest.Fault{CutBody: 100},                                           // it breaks within the answer
		sdelementstest.Fault{Truncate: 100},                                          // the answer is complete, but damaged
		sdelementstest.Fault{Status: 429, Header: http.Header{"Retry-After": {"0"}}}, // a quota
	)
	quick := activity.RetryPolicy{MinWait: time.Millisecond, MaxWait: 2 * time.Millisecond}
	got, err := readAll(server.Client(activity.WithRetry(quick)))
	fmt.Println(len(got), err, len(server.Requests()))
	// Output: 10 <nil> 5
}

// The answer of the service's proxy while the service is down.
func ExampleMaintenance() {
	server := sdelementstest.NewServer()
	server.Fail(sdelementstest.Maintenance())
	_, err := readAll(server.Client(activity.WithRetry(activity.RetryPolicy{MaxAttempts: 1})))
	fmt.Println(errors.Is(err, activity.ErrServer))
	// Output: true
}

// Requests over the quota are answered with 429 and Retry-After.
func ExampleWithQuota() {
	server := sdelementstest.NewServer(sdelementstest.WithRows(250), sdelementstest.WithQuota(2, time.Hour))
	got, err := readAll(server.Client())
	fmt.Println(len(got), errors.Is(err, activity.ErrRateLimited))
	// Output: 200 true
}

// Activities that are added while a list is read.
func ExampleServer_OnRequest() {
	server := sdelementstest.NewServer(sdelementstest.WithRows(250))
	server.OnRequest(func(r sdelementstest.Request) {
		server.Add(sdelements.Activity{ID: int64(1000 + r.N), Date: time.Now()})
	})
	got, err := readAll(server.Client())
	fmt.Println(len(got), server.Len(), err) // the first was added before its request was answered
	// Output: 251 253 <nil>
}

// A listener on the loopback interface, for a program that needs an address.
func ExampleServer_URL() {
	server := sdelementstest.NewServer(sdelementstest.WithRows(10))
	defer server.Close()
	client, err := sdelements.New(server.URL(), server.Credentials())
	if err != nil {
		log.Fatal(err)
	}
	got, err := readAll(client)
	fmt.Println(len(got), err)
	// Output: 10 <nil>
}

// Options select how the service behaves.
func ExampleOption() {
	server := sdelementstest.NewServer(
		sdelementstest.WithRows(250),
		sdelementstest.WithSeed(7),       // other invented activities
		sdelementstest.WithPageLimit(40), // smaller pages than requested
		sdelementstest.WithLinkOrigin("http://10.0.0.1"),
	)
	got, err := readAll(server.Client())
	fmt.Println(len(got), err)
	// Output: 250 <nil>
}
