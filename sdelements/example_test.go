package sdelements_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"slices"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

// The examples run on a fake. Your program leaves out activity.WithTransport, or makes its client
// with sdelements.New instead of server.Client().

// The address of the server is the one that the browser shows.
func ExampleNew() {
	server := sdelementstest.NewServer(sdelementstest.WithRows(10))
	credentials := sdelements.Token(sdelementstest.Key) // yours, without quotes
	client, err := sdelements.New("https://acme.sdelements.com", credentials, activity.WithTransport(server.Transport()))
	if err != nil {
		log.Fatal(err)
	}
	got, err := client.Activities(sdelements.ActivityQuery{}).Collect(context.Background(), 0)
	fmt.Println(len(got), err)
	// Output: 10 <nil>
}

// A key that was copied with its quotes is refused. Keys are never shown.
func ExampleToken() {
	_, err := sdelements.New("https://acme.sdelements.com", sdelements.Token(`"5de0example"`))
	fmt.Println(errors.Is(err, activity.ErrInvalid))
	fmt.Println(sdelements.Token("5de0example"))
	// Output:
	// true
	// [credentials]
}

// User name and password.
func ExampleBasic() {
	server := sdelementstest.NewServer(sdelementstest.WithRows(10))
	credentials := sdelements.Basic(sdelementstest.User, sdelementstest.Password)
	client, err := sdelements.New("https://acme.sdelements.com", credentials, activity.WithTransport(server.Transport()))
	if err != nil {
		log.Fatal(err)
	}
	got, err := client.Activities(sdelements.ActivityQuery{}).Collect(context.Background(), 0)
	fmt.Println(len(got), err)
	// Output: 10 <nil>
}

var midday = time.Date(2024, 3, 5, 12, 0, 0, 0, time.UTC)

// sample returns a server with two activities.
func sample() *sdelementstest.Server {
	server := sdelementstest.NewServer()
	server.Add(
		sdelements.Activity{ID: 2, Name: sdelements.CreatedProjectActivity, Actor: sdelementstest.Me, Date: midday.Add(time.Hour), Data: sdelements.Data{Project: 7, ProjectDesc: "Atlas"}},
		sdelements.Activity{ID: 1, Name: sdelements.LoggedInActivity, Actor: 5, Date: midday},
	)
	return server
}

// What happened on a day?
func ExampleClient_Activities() {
	query := sdelements.ActivityQuery{DateFrom: midday.Add(-12 * time.Hour), DateTo: midday.Add(12 * time.Hour)}
	for a, err := range sample().Client().Activities(query).All(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(a.ID, a.Date.Format(time.DateTime), a.Name, a.Data.ProjectDesc)
	}
	// Output:
	// 2 2024-03-05 13:00:00 CreatedProjectActivity Atlas
	// 1 2024-03-05 12:00:00 LoggedInActivity
}

// Activities must match all fields that are set.
func ExampleActivityQuery() {
	query := sdelements.ActivityQuery{Actor: 5, Name: sdelements.LoggedInActivity}
	logins, err := sample().Client().Activities(query).Collect(context.Background(), 0)
	fmt.Println(len(logins), err)
	// Output: 1 <nil>
}

// The kinds that have a constant, for example for a menu. The service may have more.
func ExampleActivityNames() {
	fmt.Println(slices.Contains(sdelements.ActivityNames(), sdelements.LoggedInActivity))
	// Output: true
}

// One activity by its id.
func ExampleClient_Activity() {
	client := sample().Client()
	a, err := client.Activity(context.Background(), 2)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(a.Name, a.Data.ProjectDesc)

	_, err = client.Activity(context.Background(), 3)
	fmt.Println(errors.Is(err, activity.ErrNotFound))
	// Output:
	// CreatedProjectActivity Atlas
	// true
}

// show prints a list.
func show(list activity.List[sdelements.Activity]) {
	for a, err := range list.All(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(a.ID, a.Name)
	}
}

// An activity in the form that all vendors share.
func ExampleActivity_Event() {
	a := sdelements.Activity{Name: sdelements.CreatedProjectActivity, Actor: 5, Data: sdelements.Data{Project: 7, ProjectDesc: "Atlas"}}
	e := a.Event()
	fmt.Println(e.Actor.ID, e.Kind, e.Target.Type, e.Target.ID, e.Target.Name)
	// Output: 5 create project 7 Atlas
}

// The activities of a project.
func ExampleClient_ProjectActivities() {
	show(sample().Client().ProjectActivities(7, sdelements.ActivityQuery{}))
	// Output: 2 CreatedProjectActivity
}

// The same from the newer endpoint, where the server has it.
func ExampleClient_ProjectActivityStream() {
	show(sample().Client().ProjectActivityStream(7, sdelements.ActivityQuery{}))
	// Output: 2 CreatedProjectActivity
}

// The activities of the user whose credentials the client has.
func ExampleClient_UserActivities() {
	show(sample().Client().UserActivities(sdelements.ActivityQuery{}))
	// Output: 2 CreatedProjectActivity
}

// The newer endpoint does not count. Not every server has it.
func ExampleClient_UserActivityStream() {
	page, err := sample().Client().UserActivityStream(sdelements.ActivityQuery{}).Page(context.Background(), "")
	if errors.Is(err, activity.ErrNotFound) {
		fmt.Println("use UserActivities")
		return
	}
	fmt.Println(len(page.Items), page.Total, err)
	// Output: 1 -1 <nil>
}

// Get reads members that have no field.
func ExampleData_Get() {
	var a sdelements.Activity
	err := a.UnmarshalJSON([]byte(`{"id": 5, "data": {"group": "G1", "target_group_desc": "group A"}}`))
	fmt.Println(a.Data.Group, string(a.Data.Get("target_group_desc")), a.Data.Names(), err)
	// Output: G1 "group A" [group target_group_desc] <nil>
}

// What is new since the last run? Store the records of a batch together with its checkpoint, and
// begin the next run with the stored one.
func ExampleClient_ActivityFeed() {
	server := sdelementstest.NewServer()
	at := time.Now().Add(-time.Hour)
	server.Add(sdelements.Activity{ID: 71, Name: sdelements.LoggedInActivity, Date: at})
	feed := server.Client().ActivityFeed(sdelements.ActivityQuery{})

	var checkpoint activity.Checkpoint // as stored by the last run
	options := activity.FollowOptions{Since: at.Add(-time.Hour)}
	for batch, err := range feed.CatchUp(context.Background(), checkpoint, options) {
		if err != nil {
			log.Fatal(err)
		}
		for _, record := range batch.Records {
			fmt.Println(record.Key, record.Item.Name)
		}
		checkpoint = batch.Checkpoint
	}
	fmt.Println("to be stored:", !checkpoint.IsZero())
	// Output:
	// 71 LoggedInActivity
	// to be stored: true
}
