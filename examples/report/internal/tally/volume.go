package tally

import (
	"cmp"
	"context"
	"slices"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
)

// Volumes returns the volumes in a report, most bytes first. It adds up those with equal id and
// name.
func Volumes(report aspera.VolumeReport) []aspera.Volume { return sumVolumes(report.Volumes) }

// ServerVolumesOf returns how much each server uploaded and downloaded, most bytes first. It stands
// in for volumes by workspace, which transfers do not name. What a server receives is an upload.
func ServerVolumesOf(ctx context.Context, transfers activity.List[aspera.Transfer]) ([]aspera.Volume, error) {
	last, err := lastStates(ctx, transfers)
	if err != nil {
		return nil, err
	}
	parts := make([]aspera.Volume, 0, len(last))
	for _, t := range last {
		part := aspera.Volume{Name: cmp.Or(t.ServerIPAddress, "(not named)")}
		switch t.Direction {
		case aspera.DirectionReceive:
			part.BytesUploaded = t.TransferredBytes
		case aspera.DirectionSend:
			part.BytesDownloaded = t.TransferredBytes
		}
		parts = append(parts, part)
	}
	return sumVolumes(parts), nil
}

func sumVolumes(parts []aspera.Volume) []aspera.Volume {
	type identity struct{ id, name string }
	sums := map[identity]aspera.Volume{}
	for _, v := range parts {
		key := identity{v.ID, v.Name}
		sums[key] = aspera.Volume{ID: v.ID, Name: v.Name,
			BytesUploaded:   sums[key].BytesUploaded + v.BytesUploaded,
			BytesDownloaded: sums[key].BytesDownloaded + v.BytesDownloaded}
	}
	sorted := make([]aspera.Volume, 0, len(sums))
	for _, v := range sums {
		sorted = append(sorted, v)
	}
	slices.SortFunc(sorted, func(a, b aspera.Volume) int {
		return cmp.Or(cmp.Compare(b.BytesUploaded+b.BytesDownloaded, a.BytesUploaded+a.BytesDownloaded),
			cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return sorted
}
