package snaplogictest_test

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
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// A short page that is not the last one.
func ExampleWithPageSizes() {
	server := snaplogictest.NewServer(snaplogictest.WithRows(250), snaplogictest.WithPageSizes(50, 49))
	got, err := server.Client().Activities(snaplogic.ActivityQuery{PageSize: 50}).Collect(context.Background(), 0)
	fmt.Println(len(got), err)
	// Output: 250 <nil>
}

// A service with a maximum offset.
func ExampleWithMaxOffset() {
	server := snaplogictest.NewServer(snaplogictest.WithRows(250), snaplogictest.WithMaxOffset(100))
	got, err := readAll(server.Client())
	refusal, ok := errors.AsType[*activity.Error](err)
	fmt.Println(len(got) < 250, ok && refusal.StatusCode == http.StatusBadRequest)
	// Output: true true
}

// A body in another charset, as a program without the SDK receives it.
func ExampleFault_charset() {
	server := snaplogictest.NewServer()
	server.Add(snaplogic.Activity{AssetLabel: "Übergabe"})
	server.Fail(snaplogictest.Fault{Charset: "iso-8859-1"})
	request, err := http.NewRequest(http.MethodGet, "https://example.com/api/1/rest/public/activities/Example%20Organization", nil)
	if err != nil {
		log.Fatal(err)
	}
	request.SetBasicAuth(snaplogictest.User, snaplogictest.Password)
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Content-Type", "application/json")
	response, err := server.Transport().RoundTrip(request)
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	fmt.Println(response.Header.Get("Content-Type"), bytes.Contains(body, []byte("\xdcbergabe")), err)
	// Output: application/json; charset=iso-8859-1 true <nil>
}

// A service that omits activities exactly at start.
func ExampleWithExclusiveBounds() {
	at := time.UnixMilli(1_530_000_000_000)
	server := snaplogictest.NewServer(snaplogictest.WithExclusiveBounds())
	server.Add(snaplogic.Activity{ID: "a", CreateTime: at})
	got, err := server.Client().Activities(snaplogic.ActivityQuery{Start: at}).Collect(context.Background(), 0)
	fmt.Println(len(got), err)
	// Output: 0 <nil>
}

// A service that includes activities exactly at end.
func ExampleWithInclusiveEnd() {
	at := time.UnixMilli(1_530_000_000_000)
	server := snaplogictest.NewServer(snaplogictest.WithInclusiveEnd())
	server.Add(snaplogic.Activity{ID: "a", CreateTime: at})
	got, err := server.Client().Activities(snaplogic.ActivityQuery{End: at}).Collect(context.Background(), 0)
	fmt.Println(len(got), err)
	// Output: 1 <nil>
}

// A service that lists alerts only if a query asks for them.
func ExampleWithAlertsHidden() {
	server := snaplogictest.NewServer(snaplogictest.WithRows(250), snaplogictest.WithAlertsHidden())
	all, err := readAll(server.Client())
	fmt.Println(len(all) < 250, err)
	alerts, err := server.Client().Activities(snaplogic.ActivityQuery{IsAlert: new(true)}).Collect(context.Background(), 0)
	fmt.Println(len(all)+len(alerts), err)
	// Output:
	// true <nil>
	// 250 <nil>
}

// A service that lists what processes of SnapLogic did only if a query asks for it.
func ExampleWithAdminUpdatesHidden() {
	server := snaplogictest.NewServer(snaplogictest.WithAdminUpdatesHidden())
	server.Add(snaplogic.Activity{ID: "a"}, snaplogic.Activity{ID: "b", SnapLogicAdminUpdate: new(true)})
	got, err := readAll(server.Client())
	fmt.Println(len(got), err)
	// Output: 1 <nil>
}

// A service that ignores the value false of a filter.
func ExampleWithFalseIgnored() {
	server := snaplogictest.NewServer(snaplogictest.WithFalseIgnored())
	server.Add(snaplogic.Activity{ID: "a"}, snaplogic.Activity{ID: "b", SnapLogicAdminUpdate: new(true)})
	got, err := server.Client().Activities(snaplogic.ActivityQuery{AdminUpdate: new(false)}).Collect(context.Background(), 0)
	fmt.Println(len(got), err)
	// Output: 2 <nil>
}

// The SDK sends a blank as "%20", so that a service that reads a plus as a plus finds it.
func ExampleWithLiteralPlus() {
	server := snaplogictest.NewServer(snaplogictest.WithLiteralPlus())
	server.Add(snaplogic.Activity{AssetLabel: "two words"})
	got, err := server.Client().Activities(snaplogic.ActivityQuery{Asset: "two words"}).Collect(context.Background(), 0)
	fmt.Println(len(got), err)
	// Output: 1 <nil>
}

// A service that ignores a misspelt filter and returns all activities.
func ExampleWithUnknownParametersIgnored() {
	server := snaplogictest.NewServer(snaplogictest.WithRows(250), snaplogictest.WithUnknownParametersIgnored())
	query := snaplogic.ActivityQuery{Extra: url.Values{"filter_evnt_type": {"acl_add"}}}
	got, err := server.Client().Activities(query).Collect(context.Background(), 0)
	fmt.Println(len(got), err)
	// Output: 250 <nil>
}

// A status that is in a header too, as a program without the SDK receives it.
func ExampleWithStatusHeader() {
	server := snaplogictest.NewServer(snaplogictest.WithStatusHeader())
	request, err := http.NewRequest(http.MethodGet, "https://example.com/api/1/rest/public/activities/Example%20Organization", nil)
	if err != nil {
		log.Fatal(err)
	}
	request.SetBasicAuth(snaplogictest.User, "wrong")
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Content-Type", "application/json")
	response, err := server.Transport().RoundTrip(request)
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	fmt.Println(response.StatusCode, response.Header.Get("X-SL-StatusCode"))
	// Output: 401 401
}

// A service whose limit is the number of activities that it sent.
func ExampleWithCountedLimit() {
	server := snaplogictest.NewServer(snaplogictest.WithRows(250), snaplogictest.WithCountedLimit(), snaplogictest.WithPageLimit(100))
	got, err := readAll(server.Client())
	fmt.Println(len(got), err)
	// Output: 250 <nil>
}

// A service that refuses filter_asset without filter_project.
func ExampleWithAssetInProject() {
	server := snaplogictest.NewServer(snaplogictest.WithAssetInProject())
	_, err := server.Client().Activities(snaplogic.ActivityQuery{Asset: "Sales.csv"}).Collect(context.Background(), 0)
	fmt.Println(errors.Is(err, activity.ErrInvalid))
	// Output: true
}

// A service that accepts only the documented asset types.
func ExampleWithDocumentedAssetTypes() {
	server := snaplogictest.NewServer(snaplogictest.WithDocumentedAssetTypes())
	_, err := server.Client().Activities(snaplogic.ActivityQuery{AssetType: "Dir"}).Collect(context.Background(), 0)
	fmt.Println(errors.Is(err, activity.ErrInvalid))
	// Output: true
}
