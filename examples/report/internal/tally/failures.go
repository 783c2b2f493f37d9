package tally

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
)

// FailureTypes are the event types of a login that failed, and of what follows from too many.
var FailureTypes = []snaplogic.EventType{snaplogic.EventUserAuthFailure, snaplogic.EventUserLockout}

// Failures is how often one user failed to log in.
type Failures struct {
	User      string
	Failed    int
	Lockouts  int
	Addresses int // from how many different ones
	Last      time.Time
}

// FailuresOf reads activities, those of [FailureTypes] alone. Users come by the number of failures,
// most first.
func FailuresOf(ctx context.Context, activities activity.List[snaplogic.Activity]) ([]Failures, error) {
	users := map[string]*Failures{}
	addresses := map[string]map[string]bool{}
	for a, err := range activities.All(ctx) {
		if err != nil {
			return nil, err
		}
		if !slices.Contains(FailureTypes, a.EventType) {
			continue
		}
		name := cmp.Or(a.UserID, a.ByWhom, "(not named)")
		if users[name] == nil {
			users[name], addresses[name] = &Failures{User: name}, map[string]bool{}
		}
		user := users[name]
		if a.EventType == snaplogic.EventUserLockout {
			user.Lockouts++
		} else {
			user.Failed++
		}
		if a.IPAddress != "" {
			addresses[name][a.IPAddress] = true
		}
		user.Last = later(user.Last, a.CreateTime)
	}
	failures := make([]Failures, 0, len(users))
	for name, user := range users {
		user.Addresses = len(addresses[name])
		failures = append(failures, *user)
	}
	slices.SortFunc(failures, func(a, b Failures) int {
		return cmp.Or(cmp.Compare(b.Failed, a.Failed), cmp.Compare(b.Lockouts, a.Lockouts), cmp.Compare(a.User, b.User))
	})
	return failures, nil
}
