package tally

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
)

// FailureTypes are the types of events for failed logins, for lockouts, and for successful logins,
// which may follow a burst of failures.
var FailureTypes = []snaplogic.EventType{snaplogic.EventUserAuthFailure, snaplogic.EventUserLockout,
	snaplogic.EventSessionStart, snaplogic.EventSSOSessionStart}

// A burst is at least BurstFailures failed logins of one user within BurstWithin. Bursts that
// overlap are one burst. A login is its success if it follows the last failure within
// SuccessWithin.
const (
	BurstFailures = 5
	BurstWithin   = 10 * time.Minute
	SuccessWithin = 30 * time.Minute
)

// Failures are the failed logins of one user.
type Failures struct {
	User      string
	Failed    int
	Lockouts  int
	Addresses []Address // most failures first
	Bursts    []Burst   // by time
	Last      time.Time
}

// Address counts the failures and lockouts from one address.
type Address struct {
	IP    string
	Times int
}

// Burst is a series of failures of one user in a short time.
type Burst struct {
	From, Until time.Time // of its first and its last failure
	Failed      int
	Addresses   []string  // of the failures, sorted
	Success     time.Time // of the login that followed; zero if none followed in time
	SuccessFrom string    // the address of that login
}

// attempt is a login that failed or succeeded.
type attempt struct {
	at      time.Time
	address string
}

type attempts struct {
	failed, succeeded []attempt
	addresses         map[string]int
}

// FailuresOf counts the activities of [FailureTypes] of each user who failed to log in or was
// locked out. It sorts users by the number of failures, most first.
func FailuresOf(ctx context.Context, activities activity.List[snaplogic.Activity]) ([]Failures, error) {
	users := map[string]*Failures{}
	of := map[string]*attempts{}
	for a, err := range activities.All(ctx) {
		if err != nil {
			return nil, err
		}
		if !slices.Contains(FailureTypes, a.EventType) {
			continue
		}
		name := cmp.Or(a.UserID, a.ByWhom, "(not named)")
		if users[name] == nil {
			users[name], of[name] = &Failures{User: name}, &attempts{addresses: map[string]int{}}
		}
		users[name].add(a, of[name])
	}
	failures := make([]Failures, 0, len(users))
	for name, user := range users {
		if user.Failed+user.Lockouts == 0 {
			continue
		}
		user.Bursts = bursts(of[name].failed, of[name].succeeded)
		for _, ip := range slices.Sorted(maps.Keys(of[name].addresses)) {
			user.Addresses = append(user.Addresses, Address{ip, of[name].addresses[ip]})
		}
		slices.SortStableFunc(user.Addresses, func(a, b Address) int { return cmp.Compare(b.Times, a.Times) })
		failures = append(failures, *user)
	}
	slices.SortFunc(failures, func(a, b Failures) int {
		return cmp.Or(cmp.Compare(b.Failed, a.Failed), cmp.Compare(b.Lockouts, a.Lockouts), cmp.Compare(a.User, b.User))
	})
	return failures, nil
}

func (f *Failures) add(a snaplogic.Activity, of *attempts) {
	this := attempt{a.CreateTime, a.IPAddress}
	switch a.EventType {
	case snaplogic.EventUserLockout:
		f.Lockouts++
	case snaplogic.EventUserAuthFailure:
		f.Failed++
		if !this.at.IsZero() {
			of.failed = append(of.failed, this)
		}
	default:
		of.succeeded = append(of.succeeded, this)
		return
	}
	if this.address != "" {
		of.addresses[this.address]++
	}
	f.Last = later(f.Last, this.at)
}

// bursts returns the bursts among the failures of one user, with the login that followed each.
func bursts(failed, succeeded []attempt) []Burst {
	byTime := func(a, b attempt) int { return a.at.Compare(b.at) }
	slices.SortFunc(failed, byTime)
	slices.SortFunc(succeeded, byTime)
	// dense reports whether a failure is the last of BurstFailures within BurstWithin.
	dense := func(last int) bool {
		first := last - BurstFailures + 1
		return first >= 0 && last < len(failed) && failed[last].at.Sub(failed[first].at) <= BurstWithin
	}
	var found []Burst
	for last := 0; last < len(failed); last++ {
		if !dense(last) {
			continue
		}
		first := last - BurstFailures + 1
		// A dense failure extends the burst if its series begins in the burst.
		for next := last + 1; next < len(failed) && next-BurstFailures+1 <= last; next++ {
			if dense(next) {
				last = next
			}
		}
		found = append(found, burstOf(failed[first:last+1], succeeded))
	}
	return found
}

func burstOf(failed, succeeded []attempt) Burst {
	b := Burst{From: failed[0].at, Until: failed[len(failed)-1].at, Failed: len(failed)}
	for _, f := range failed {
		b.Addresses = insertName(b.Addresses, f.address)
	}
	for _, s := range succeeded {
		if !s.at.Before(b.Until) && s.at.Sub(b.Until) <= SuccessWithin {
			b.Success, b.SuccessFrom = s.at, s.address
			break
		}
	}
	return b
}
