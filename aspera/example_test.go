package aspera_test

import (
	"context"
	"fmt"
	"log"
	"maps"
	"slices"
	"time"

	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

// The examples run on a fake. Your program makes its client with aspera.New instead.

// Is someone using an excessive amount of bandwidth?
func ExampleResource_Transfers() {
	server := asperatest.NewServer()
	day := time.Date(2024, 3, 5, 9, 0, 0, 0, time.UTC)
	server.Add(
		aspera.Transfer{UUID: "1", UserEmail: "ada@example.com", SessionStart: day, TransferredBytes: 4 << 30},
		aspera.Transfer{UUID: "2", UserEmail: "ben@example.com", SessionStart: day.Add(time.Hour), TransferredBytes: 90 << 30},
		aspera.Transfer{UUID: "3", UserEmail: "ben@example.com", SessionStart: day.Add(2 * time.Hour), TransferredBytes: 70 << 30},
	)
	ctx, client := context.Background(), server.Client()

	bytes := map[string]int64{}
	query := aspera.TransferQuery{Start: day, Stop: day.AddDate(0, 0, 1)}
	for transfer, err := range client.OwnOrganization().Transfers(query).All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		bytes[transfer.UserEmail] += transfer.TransferredBytes
	}
	for _, user := range slices.Sorted(maps.Keys(bytes)) {
		fmt.Printf("%s %d GiB\n", user, bytes[user]>>30)
	}
	// Output:
	// ada@example.com 4 GiB
	// ben@example.com 160 GiB
}

// Which workspaces transfer the most data?
func ExampleResource_VolumeUsage() {
	server := asperatest.NewServer()
	server.AddVolumes(
		aspera.Volume{ID: "501", Name: "Dailies", BytesUploaded: 3 << 40, BytesDownloaded: 9 << 40},
		aspera.Volume{ID: "502", Name: "Archive", BytesUploaded: 40 << 40},
	)
	ctx, client := context.Background(), server.Client()

	report, err := client.OwnOrganization().VolumeUsage(ctx, aspera.VolumeQuery{
		Start: time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC),
		Stop:  time.Date(2024, 4, 1, 0, 0, 0, 0, time.UTC),
	})
	if err != nil {
		log.Fatal(err)
	}
	slices.SortFunc(report.Volumes, func(a, b aspera.Volume) int {
		return int((b.BytesUploaded+b.BytesDownloaded)>>40 - (a.BytesUploaded+a.BytesDownloaded)>>40)
	})
	for _, v := range report.Volumes {
		fmt.Printf("%s %d TiB\n", v.Name, (v.BytesUploaded+v.BytesDownloaded)>>40)
	}
	// Output:
	// Archive 40 TiB
	// Dailies 12 TiB
}

// Who has access to a file?
func ExampleResource_SearchFileAccess() {
	server := asperatest.NewServer()
	server.AddMatches(
		aspera.FileAccessMatch{File: &aspera.FileAccessFile{ID: "12", Name: "budget.xlsx", Path: "/finance/budget.xlsx"}},
		aspera.FileAccessMatch{User: &aspera.FileAccessUser{ID: "5", Name: "Budget Robot", Email: "budget@example.com"}},
	)
	ctx, client := context.Background(), server.Client()

	search := aspera.FileAccessSearch{Term: "budget"}
	for match, err := range client.OwnOrganization().SearchFileAccess(search).All(ctx) {
		switch {
		case err != nil:
			log.Fatal(err)
		case match.User != nil:
			fmt.Println("user", match.User.Email)
		default:
			fmt.Println("file", match.File.Path)
		}
	}
	// Output:
	// user budget@example.com
	// file /finance/budget.xlsx
}

// Does a user log in often enough to justify an account?
func ExampleResource_ApplicationEvents() {
	server := asperatest.NewServer()
	day := time.Date(2024, 3, 5, 9, 0, 0, 0, time.UTC)
	server.AddApplicationEvents(
		aspera.ApplicationEvent{EventID: "1", EventType: "user_logged_in", TriggeredByUserEmail: "ada@example.com", CreatedAt: day},
		aspera.ApplicationEvent{EventID: "2", EventType: "package_sent", TriggeredByUserEmail: "ada@example.com", CreatedAt: day.Add(time.Minute)},
		aspera.ApplicationEvent{EventID: "3", EventType: "user_logged_in", TriggeredByUserEmail: "ada@example.com", CreatedAt: day.AddDate(0, 0, 1)},
	)
	ctx, client := context.Background(), server.Client()

	logins := 0
	for event, err := range client.OwnOrganization().ApplicationEvents(aspera.EventQuery{Start: day}).All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		// The spelling of types is not documented: look at your events first.
		if event.EventType == "user_logged_in" && event.TriggeredByUserEmail == "ada@example.com" {
			logins++
		}
	}
	fmt.Println(logins, "logins")
	// Output:
	// 2 logins
}

// A longer span than the service accepts, in windows. A record in the millisecond that two windows
// share may come twice.
func ExampleWindows() {
	start := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	for from, to := range aspera.Windows(start, start.AddDate(1, 0, 0), 180*24*time.Hour) {
		fmt.Println(from.Format("2006-01-02 15:04:05.000"), "to", to.Format("2006-01-02 15:04:05.000"))
	}
	// Output:
	// 2024-01-01 00:00:00.000 to 2024-05-02 00:00:00.000
	// 2024-05-01 23:59:59.999 to 2024-09-01 00:00:00.000
	// 2024-08-31 23:59:59.999 to 2025-01-01 00:00:00.000
}
