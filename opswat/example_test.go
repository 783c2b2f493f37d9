package opswat_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/oauth2"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

// The first read requests the first token.
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

// Clients that share credentials share a token and the quota. Printing them shows a placeholder.
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

// The refresh token is stored in a file, which is replaced in one step. So a crash leaves the old
// token or the new one, and never a part of one.
func ExampleRefreshToken() {
	server := opswattest.NewServer()
	dir, err := os.MkdirTemp("", "refresh-token")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, "token")

	store := func(_ context.Context, refreshToken string) error {
		if err := os.WriteFile(file+".new", []byte(refreshToken), 0o600); err != nil {
			return err
		}
		return os.Rename(file+".new", file)
	}
	credentials := opswat.RefreshToken(opswattest.ClientKey, opswattest.ClientSecret, server.RefreshToken(), store)
	client, err := opswat.New(credentials, activity.WithTransport(server.Transport()))
	if err != nil {
		log.Fatal(err)
	}
	activities, err := client.Activities(opswat.ActivityQuery{Age: time.Hour}).Collect(context.Background(), 0)
	if err != nil {
		log.Fatal(err)
	}
	_, err = os.Stat(file)
	fmt.Println(len(activities), "activities; stored:", err == nil)
	// Output:
	// 0 activities; stored: true
}

// A program that gets access tokens itself.
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

// The example runs on a fake. Your program has opswat.New(opswat.ClientCredentials(key, secret))
// instead of server.Client().
func ExampleClient_Activities() {
	server := opswattest.NewServer(opswattest.WithRows(100))
	client := server.Client()
	query := opswat.ActivityQuery{
		StartDate: time.Date(2018, time.May, 15, 0, 0, 0, 0, time.UTC),
		EndDate:   time.Date(2018, time.May, 18, 0, 0, 0, 0, time.UTC),
		Actions:   []opswat.Action{opswat.ActionBlocked},
		Search:    "W8EVN20",
	}
	for a, err := range client.Activities(query).All(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(a.Timestamp.Format(time.RFC3339), a.Action, a.AppUser, a.AppName)
	}
	// Output:
	// 2018-05-18T10:40:00Z blocked test_user@example.com Salesforce
	// 2018-05-18T10:37:48Z blocked test_user@example.com Slack
}

// An access in the form that all vendors share.
func ExampleActivity_Event() {
	client := opswattest.NewServer(opswattest.WithRows(1)).Client()
	query := opswat.ActivityQuery{StartDate: time.Date(2018, time.May, 18, 0, 0, 0, 0, time.UTC)}
	for a, err := range client.Activities(query).All(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		e := a.Event()
		fmt.Println(e.Kind, e.Outcome, e.Actor.Email, e.Target.Type, e.Target.Name)
		fmt.Println(e.Message)
	}
	// Output:
	// access blocked test_user@example.com application Salesforce
	// blocked: test_user@example.com to Salesforce, device W8EVN20 (Non-compliant), rule NON COMPLIANT DEVICES
}

// What is new since the last run? Activities have no id, so their records have a Key.
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
