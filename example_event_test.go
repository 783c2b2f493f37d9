package activity_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// Feeds of all vendors fit into one slice of events.
func ExampleEvents() {
	hour := time.Now().Truncate(time.Hour).Add(-time.Hour)
	changes, tasks := snaplogictest.NewServer(), sdelementstest.NewServer()
	changes.Add(snaplogic.Activity{ID: "5a", EventType: snaplogic.EventUserAuthFailure, ByWhom: "ada@example.com", UserID: "ada@example.com", CreateTime: hour})
	tasks.Add(sdelements.Activity{ID: 7, Name: sdelements.LoggedInActivity, Actor: 12, Date: hour})
	feeds := []activity.Feed[activity.Event]{
		activity.Events(changes.Client().ActivityFeed(snaplogic.ActivityQuery{})),
		activity.Events(tasks.Client().ActivityFeed(sdelements.ActivityQuery{})),
	}
	for _, feed := range feeds {
		for batch, err := range feed.CatchUp(context.Background(), activity.Checkpoint{}, activity.FollowOptions{Since: hour.Add(-time.Hour)}) {
			if err != nil {
				log.Fatal(err)
			}
			for _, r := range batch.Records {
				fmt.Println(feed.Name(), r.Key, r.Item.Kind, r.Item.Outcome, r.Item.Actor)
			}
		}
	}
	// Output:
	// snaplogic/activities 5a login failure {  ada@example.com }
	// sdelements/activities 7 login success {12   }
}

// An event as the Open Cybersecurity Schema Framework has it.
func ExampleEvent_OCSF() {
	event := activity.Event{
		Vendor: "snaplogic", Key: "5a", Time: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), Action: "user_auth_failure",
		Kind: activity.KindLogin, Outcome: activity.OutcomeFailure, Actor: activity.Actor{Email: "ada@example.com", Address: "203.0.113.7"},
	}
	text, err := event.OCSF()
	if err != nil {
		log.Fatal(err)
	}
	var said struct {
		TypeName string `json:"type_name"`
		Status   string `json:"status"`
		Source   struct {
			IP string `json:"ip"`
		} `json:"src_endpoint"`
	}
	if err := json.Unmarshal(text, &said); err != nil {
		log.Fatal(err)
	}
	fmt.Println(said.TypeName, said.Status, said.Source.IP)
	// Output: Authentication: Logon Failure 203.0.113.7
}
