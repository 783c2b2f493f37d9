package sdelementstest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

// A short page that is not the last one.
func ExampleWithPageSizes() {
	server := sdelementstest.NewServer(sdelementstest.WithRows(170), sdelementstest.WithPageSizes(50, 49))
	list := server.Client().Activities(sdelements.ActivityQuery{PageSize: 50})
	for page, err := range list.Pages(context.Background()) {
		fmt.Println(len(page.Items), err)
	}
	// Output:
	// 50 <nil>
	// 49 <nil>
	// 50 <nil>
	// 21 <nil>
}

// A stream that covers one year.
func ExampleWithStreamSpan() {
	server := sdelementstest.NewServer(sdelementstest.WithStreamSpan(365 * 24 * time.Hour))
	server.Add(
		sdelements.Activity{ID: 2, Actor: sdelementstest.Me, Date: time.Now().AddDate(0, -1, 0)},
		sdelements.Activity{ID: 1, Actor: sdelementstest.Me, Date: time.Now().AddDate(-2, 0, 0)},
	)
	client := server.Client()
	stream, err := client.UserActivityStream(sdelements.ActivityQuery{}).Collect(context.Background(), 0)
	fmt.Println(len(stream), err)
	list, err := client.UserActivities(sdelements.ActivityQuery{}).Collect(context.Background(), 0)
	fmt.Println(len(list), err)
	// Output:
	// 1 <nil>
	// 2 <nil>
}

// A fault that damages the answer of the fake.
func ExampleFault_damage() {
	server := sdelementstest.NewServer(sdelementstest.WithRows(10))
	server.FailWith(func(sdelementstest.Request) *sdelementstest.Fault {
		return &sdelementstest.Fault{Damage: func(body []byte) []byte {
			return bytes.Replace(body, []byte(`"results":[`), []byte(`"results":[,`), 1)
		}}
	})
	_, err := readAll(server.Client(activity.WithRetry(activity.RetryPolicy{MaxAttempts: 1})))
	fmt.Println(errors.Is(err, activity.ErrMalformed))
	// Output: true
}

// count returns the service's count of a list.
func count(server *sdelementstest.Server, query sdelements.ActivityQuery) (int, error) {
	query.PageSize = 1
	for page, err := range server.Client().Activities(query).Pages(context.Background()) {
		return page.Total, err
	}
	return 0, nil
}

// A stream that covers one year unless a query has a date.
func ExampleWithStreamDefault() {
	server := sdelementstest.NewServer(sdelementstest.WithStreamDefault(365 * 24 * time.Hour))
	server.Add(
		sdelements.Activity{ID: 2, Actor: sdelementstest.Me, Date: time.Now().AddDate(0, -1, 0)},
		sdelements.Activity{ID: 1, Actor: sdelementstest.Me, Date: time.Now().AddDate(-2, 0, 0)},
	)
	for _, from := range []time.Time{{}, time.Now().AddDate(-3, 0, 0)} {
		stream, err := server.Client().UserActivityStream(sdelements.ActivityQuery{DateFrom: from}).Collect(context.Background(), 0)
		fmt.Println(len(stream), err)
	}
	// Output:
	// 1 <nil>
	// 2 <nil>
}

// A service with a maximum page size.
func ExampleWithMaxPageSize() {
	server := sdelementstest.NewServer(sdelementstest.WithRows(10), sdelementstest.WithMaxPageSize(500))
	for _, size := range []int{500, 501} {
		_, err := server.Client().Activities(sdelements.ActivityQuery{PageSize: size}).Collect(context.Background(), 0)
		fmt.Println(size, errors.Is(err, activity.ErrInvalid))
	}
	// Output:
	// 500 false
	// 501 true
}

// If activities are deleted while a list is read, a page can be past the end.
func ExampleWithEmptyPastEnd() {
	server := sdelementstest.NewServer(sdelementstest.WithRows(4), sdelementstest.WithEmptyPastEnd())
	list := server.Client().Activities(sdelements.ActivityQuery{PageSize: 2})
	for page, err := range list.Pages(context.Background()) {
		fmt.Println(len(page.Items), err)
		server.Delete(1, 2)
	}
	fmt.Println(server.Requests()[1].Query().Get("page"), server.Requests()[1].Status)
	// Output:
	// 2 <nil>
	// 0 <nil>
	// 2 200
}

// A count that ignores filters.
func ExampleWithUnfilteredCount() {
	server := sdelementstest.NewServer(sdelementstest.WithRows(4), sdelementstest.WithUnfilteredCount())
	fmt.Println(count(server, sdelements.ActivityQuery{Name: sdelements.LoggedInActivity}))
	// Output: 4 <nil>
}

// A service that ignores unknown parameters.
func ExampleWithIgnoredParameters() {
	query := sdelements.ActivityQuery{Extra: url.Values{"ordering": {"date"}}}
	_, err := count(sdelementstest.NewServer(), query)
	fmt.Println(errors.Is(err, activity.ErrInvalid))
	_, err = count(sdelementstest.NewServer(sdelementstest.WithIgnoredParameters()), query)
	fmt.Println(err)
	// Output:
	// true
	// <nil>
}

// A query for several names.
func ExampleWithLookups() {
	server := sdelementstest.NewServer(sdelementstest.WithRows(4), sdelementstest.WithLookups())
	names := string(sdelements.LoggedInActivity + "," + sdelements.UserCreatedActivity)
	fmt.Println(count(server, sdelements.ActivityQuery{Extra: url.Values{"name__in": {names}}}))
	// Output: 2 <nil>
}

// twoNames sends a query for two names without the SDK, whose queries have one name.
func twoNames(server *sdelementstest.Server) (body string) {
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet,
		sdelementstest.BaseURL+"/api/v2/activities/?page_size=1&name=LoggedInActivity&name=UserCreatedActivity", nil)
	if err != nil {
		log.Fatal(err)
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Authorization", "Token "+sdelementstest.Key)
	response, err := server.Transport().RoundTrip(request)
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		log.Fatal(err)
	}
	return string(text[:bytes.IndexByte(text, ',')])
}

// A filter with several values.
func ExampleWithSeveralValues() {
	fmt.Println(twoNames(sdelementstest.NewServer(sdelementstest.WithRows(4), sdelementstest.WithSeveralValues())))
	// Output: {"count":2
}

// A filter that uses its last value.
func ExampleWithLastValue() {
	fmt.Println(twoNames(sdelementstest.NewServer(sdelementstest.WithRows(4), sdelementstest.WithLastValue())))
	// Output: {"count":1
}

// Dates without a Z are local time, here two hours east of UTC. The SDK sends a Z.
func ExampleWithLocalTime() {
	server := sdelementstest.NewServer(sdelementstest.WithRows(4), sdelementstest.WithLocalTime(time.FixedZone("", 2*60*60)))
	from := time.Date(2016, time.May, 6, 14, 0, 0, 0, time.UTC)
	fmt.Println(count(server, sdelements.ActivityQuery{DateFrom: from}))
	fmt.Println(server.Requests()[0].Query().Get("date_from"))
	// Output:
	// 1 <nil>
	// 2016-05-06T14:00:00Z
}
