package tally

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
)

// Blocked is how often one device was kept from one application.
type Blocked struct {
	App, Device string
	DeviceID    string
	Users       []string // who used the device, by name
	Times       int
	Last        time.Time
}

// BlockedOf reads accesses, the blocked ones alone. The pairs come by how often they did, most
// first.
func BlockedOf(ctx context.Context, accesses activity.List[opswat.Activity]) ([]Blocked, error) {
	type pair struct{ app, device, id string }
	pairs := map[pair]*Blocked{}
	for a, err := range accesses.All(ctx) {
		if err != nil {
			return nil, err
		}
		if a.Action != opswat.ActionBlocked {
			continue
		}
		key := pair{cmp.Or(a.AppName, "(not named)"), cmp.Or(a.DeviceName, a.DeviceID, "(not named)"), a.DeviceID}
		if pairs[key] == nil {
			pairs[key] = &Blocked{App: key.app, Device: key.device, DeviceID: key.id}
		}
		b := pairs[key]
		b.Times++
		b.Last = later(b.Last, a.Timestamp)
		b.Users = with(b.Users, a.AppUser)
	}
	blocked := make([]Blocked, 0, len(pairs))
	for _, b := range pairs {
		blocked = append(blocked, *b)
	}
	slices.SortFunc(blocked, func(a, b Blocked) int {
		return cmp.Or(cmp.Compare(b.Times, a.Times), cmp.Compare(a.App, b.App), cmp.Compare(a.Device, b.Device),
			cmp.Compare(a.DeviceID, b.DeviceID))
	})
	return blocked, nil
}

// with adds a name to a sorted set.
func with(names []string, name string) []string {
	at, known := slices.BinarySearch(names, name)
	if known || name == "" {
		return names
	}
	return slices.Insert(names, at, name)
}
