package opswattest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"strings"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

// Two activities an hour apart have the same local time, because the clock was set back.
func ExampleWithLocation() {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		log.Fatal(err)
	}
	server := opswattest.NewServer(opswattest.WithLocation(berlin))
	first := time.Date(2024, time.October, 27, 0, 30, 0, 0, time.UTC)
	server.Add(opswat.Activity{DeviceID: "a", Timestamp: first}, opswat.Activity{DeviceID: "b", Timestamp: first.Add(time.Hour)})
	got, err := readAll(server.Client())
	if err != nil {
		log.Fatal(err)
	}
	for _, a := range got {
		fmt.Println(string(a.Raw))
	}
	// Output:
	// {"timestamp":"Oct 27, 2024 2:30:00 AM","device_id":"b"}
	// {"timestamp":"Oct 27, 2024 2:30:00 AM","device_id":"a"}
}

// Activities of the same second come in another order each time.
func ExampleWithShuffledTies() {
	server := opswattest.NewServer(opswattest.WithShuffledTies(1))
	at := time.Date(2024, 3, 5, 9, 0, 0, 0, time.UTC)
	server.Add(opswat.Activity{DeviceID: "a", Timestamp: at}, opswat.Activity{DeviceID: "b", Timestamp: at})
	query := opswat.ActivityQuery{StartDate: at, EndDate: at.AddDate(0, 0, 1)}
	list := server.Client().Activities(query)
	for range 2 {
		page, err := list.Page(context.Background(), "")
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(page.Items[0].DeviceID, page.Items[1].DeviceID)
	}
	// Output:
	// b a
	// a b
}

// post sends a body without the SDK, and prints the status and the number of activities of the
// answer.
func post(server *opswattest.Server, query, authorization, body string) {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "https://gears.opswat.com/o/api/v3/activities"+query, strings.NewReader(body))
	if err != nil {
		log.Fatal(err)
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Content-Type", "application/json")
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	resp, err := server.Transport().RoundTrip(req)
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var records []any
	if json.NewDecoder(resp.Body).Decode(&records) != nil {
		fmt.Println(resp.StatusCode)
		return
	}
	fmt.Println(resp.StatusCode, len(records))
}

// The access token in a header instead of the URL.
func ExampleWithHeaderToken() {
	for _, options := range [][]opswattest.Option{nil, {opswattest.WithHeaderToken()}} {
		server := opswattest.NewServer(append(options, opswattest.WithEmptyPageAtEnd())...)
		post(server, "", "Bearer "+server.AccessToken(), `{}`)
	}
	// Output:
	// 400
	// 200 0
}

// A limit above 50.
func ExampleWithCappedLimit() {
	for _, options := range [][]opswattest.Option{nil, {opswattest.WithCappedLimit()}} {
		server := opswattest.NewServer(append(options, opswattest.WithRows(60))...)
		post(server, "?access_token="+server.AccessToken(), "", `{"limit":51,"start_date":"01/01/2000","end_date":"01/01/2030"}`)
	}
	// Output:
	// 406
	// 200 50
}

// A service with pages of up to 100 activities.
func ExampleWithPageLimit() {
	server := opswattest.NewServer(opswattest.WithPageLimit(100), opswattest.WithRows(60))
	post(server, "?access_token="+server.AccessToken(), "", `{"limit":100,"start_date":"01/01/2000","end_date":"01/01/2030"}`)
	post(server, "?access_token="+server.AccessToken(), "", `{"limit":101,"start_date":"01/01/2000","end_date":"01/01/2030"}`)
	// Output:
	// 200 60
	// 406
}

// A query for the day of the vendor's samples.
func ExampleWithEqualDates() {
	for _, options := range [][]opswattest.Option{nil, {opswattest.WithEqualDates()}} {
		server := opswattest.NewServer(append(options, opswattest.WithRows(2))...)
		post(server, "?access_token="+server.AccessToken(), "", `{"start_date":"05/18/2018","end_date":"05/18/2018"}`)
	}
	// Output:
	// 400
	// 200 2
}

// A query for old activities, without an end.
func ExampleWithLoneDates() {
	for _, options := range [][]opswattest.Option{nil, {opswattest.WithLoneDates()}} {
		server := opswattest.NewServer(append(options, opswattest.WithRows(2))...)
		post(server, "?access_token="+server.AccessToken(), "", `{"start_date":"05/18/2018"}`)
	}
	// Output:
	// 413
	// 200 2
}

// The request for a token counts for the quota.
func ExampleWithTokensCounted() {
	for _, options := range [][]opswattest.Option{nil, {opswattest.WithTokensCounted()}} {
		server := opswattest.NewServer(append(options, opswattest.WithQuota(2, time.Minute), opswattest.WithRateHeaders(opswattest.ResetInDelta))...)
		client := server.Client(activity.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
			return roundTrip(func(req *http.Request) (*http.Response, error) {
				resp, err := next.RoundTrip(req)
				if err == nil {
					fmt.Println(resp.Header.Get("X-RateLimit-Remaining"), "left")
				}
				return resp, err
			})
		}))
		if _, err := client.Activities(opswat.ActivityQuery{}).Collect(context.Background(), 1); err != nil {
			log.Fatal(err)
		}
	}
	// Output:
	// 1 left
	// 0 left
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }
