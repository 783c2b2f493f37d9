package snaplogictest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// A short page in the middle of others, behind which more follow.
func ExampleWithPageSizes() {
	server := snaplogictest.NewServer(snaplogictest.WithRows(250), snaplogictest.WithPageSizes(50, 49))
	got, err := server.Client().Activities(snaplogic.ActivityQuery{PageSize: 50}).Collect(context.Background(), 0)
	fmt.Println(len(got), err)
	// Output: 250 <nil>
}

// A service that refuses large offsets.
func ExampleWithMaxOffset() {
	server := snaplogictest.NewServer(snaplogictest.WithRows(250), snaplogictest.WithMaxOffset(100))
	got, err := readAll(server.Client())
	refusal, ok := errors.AsType[*activity.Error](err)
	fmt.Println(len(got) < 250, ok && refusal.StatusCode == http.StatusBadRequest)
	// Output: true true
}

// A body that is not written in UTF-8, as a program without the SDK sees it.
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
	response, err := server.Transport().RoundTrip(request)
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	fmt.Println(response.Header.Get("Content-Type"), bytes.Contains(body, []byte("\xdcbergabe")), err)
	// Output: application/json; charset=iso-8859-1 true <nil>
}
