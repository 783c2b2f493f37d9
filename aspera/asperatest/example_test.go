package asperatest_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

// readAll reads all transfers, as the program under test would.
func readAll(client *aspera.Client) ([]aspera.Transfer, error) {
	query := aspera.TransferQuery{PageSize: 100}
	return client.OwnOrganization().Transfers(query).Collect(context.Background(), 0)
}

// A fake with invented records, and a client that reaches it in memory.
func ExampleNewServer() {
	server := asperatest.NewServer(asperatest.WithRows(250))
	got, err := readAll(server.Client())
	fmt.Println(len(got), err)
	for _, r := range server.Requests() {
		fmt.Println(r.Method, r.Path)
	}
	// Output:
	// 250 <nil>
	// POST /api/v1/oauth2/acme/token
	// GET /api/v1/organization
	// GET /analytics/v2/organizations/1023/transfers
	// GET /analytics/v2/organizations/1023/transfers
	// GET /analytics/v2/organizations/1023/transfers
}

// Transfers of your own: by their fields, or byte for byte as a service sent them.
// AddApplicationEvents, AddVolumes and their like do the same for other records.
func ExampleServer_Add() {
	server := asperatest.NewServer()
	server.Add(
		aspera.Transfer{UUID: "0b7f", SessionStart: time.Date(2024, 3, 5, 9, 0, 0, 0, time.UTC), TransferredBytes: 4 << 30},
		aspera.Transfer{Raw: []byte(`{"uuid": "0b80", "session_start_time": "2024-03-05T10:00:00.000Z", "status": "a new one"}`)},
	)
	got, err := readAll(server.Client())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(got[0].Status, got[1].TransferredBytes)
	// Output: a new one 4294967296
}

// Misbehaviour on order: each fault meets one request, in turn; those with Token meet requests for
// tokens.
func ExampleFault() {
	server := asperatest.NewServer(asperatest.WithRows(10))
	server.Fail(
		asperatest.Fault{Token: true, Status: 502},
		asperatest.Fault{Reset: true},  // the connection breaks
		asperatest.Fault{CutBody: 100}, // it breaks in the middle of the answer
		asperatest.Fault{Status: 429, Header: http.Header{"Retry-After": {"0"}}},
	)
	quick := activity.RetryPolicy{MinWait: time.Millisecond, MaxWait: 2 * time.Millisecond}
	got, err := readAll(server.Client(activity.WithRetry(quick)))
	fmt.Println(len(got), err, len(server.Requests()))
	// Output: 10 <nil> 6
}

// A quota: what goes beyond is answered with 429 and Retry-After.
func ExampleWithQuota() {
	server := asperatest.NewServer(asperatest.WithRows(250), asperatest.WithQuota(3, time.Hour)) // for the id and two pages
	got, err := readAll(server.Client())
	fmt.Println(len(got), errors.Is(err, activity.ErrRateLimited))
	// Output: 200 true
}

// An access token that expires is replaced by the client.
func ExampleServer_ExpireTokens() {
	server := asperatest.NewServer(asperatest.WithRows(10))
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

// Credentials that the fake refuses.
func ExampleServer_JWTConfig() {
	server := asperatest.NewServer()
	config := server.JWTConfig()
	config.ClientSecret = "another"
	client, err := aspera.New(aspera.JWT(config), activity.WithTransport(server.Transport()))
	if err != nil {
		log.Fatal(err)
	}
	_, err = readAll(client)
	fmt.Println(errors.Is(err, activity.ErrUnauthorized))
	// Output: true
}

// For programs that take an address: a listener on the loopback interface.
func ExampleServer_BaseURL() {
	server := asperatest.NewServer(asperatest.WithRows(10))
	defer server.Close()
	client, err := aspera.New(server.Credentials(), activity.WithBaseURL(server.BaseURL()))
	if err != nil {
		log.Fatal(err)
	}
	got, err := readAll(client)
	fmt.Println(len(got), err)
	// Output: 10 <nil>
}

// Options choose what the service's documentation leaves open.
func ExampleOption() {
	server := asperatest.NewServer(
		asperatest.WithRows(250),
		asperatest.WithPageLimit(40), // pages in the middle are short
		asperatest.WithEmptyPages(),  // or empty
		asperatest.WithLastPage(asperatest.NullNext),
		asperatest.WithWrappedTransfer(),
		asperatest.WithTokenLifetime(time.Hour),
	)
	got, err := readAll(server.Client())
	fmt.Println(len(got), err)
	// Output: 250 <nil>
}
