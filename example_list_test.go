package activity_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// The examples of this package read SnapLogic's activities from its fake; lists of the other
// vendors are the same. A program of yours has snaplogic.New instead of server.Client().

// A loop over a list sends a request for each page, when it gets there, and none after a break.
func ExampleList_All() {
	server := snaplogictest.NewServer(snaplogictest.WithRows(1000))
	query := snaplogic.ActivityQuery{PageSize: 100}
	n := 0
	for a, err := range server.Client().Activities(query).All(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		n++
		if n == 1 {
			fmt.Println(a.CreateTime.Year(), a.EventType)
		}
		if n == 150 {
			break
		}
	}
	fmt.Println(n, "activities,", len(server.Requests()), "requests")
	// Output:
	// 2018 asset_create
	// 150 activities, 2 requests
}

// Progress: Total is how many records the service says there are, and -1 where it does not say.
func ExampleList_Pages() {
	client := snaplogictest.NewServer(snaplogictest.WithRows(250)).Client()
	done := 0
	for page, err := range client.Activities(snaplogic.ActivityQuery{PageSize: 100}).Pages(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		done += len(page.Items)
		fmt.Printf("%d of %d\n", done, page.Total)
	}
	// Output:
	// 100 of 250
	// 200 of 250
	// 250 of 250
}

// OPSWAT does not tell how many activities there are.
func ExamplePage_unknownTotal() {
	client := opswattest.NewServer().Client()
	page, err := client.Activities(opswat.ActivityQuery{Age: time.Hour}).Page(context.Background(), "")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(page.Items), page.Total, page.Next == "")
	// Output: 0 -1 true
}

// One page at a time, for programs that answer requests with pages of their own: the cursor goes to
// the caller and comes back.
func ExampleList_Page() {
	client := snaplogictest.NewServer(snaplogictest.WithRows(250)).Client()
	list := client.Activities(snaplogic.ActivityQuery{PageSize: 200})
	ctx := context.Background()

	first, err := list.Page(ctx, "") // the beginning
	if err != nil {
		log.Fatal(err)
	}
	second, err := list.Page(ctx, first.Next)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(first.Items), len(second.Items), second.Next == "")
	// Output: 200 50 true
}

// A walk that was interrupted goes on in another process: store the page's records and its cursor
// together.
func ExampleList_From() {
	client := snaplogictest.NewServer(snaplogictest.WithRows(250)).Client()
	list := client.Activities(snaplogic.ActivityQuery{PageSize: 100})
	ctx := context.Background()

	var stored string // in a file or a database
	for page, err := range list.Pages(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		stored = string(page.Next)
		break // the process ends here
	}

	rest, err := list.From(activity.Cursor(stored)).Collect(ctx, 0)
	fmt.Println(len(rest), err)
	// Output: 150 <nil>
}

// Collect reads into memory: all, or as many as asked for.
func ExampleList_Collect() {
	client := snaplogictest.NewServer(snaplogictest.WithRows(250)).Client()
	list := client.Activities(snaplogic.ActivityQuery{})
	all, err := list.Collect(context.Background(), 0)
	if err != nil {
		log.Fatal(err)
	}
	newest, err := list.Collect(context.Background(), 10)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(all), len(newest))
	// Output: 250 10
}

// What was read before a failure is good, and comes beside the error.
func ExampleList_Collect_partial() {
	server := snaplogictest.NewServer(snaplogictest.WithRows(250))
	server.Fail(snaplogictest.Fault{}, snaplogictest.Fault{Status: 501}) // the first request is answered, the second is not
	got, err := server.Client().Activities(snaplogic.ActivityQuery{PageSize: 100}).Collect(context.Background(), 0)
	fmt.Println(len(got), err != nil)
	// Output: 100 true
}

// A cursor is text. It fits a list with the same parameters only; the page size may differ.
func ExampleCursor() {
	client := snaplogictest.NewServer(snaplogictest.WithRows(250)).Client()
	ctx := context.Background()
	page, err := client.Activities(snaplogic.ActivityQuery{PageSize: 100}).Page(ctx, "")
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.Activities(snaplogic.ActivityQuery{PageSize: 10}).From(page.Next).Collect(ctx, 0)
	fmt.Println("another page size:", err)
	_, err = client.Activities(snaplogic.ActivityQuery{User: "ada@example.com"}).From(page.Next).Collect(ctx, 0)
	fmt.Println("another filter:", err != nil)
	// Output:
	// another page size: <nil>
	// another filter: true
}
