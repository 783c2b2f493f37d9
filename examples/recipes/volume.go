package recipes

import (
	"context"
	"encoding/csv"
	"io"
	"strconv"
	"time"

	"github.com/activity-sdk/activity/aspera"
)

// WriteVolumes writes how many bytes each workspace uploaded and downloaded in each of the last
// months (UTC), including the current one. It writes CSV, one line per month and workspace: use it
// to bill departments, or to plan capacity. It asks for one month at a time, since the service
// accepts six at most.
func WriteVolumes(ctx context.Context, w io.Writer, client *aspera.Client, months int) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"month", "workspace", "name", "uploaded", "downloaded"}); err != nil {
		return err
	}
	organization := client.OwnOrganization()
	now := time.Now().UTC()
	thisMonth := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	for start := thisMonth.AddDate(0, 1-months, 0); !start.After(now); start = start.AddDate(0, 1, 0) {
		stop := start.AddDate(0, 1, 0).Add(-time.Millisecond)
		report, err := organization.VolumeUsage(ctx, aspera.VolumeQuery{Start: start, Stop: stop})
		if err != nil {
			return err
		}
		for _, v := range report.Volumes {
			line := []string{start.Format("2006-01"), v.ID, v.Name, strconv.FormatInt(v.BytesUploaded, 10), strconv.FormatInt(v.BytesDownloaded, 10)}
			if err := out.Write(line); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}
