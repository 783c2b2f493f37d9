package tally

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
)

// Blocks counts the accesses that were blocked, and all accesses.
type Blocks struct {
	Pairs   []Blocked // most blocked first, without pairs that were never blocked
	Rules   []BlockedBy
	Blocked int // accesses
	All     int // accesses, blocked or not
}

// Blocked counts how often a device was blocked from an application.
type Blocked struct {
	App, Device string
	DeviceID    string
	Users       []string // who was blocked, sorted
	Times       int
	All         int // accesses of the device to the application, blocked or not
	Last        time.Time
}

// BlockedBy counts how often a rule blocked devices in one state.
type BlockedBy struct {
	Rule, State string
	Times       int
	All         int // accesses in that state to which the rule applied, blocked or not
}

// BlockedOf counts accesses, which must include those that were allowed. It sorts pairs and rules
// by how often they blocked, most first.
func BlockedOf(ctx context.Context, accesses activity.List[opswat.Activity]) (Blocks, error) {
	type pair struct{ app, device, id string }
	type rule struct{ rule, state string }
	pairs, rules := map[pair]*Blocked{}, map[rule]*BlockedBy{}
	var sum Blocks
	for a, err := range accesses.All(ctx) {
		if err != nil {
			return Blocks{}, err
		}
		inPair := pair{cmp.Or(a.AppName, "(not named)"), cmp.Or(a.DeviceName, a.DeviceID, "(not named)"), a.DeviceID}
		if pairs[inPair] == nil {
			pairs[inPair] = &Blocked{App: inPair.app, Device: inPair.device, DeviceID: inPair.id}
		}
		byRule := rule{cmp.Or(a.AccessRule, "(not named)"), cmp.Or(a.DeviceStatus, "(not said)")}
		if rules[byRule] == nil {
			rules[byRule] = &BlockedBy{Rule: byRule.rule, State: byRule.state}
		}
		p, r := pairs[inPair], rules[byRule]
		sum.All++
		p.All++
		r.All++
		if a.Action != opswat.ActionBlocked {
			continue
		}
		sum.Blocked++
		p.Times++
		r.Times++
		p.Last = later(p.Last, a.Timestamp)
		p.Users = insertName(p.Users, a.AppUser)
	}
	for _, p := range pairs {
		if p.Times > 0 {
			sum.Pairs = append(sum.Pairs, *p)
		}
	}
	for _, r := range rules {
		if r.Times > 0 {
			sum.Rules = append(sum.Rules, *r)
		}
	}
	slices.SortFunc(sum.Pairs, func(a, b Blocked) int {
		return cmp.Or(cmp.Compare(b.Times, a.Times), cmp.Compare(a.App, b.App), cmp.Compare(a.Device, b.Device),
			cmp.Compare(a.DeviceID, b.DeviceID))
	})
	slices.SortFunc(sum.Rules, func(a, b BlockedBy) int {
		return cmp.Or(cmp.Compare(b.Times, a.Times), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.State, b.State))
	})
	return sum, nil
}

// insertName adds a name to a sorted list, unless it is empty or in the list.
func insertName(names []string, name string) []string {
	at, known := slices.BinarySearch(names, name)
	if known || name == "" {
		return names
	}
	return slices.Insert(names, at, name)
}
