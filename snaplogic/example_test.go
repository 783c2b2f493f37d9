package snaplogic_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// The examples run on a fake. A real program makes its client with snaplogic.New and without
// activity.WithTransport.

// The organization is named as SnapLogic shows it.
func ExampleNew() {
	server := snaplogictest.NewServer(snaplogictest.WithRows(10))
	credentials := snaplogic.Basic(snaplogictest.User, snaplogictest.Password) // yours: snaplogic.Basic("svc@example.com", password)
	client, err := snaplogic.New(snaplogictest.Organization, credentials, activity.WithTransport(server.Transport()))
	if err != nil {
		log.Fatal(err)
	}
	got, err := client.Activities(snaplogic.ActivityQuery{}).Collect(context.Background(), 0)
	fmt.Println(len(got), err)
	// Output: 10 <nil>
}

// Credentials are opaque: printing them shows a placeholder.
func ExampleBasic() {
	credentials := snaplogic.Basic("svc@example.com", "password")
	fmt.Println(credentials)
	// Output: [credentials]
}

// The tokens come from the organization's identity provider.
func ExampleBearer() {
	server := snaplogictest.NewServer(snaplogictest.WithRows(10))
	source := server.TokenSource() // any oauth2.TokenSource
	client, err := snaplogic.New(snaplogictest.Organization, snaplogic.Bearer(source), activity.WithTransport(server.Transport()))
	if err != nil {
		log.Fatal(err)
	}
	got, err := client.Activities(snaplogic.ActivityQuery{}).Collect(context.Background(), 0)
	fmt.Println(len(got), err)
	// Output: 10 <nil>
}

var day = time.Date(2024, 3, 5, 0, 0, 0, 0, time.UTC)

// Who failed to log in yesterday?
func ExampleClient_Activities() {
	server := snaplogictest.NewServer()
	server.Add(
		snaplogic.Activity{ID: "5b3ce2a1fc7a1b5aa0d03f2c", EventType: snaplogic.EventUserAuthFailure, UserID: "ada@example.com", CreateTime: day.Add(9 * time.Hour)},
		snaplogic.Activity{ID: "5b3ce2a1fc7a1b5aa0d03f2d", EventType: snaplogic.EventSessionStart, UserID: "ada@example.com", CreateTime: day.Add(10 * time.Hour)},
	)
	query := snaplogic.ActivityQuery{
		Start:      day,
		End:        day.AddDate(0, 0, 1),
		EventTypes: []snaplogic.EventType{snaplogic.EventUserAuthFailure, snaplogic.EventUserLockout},
	}
	for a, err := range server.Client().Activities(query).All(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(a.CreateTime.Format(time.DateTime), a.EventType, a.UserID)
	}
	// Output: 2024-03-05 09:00:00 user_auth_failure ada@example.com
}

// Activities have to match all fields that are set. Flags are pointers, since false is a filter
// too.
func ExampleActivityQuery() {
	server := snaplogictest.NewServer(snaplogictest.WithRows(200))
	query := snaplogic.ActivityQuery{AssetType: snaplogic.AssetPipeline, AdminUpdate: new(false)}
	_, err := server.Client().Activities(query).Collect(context.Background(), 1)
	sent := server.Requests()[0].Query()
	fmt.Println(sent.Get("filter_asset_type"), sent.Get("filter_snaplogic_admin_update"), err)
	// Output: Pipeline false <nil>
}

// Sentence describes an activity for people.
func ExampleActivity_Sentence() {
	a := snaplogic.Activity{
		ByWhom:     "ada@example.com",
		AssetLabel: "Atlas",
		Template:   "%(by_whom)s created the project %(asset_label)s",
	}
	fmt.Println(a.Sentence())
	// Output: ada@example.com created the project Atlas
}

// Event returns an activity in the form that all vendors share.
func ExampleActivity_Event() {
	a := snaplogic.Activity{
		EventType: snaplogic.EventAssetUpdate,
		ByWhom:    "ada@example.com",
		AssetType: "Pipeline",
		AssetPath: "/Acme/projects/Atlas/Load Orders",
	}
	e := a.Event()
	fmt.Println(e.Actor.Email, e.Kind, e.Target.Type, e.Target.Path)
	// Output: ada@example.com update Pipeline /Acme/projects/Atlas/Load Orders
}

// Detach a record that you keep for long. Otherwise its whole page stays in memory.
func ExampleActivity_Detach() {
	client := snaplogictest.NewServer(snaplogictest.WithRows(1000)).Client()
	var newest snaplogic.Activity
	for a, err := range client.Activities(snaplogic.ActivityQuery{}).All(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		if a.CreateTime.After(newest.CreateTime) {
			newest = a.Detach()
		}
	}
	fmt.Println(newest.CreateTime.Year(), newest.EventType)
	// Output: 2018 asset_create
}

// CatchUp delivers what is new since the last run. Store the records and the checkpoint of a batch
// together, and begin the next run with that checkpoint.
func ExampleClient_ActivityFeed() {
	server := snaplogictest.NewServer()
	at := time.Now().Add(-time.Hour)
	server.Add(snaplogic.Activity{ID: "5b3ce2a1fc7a1b5aa0d03f2c", EventType: snaplogic.EventAssetMove, CreateTime: at})
	feed := server.Client().ActivityFeed(snaplogic.ActivityQuery{})

	var checkpoint activity.Checkpoint // as stored by the last run
	options := activity.FollowOptions{Since: at.Add(-time.Hour)}
	for batch, err := range feed.CatchUp(context.Background(), checkpoint, options) {
		if err != nil {
			log.Fatal(err)
		}
		for _, record := range batch.Records {
			fmt.Println(record.Key, record.Item.EventType)
		}
		checkpoint = batch.Checkpoint
	}
	fmt.Println("checkpoint to store:", !checkpoint.IsZero())
	// Output:
	// 5b3ce2a1fc7a1b5aa0d03f2c asset_move
	// checkpoint to store: true
}
