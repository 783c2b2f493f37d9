package opswat_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

// A list is read with a range loop. Here a fake stands for the service; a program of yours has
// opswat.New(opswat.ClientCredentials(key, secret)) instead of server.Client().
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

// An access in words that all vendors share.
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

// The refresh token lives in a file, which is replaced in one step, so that a crash leaves the old
// or the new one and never half of one.
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
