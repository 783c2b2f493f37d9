package aspera_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

var morning = time.Date(2024, 3, 5, 9, 0, 0, 0, time.UTC)

// A running transfer is read again by its UUID until it is done.
func ExampleResource_Transfer() {
	server, ctx := asperatest.NewServer(), context.Background()
	server.Add(aspera.Transfer{UUID: "0b7f", Direction: aspera.DirectionSend, SessionStart: morning})
	organization := server.Client().OwnOrganization()

	transfer, err := organization.Transfer(ctx, "0b7f")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(transfer.UUID, transfer.Done())

	_, err = organization.Transfer(ctx, "unknown")
	fmt.Println(errors.Is(err, activity.ErrNotFound))
	// Output:
	// 0b7f false
	// true
}

// The files of a transfer.
func ExampleResource_TransferFiles() {
	server := asperatest.NewServer()
	server.Add(aspera.Transfer{UUID: "0b7f", SessionStart: morning})
	server.AddFiles("0b7f",
		aspera.TransferFile{ID: "1", Path: "/dailies/reel-01.mxf", Size: 12 << 30, Status: aspera.StatusCompleted},
		aspera.TransferFile{ID: "2", Path: "/dailies/reel-02.mxf", Size: 11 << 30, Status: aspera.StatusFailed},
	)
	organization := server.Client().OwnOrganization()
	for file, err := range organization.TransferFiles("0b7f", aspera.FileQuery{}).All(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(file.Path, file.Status)
	}
	// Unordered output:
	// /dailies/reel-01.mxf completed
	// /dailies/reel-02.mxf failed
}

// The highest rate of downloads in a day, in bits per second.
func ExampleResource_EgressThroughputs() {
	server := asperatest.NewServer()
	server.AddEgressThroughputs(
		aspera.Throughput{Time: morning, Throughput: 3e8},
		aspera.Throughput{Time: morning.Add(time.Hour), Throughput: 9e8},
	)
	query := aspera.ThroughputQuery{Start: morning, Stop: morning.AddDate(0, 0, 1)}
	highest := 0.0
	for rate, err := range server.Client().OwnOrganization().EgressThroughputs(query).All(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		highest = max(highest, rate.Throughput)
	}
	fmt.Printf("%.0f Mbit/s\n", highest/1e6)
	// Output: 900 Mbit/s
}

// The rates of uploads over time, in bits per second.
func ExampleResource_IngressThroughputs() {
	server := asperatest.NewServer()
	server.AddIngressThroughputs(aspera.Throughput{Time: morning, Throughput: 3e8})
	list := server.Client().OwnOrganization().IngressThroughputs(aspera.ThroughputQuery{})
	for rate, err := range list.All(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s %.0f Mbit/s\n", rate.Time.Format(time.TimeOnly), rate.Throughput/1e6)
	}
	// Output: 09:00:00 300 Mbit/s
}

// Which users have access to which files.
func ExampleResource_FileAccess() {
	server := asperatest.NewServer()
	server.AddFileAccess(aspera.FileAccess{UserEmail: "ada@example.com", FileID: "12", FileName: "budget.xlsx"})
	list := server.Client().OwnOrganization().FileAccess(aspera.FileAccessQuery{})
	for access, err := range list.All(context.Background()) {
		if errors.Is(err, activity.ErrNotFound) { // the vendor disabled this endpoint in November 2024
			fmt.Println("not offered any more")
			break
		}
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(access.UserEmail, access.FileName)
	}
	// Output: ada@example.com budget.xlsx
}

// Raw has members that have no field.
func ExampleTransfer() {
	server := asperatest.NewServer()
	server.Add(aspera.Transfer{Raw: []byte(`{"uuid":"0b7f","session_start_time":"2024-03-05T09:00:00.000Z","color":"red"}`)})
	got, err := server.Client().OwnOrganization().Transfers(aspera.TransferQuery{}).Collect(context.Background(), 0)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(got[0].UUID, string(got[0].Raw))
	// Output: 0b7f {"uuid":"0b7f","session_start_time":"2024-03-05T09:00:00.000Z","color":"red"}
}

// A transfer in the form that all vendors share.
func ExampleTransfer_Event() {
	server := asperatest.NewServer()
	server.Add(aspera.Transfer{
		UUID: "0b7f", Direction: aspera.DirectionSend, Status: aspera.StatusCompleted, SessionStart: morning, SessionStop: morning.Add(time.Minute),
		TransferredBytes: 12 << 30, Content: "reel-01.mxf", PackageID: "non_package", FileID: "553149", UserEmail: "ada@example.com", ClientIPAddress: "192.0.2.11",
	})
	for transfer, err := range server.Client().OwnOrganization().Transfers(aspera.TransferQuery{}).All(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		e := transfer.Event()
		fmt.Println(e.Kind, e.Outcome, e.Actor.Email, e.Actor.Address, e.Target.Type, e.Target.Name)
		fmt.Println(e.Message)
	}
	// Output:
	// download success ada@example.com 192.0.2.11 file reel-01.mxf
	// send of "reel-01.mxf" completed, 12884901888 bytes
}

// An application event in the form that all vendors share, however its type is spelled.
func ExampleApplicationEvent_Event() {
	for _, eventType := range []aspera.EventType{"package_sent", "UserLoggedIn", "Folder shared via a public link", "brewed"} {
		e := aspera.ApplicationEvent{EventType: eventType, TriggeredByUserName: "Ada", TriggeredByUserEmail: "ada@example.com"}.Event()
		fmt.Printf("%q: %q %q by %s\n", e.Action, e.Kind, e.Target.Type, e.Actor.Email)
	}
	// Output:
	// "package_sent": "share" "package" by ada@example.com
	// "UserLoggedIn": "login" "" by ada@example.com
	// "Folder shared via a public link": "share" "folder" by ada@example.com
	// "brewed": "other" "" by ada@example.com
}

// Transfers as they happen. Store a batch's records and its checkpoint together, and begin the next
// run with the stored checkpoint.
func ExampleResource_TransferFeed() {
	server := asperatest.NewServer()
	start := time.Now().Add(-time.Hour)
	server.Add(aspera.Transfer{UUID: "0b7f", SessionStart: start, SessionStop: start.Add(time.Minute)})
	feed := server.Client().OwnOrganization().TransferFeed(aspera.TransferQuery{})

	var checkpoint activity.Checkpoint // as stored by the last run
	options := activity.FollowOptions{Since: start.Add(-time.Hour)}
	for batch, err := range feed.CatchUp(context.Background(), checkpoint, options) {
		if err != nil {
			log.Fatal(err)
		}
		for _, record := range batch.Records {
			fmt.Println(record.Item.UUID, record.Item.Done())
		}
		checkpoint = batch.Checkpoint
	}
	fmt.Println("to be stored:", !checkpoint.IsZero())
	// Output:
	// 0b7f true
	// to be stored: true
}

// Application events as they happen.
func ExampleResource_ApplicationEventFeed() {
	server := asperatest.NewServer()
	at := time.Now().Add(-time.Hour)
	server.AddApplicationEvents(aspera.ApplicationEvent{EventID: "71", EventType: "package_sent", CreatedAt: at})
	feed := server.Client().OwnOrganization().ApplicationEventFeed(aspera.EventQuery{})

	options := activity.FollowOptions{Since: at.Add(-time.Hour)}
	for batch, err := range feed.CatchUp(context.Background(), activity.Checkpoint{}, options) {
		if err != nil {
			log.Fatal(err)
		}
		for _, record := range batch.Records {
			fmt.Println(record.Key, record.Item.EventType)
		}
	}
	// Output: 71 package_sent
}
