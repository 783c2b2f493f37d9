package asperatest_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

// A short page in the middle of others, behind which more follow.
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

// A service whose bounds are exclusive has no record of the instants themselves.
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

// A report of volumes is the sum of the transfers in its span.
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
