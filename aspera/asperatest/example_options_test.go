package asperatest_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/url"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

// A short page that is not the last one.
func ExampleWithPageSizes() {
	server := asperatest.NewServer(asperatest.WithRows(170), asperatest.WithPageSizes(50, 49))
	organization := server.Client().OwnOrganization()
	for page, err := range organization.Transfers(aspera.TransferQuery{PageSize: 50}).Pages(context.Background()) {
		fmt.Println(len(page.Items), err)
	}
	// Output:
	// 50 <nil>
	// 49 <nil>
	// 50 <nil>
	// 21 <nil>
}

// With exclusive bounds, a transfer exactly at Start is omitted.
func ExampleWithExclusiveBounds() {
	midnight := time.Date(2024, 3, 5, 0, 0, 0, 0, time.UTC)
	for _, opts := range [][]asperatest.Option{nil, {asperatest.WithExclusiveBounds()}} {
		server := asperatest.NewServer(opts...)
		server.Add(aspera.Transfer{UUID: "example", SessionStart: midnight})
		query := aspera.TransferQuery{Start: midnight, Stop: midnight.AddDate(0, 0, 1)}
		got, err := server.Client().OwnOrganization().Transfers(query).Collect(context.Background(), 0)
		fmt.Println(len(got), err)
	}
	// Output:
	// 1 <nil>
	// 0 <nil>
}

// A volume report has the sums of the transfers in its span.
func ExampleServer_volumes() {
	server := asperatest.NewServer()
	noon := time.Date(2024, 3, 5, 12, 0, 0, 0, time.UTC)
	server.Add(
		aspera.Transfer{UUID: "1", SessionStart: noon, Direction: aspera.DirectionReceive, TransferredBytes: 700},
		aspera.Transfer{UUID: "1", SessionStart: noon, Direction: aspera.DirectionSend, TransferredBytes: 30},
		aspera.Transfer{UUID: "1", SessionStart: noon.AddDate(0, 0, 1), Direction: aspera.DirectionSend, TransferredBytes: 2},
	)
	organization := server.Client().OwnOrganization()
	for _, query := range []aspera.VolumeQuery{{}, {Stop: noon}} {
		report, err := organization.VolumeUsage(context.Background(), query)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(report.Volumes[0].BytesUploaded, report.Volumes[0].BytesDownloaded)
	}
	// Output:
	// 700 32
	// 700 30
}

// Transfers of the last week, for a program that reads those.
func ExampleWithNewest() {
	server := asperatest.NewServer(asperatest.WithRows(20), asperatest.WithNewest(time.Now()))
	query := aspera.TransferQuery{Start: time.Now().AddDate(0, 0, -7)}
	transfers, err := server.Client().OwnOrganization().Transfers(query).Collect(context.Background(), 1)
	fmt.Println(len(transfers), err)
	// Output:
	// 1 <nil>
}

// Bounds that apply to the time of the last change.
func ExampleWithBounds() {
	noon := time.Date(2024, 3, 5, 12, 0, 0, 0, time.UTC)
	server := asperatest.NewServer(asperatest.WithBounds(asperatest.UpdatedAt, asperatest.UpdatedAt))
	server.Add(aspera.Transfer{UUID: "example", SessionStart: noon.Add(-time.Hour), UpdatedAt: noon.Add(time.Second)})
	query := aspera.TransferQuery{Start: noon, Stop: noon.Add(time.Hour)}
	got, err := server.Client().OwnOrganization().Transfers(query).Collect(context.Background(), 0)
	fmt.Println(len(got), err)
	// Output:
	// 1 <nil>
}

// Two consecutive days list a transfer of midnight once.
func ExampleWithExclusiveStop() {
	midnight := time.Date(2024, 3, 5, 0, 0, 0, 0, time.UTC)
	server := asperatest.NewServer(asperatest.WithExclusiveStop())
	server.Add(aspera.Transfer{UUID: "example", SessionStart: midnight})
	for _, start := range []time.Time{midnight.AddDate(0, 0, -1), midnight} {
		query := aspera.TransferQuery{Start: start, Stop: start.AddDate(0, 0, 1)}
		got, err := server.Client().OwnOrganization().Transfers(query).Collect(context.Background(), 0)
		fmt.Println(len(got), err)
	}
	// Output:
	// 0 <nil>
	// 1 <nil>
}

// The order of the vendor's samples: weeks ascending, and the newest first within a week.
func ExampleWithOrder() {
	monday := time.Date(2024, 3, 4, 0, 0, 0, 0, time.UTC)
	server := asperatest.NewServer(asperatest.WithOrder(asperatest.WeeksAscending))
	for _, days := range []int{-2, -1, 0, 1} {
		server.Add(aspera.Transfer{UUID: fmt.Sprint(days), SessionStart: monday.AddDate(0, 0, days)})
	}
	for transfer, err := range server.Client().OwnOrganization().Transfers(aspera.TransferQuery{PageSize: 3}).All(context.Background()) {
		fmt.Println(transfer.UUID, err)
	}
	// Output:
	// -1 <nil>
	// -2 <nil>
	// 1 <nil>
	// 0 <nil>
}

// The total of a page, for each option.
func ExampleWithTotal() {
	for _, total := range []asperatest.Total{asperatest.QueryTotal, asperatest.PageTotal, asperatest.NoTotal} {
		server := asperatest.NewServer(asperatest.WithTotal(total), asperatest.WithRows(7))
		page, err := server.Client().OwnOrganization().Transfers(aspera.TransferQuery{PageSize: 2}).Page(context.Background(), "")
		fmt.Println(page.Total, err)
	}
	// Output:
	// 7 <nil>
	// 2 <nil>
	// -1 <nil>
}

// A service with a maximum page size.
func ExampleWithGreatestLimit() {
	server := asperatest.NewServer(asperatest.WithGreatestLimit(100), asperatest.WithRows(7))
	for _, size := range []int{100, 101} {
		query := aspera.TransferQuery{PageSize: size}
		got, err := server.Client().OwnOrganization().Transfers(query).Collect(context.Background(), 0)
		fmt.Println(len(got), errors.Is(err, activity.ErrInvalid))
	}
	// Output:
	// 7 false
	// 0 true
}

// A lenient service ignores a misspelt filter and returns all transfers.
func ExampleWithLenientQuery() {
	for _, opts := range [][]asperatest.Option{nil, {asperatest.WithLenientQuery()}} {
		server := asperatest.NewServer(append(opts, asperatest.WithRows(7))...)
		query := aspera.TransferQuery{Extra: url.Values{"directions": {"send"}}}
		got, err := server.Client().OwnOrganization().Transfers(query).Collect(context.Background(), 0)
		fmt.Println(len(got), errors.Is(err, activity.ErrInvalid))
	}
	// Output:
	// 0 true
	// 7 false
}

// A service that accepts a filter and ignores it.
func ExampleWithIgnoredFilters() {
	server := asperatest.NewServer(asperatest.WithIgnoredFilters())
	server.Add(aspera.Transfer{UUID: "1", Direction: aspera.DirectionSend}, aspera.Transfer{UUID: "2", Direction: aspera.DirectionReceive})
	query := aspera.TransferQuery{Direction: aspera.DirectionSend}
	got, err := server.Client().OwnOrganization().Transfers(query).Collect(context.Background(), 0)
	fmt.Println(len(got), err)
	// Output:
	// 2 <nil>
}

// A service for which "send" is an upload.
func ExampleWithUploadsSent() {
	server := asperatest.NewServer(asperatest.WithUploadsSent())
	server.Add(aspera.Transfer{UUID: "1", Direction: aspera.DirectionSend, TransferredBytes: 700})
	report, err := server.Client().OwnOrganization().VolumeUsage(context.Background(), aspera.VolumeQuery{})
	fmt.Println(report.Volumes[0].BytesUploaded, report.Volumes[0].BytesDownloaded, err)
	// Output:
	// 700 0 <nil>
}

// A service without file access, as announced for 2024-11-15.
func ExampleWithoutFileAccess() {
	server := asperatest.NewServer(asperatest.WithoutFileAccess(), asperatest.WithRows(7))
	_, err := server.Client().OwnOrganization().FileAccess(aspera.FileAccessQuery{}).Collect(context.Background(), 0)
	fmt.Println(errors.Is(err, activity.ErrNotFound))
	// Output:
	// true
}
