package sdelementstest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

// A short page in the middle of others, behind which more follow.
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

// A stream that looks back for a year only.
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

// A fault that spoils the answer that would have come.
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
