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

// readAll reads all transfers, as a program under test does.
func readAll(client *aspera.Client) ([]aspera.Transfer, error) {
	query := aspera.TransferQuery{PageSize: 100}
	return client.OwnOrganization().Transfers(query).Collect(context.Background(), 0)
}

// A fake with invented transfers, and a client that reads them in memory.
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

// Your own transfers, by their fields or as raw bytes. AddApplicationEvents, AddVolumes and others
// add other records.
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

// Each fault applies to one request, in order of arrival. Those with Token apply to requests for
// tokens.
func ExampleFault() {
	server := asperatest.NewServer(asperatest.WithRows(10))
	server.Fail(
		asperatest.Fault{Token: true, Status: 502},
		asperatest.Fault{Reset: true},  // the connection breaks
		asperatest.Fault{CutBody: 100}, // it breaks within the answer
		asperatest.Fault{Status: 429, Header: http.Header{"Retry-After": {"0"}}},
	)
	quick := activity.RetryPolicy{MinWait: time.Millisecond, MaxWait: 2 * time.Millisecond}
	got, err := readAll(server.Client(activity.WithRetry(quick)))
	fmt.Println(len(got), err, len(server.Requests()))
	// Output: 10 <nil> 6
}

// Requests over the quota are answered with 429 and Retry-After.
func ExampleWithQuota() {
	server := asperatest.NewServer(asperatest.WithRows(250), asperatest.WithQuota(3, time.Hour)) // for the id and two pages
	got, err := readAll(server.Client())
	fmt.Println(len(got), errors.Is(err, activity.ErrRateLimited))
	// Output: 200 true
}

// The client replaces an access token that has expired.
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

// The fake refuses a wrong secret.
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

// A listener on the loopback interface, for a program that needs an address.
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

// Options select how the service behaves.
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
