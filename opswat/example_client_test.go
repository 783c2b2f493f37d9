package opswat_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"golang.org/x/oauth2"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

// A client of an account. The first list that is read requests the first token.
func ExampleNew() {
	server := opswattest.NewServer()
	credentials := opswat.ClientCredentials(opswattest.ClientKey, opswattest.ClientSecret) // of your OAuth application
	client, err := opswat.New(credentials, activity.WithTransport(server.Transport()))     // the fake's
	if err != nil {
		log.Fatal(err)
	}
	got, err := client.Activities(opswat.ActivityQuery{Age: 24 * time.Hour}).Collect(context.Background(), 0)
	fmt.Println(len(got), err)
	// Output: 0 <nil>
}

// Clients that share a value share its token and its quota. Whatever prints it shows a placeholder.
func ExampleClientCredentials() {
	server := opswattest.NewServer()
	shared := opswat.ClientCredentials(opswattest.ClientKey, opswattest.ClientSecret)
	for range 2 {
		client, err := opswat.New(shared, activity.WithTransport(server.Transport()))
		if err != nil {
			log.Fatal(err)
		}
		if _, err := client.Activities(opswat.ActivityQuery{}).Collect(context.Background(), 0); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(shared, len(server.APIRequests()), "for activities,", len(server.Requests())-len(server.APIRequests()), "for a token")
	// Output: [credentials] 2 for activities, 1 for a token
}

// Access tokens that a program gets in its own way.
func ExampleAccessToken() {
	server := opswattest.NewServer()
	source := oauth2.StaticTokenSource(&oauth2.Token{AccessToken: server.AccessToken()})
	client, err := opswat.New(opswat.AccessToken(source), activity.WithTransport(server.Transport()))
	if err != nil {
		log.Fatal(err)
	}
	got, err := client.Activities(opswat.ActivityQuery{}).Collect(context.Background(), 0)
	fmt.Println(len(got), err)
	// Output: 0 <nil>
}

// What is new since the last run. Activities have no id: Key tells them apart.
func ExampleClient_ActivityFeed() {
	server := opswattest.NewServer()
	at := time.Now().Add(-time.Hour)
	server.Add(opswat.Activity{Timestamp: at, Action: opswat.ActionBlocked, AppName: "Salesforce"})
	feed := server.Client().ActivityFeed(opswat.ActivityQuery{Actions: []opswat.Action{opswat.ActionBlocked}})

	var checkpoint activity.Checkpoint // as stored by the last run
	options := activity.FollowOptions{Since: at.Add(-time.Hour)}
	for batch, err := range feed.CatchUp(context.Background(), checkpoint, options) {
		if err != nil {
			log.Fatal(err)
		}
		for _, record := range batch.Records {
			fmt.Println(record.Item.Action, record.Item.AppName, record.Key != "")
		}
		checkpoint = batch.Checkpoint
	}
	fmt.Println("to be stored:", !checkpoint.IsZero())
	// Output:
	// blocked Salesforce true
	// to be stored: true
}
