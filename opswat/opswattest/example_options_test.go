package opswattest_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

// Two accesses, an hour apart, that look alike because the clock was set back.
func ExampleWithLocation() {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		log.Fatal(err)
	}
	server := opswattest.NewServer(opswattest.WithLocation(berlin))
	first := time.Date(2024, time.October, 27, 0, 30, 0, 0, time.UTC)
	server.Add(opswat.Activity{DeviceID: "a", Timestamp: first}, opswat.Activity{DeviceID: "b", Timestamp: first.Add(time.Hour)})
	got, err := readAll(server.Client())
	if err != nil {
		log.Fatal(err)
	}
	for _, a := range got {
		fmt.Println(string(a.Raw))
	}
	// Output:
	// {"timestamp":"Oct 27, 2024 2:30:00 AM","device_id":"b"}
	// {"timestamp":"Oct 27, 2024 2:30:00 AM","device_id":"a"}
}

// Accesses of one second that come in another order each time.
func ExampleWithShuffledTies() {
	server := opswattest.NewServer(opswattest.WithShuffledTies(1))
	at := time.Date(2024, 3, 5, 9, 0, 0, 0, time.UTC)
	server.Add(opswat.Activity{DeviceID: "a", Timestamp: at}, opswat.Activity{DeviceID: "b", Timestamp: at})
	query := opswat.ActivityQuery{StartDate: at, EndDate: at.AddDate(0, 0, 1)}
	list := server.Client().Activities(query)
	for range 2 {
		page, err := list.Page(context.Background(), "")
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(page.Items[0].DeviceID, page.Items[1].DeviceID)
	}
	// Output:
	// b a
	// a b
}
