package tally

import (
	"cmp"
	"slices"

	"github.com/activity-sdk/activity/aspera"
)

// Volumes gives the parts of a report, most bytes first. Those of one id and name are summed up.
func Volumes(report aspera.VolumeReport) []aspera.Volume {
	type identity struct{ id, name string }
	sums := map[identity]aspera.Volume{}
	for _, v := range report.Volumes {
		key := identity{v.ID, v.Name}
		sums[key] = aspera.Volume{ID: v.ID, Name: v.Name,
			BytesUploaded:   sums[key].BytesUploaded + v.BytesUploaded,
			BytesDownloaded: sums[key].BytesDownloaded + v.BytesDownloaded}
	}
	volumes := make([]aspera.Volume, 0, len(sums))
	for _, v := range sums {
		volumes = append(volumes, v)
	}
	slices.SortFunc(volumes, func(a, b aspera.Volume) int {
		return cmp.Or(cmp.Compare(b.BytesUploaded+b.BytesDownloaded, a.BytesUploaded+a.BytesDownloaded),
			cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return volumes
}
