package tally

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
)

func TestFailures(t *testing.T) {
	failure := func(user, address string, when time.Time) entry {
		return entry{EventType: snaplogic.EventUserAuthFailure, UserID: user, ByWhom: "somebody", IPAddress: address, CreateTime: when}
	}
	users, err := FailuresOf(t.Context(), activity.ListOf(
		failure("bob", "192.0.2.1", at(8, 0)), failure("ada", "192.0.2.1", at(9, 0)), failure("ada", "192.0.2.1", at(7, 0)),
		failure("ada", "192.0.2.2", at(8, 0)), entry{EventType: snaplogic.EventUserLockout, ByWhom: "cyd", CreateTime: at(9, 30)},
		entry{EventType: snaplogic.EventSessionStart, UserID: "ada"}, entry{EventType: snaplogic.EventSessionStart, UserID: "dan"},
	))
	require.NoError(t, err)
	assert.Equal(t, []Failures{
		{User: "ada", Failed: 3, Addresses: []Address{{"192.0.2.1", 2}, {"192.0.2.2", 1}}, Last: at(9, 0)},
		{User: "bob", Failed: 1, Addresses: []Address{{"192.0.2.1", 1}}, Last: at(8, 0)},
		{User: "cyd", Lockouts: 1, Last: at(9, 30)},
	}, users)
}

func TestBursts(t *testing.T) {
	logins := func(kind snaplogic.EventType, address string, minutes ...int) (all []entry) {
		for _, minute := range minutes {
			all = append(all, entry{EventType: kind, UserID: "ada", IPAddress: address, CreateTime: at(9, minute)})
		}
		return all
	}
	failed := func(minutes ...int) []entry { return logins(snaplogic.EventUserAuthFailure, "192.0.2.1", minutes...) }
	for name, test := range map[string]struct {
		entries []entry
		bursts  []Burst
	}{
		"too few":     {failed(0, 1, 2, 3), nil},
		"too slow":    {failed(0, 3, 6, 9, 12), nil},
		"just enough": {failed(0, 10, 4, 2, 6), []Burst{{From: at(9, 0), Until: at(9, 10), Failed: 5, Addresses: []string{"192.0.2.1"}}}},
		"one burst and a single failure": {failed(0, 1, 2, 3, 4, 6, 11, 30),
			[]Burst{{From: at(9, 0), Until: at(9, 11), Failed: 7, Addresses: []string{"192.0.2.1"}}}},
		"two": {failed(0, 1, 2, 3, 4, 20, 21, 22, 23, 24), []Burst{
			{From: at(9, 0), Until: at(9, 4), Failed: 5, Addresses: []string{"192.0.2.1"}},
			{From: at(9, 20), Until: at(9, 24), Failed: 5, Addresses: []string{"192.0.2.1"}}}},
		"a success follows": {slices.Concat(logins(snaplogic.EventSSOSessionStart, "192.0.2.9", 3, 20, 7), failed(0, 1, 2, 3),
			logins(snaplogic.EventUserAuthFailure, "192.0.2.2", 5)),
			[]Burst{{From: at(9, 0), Until: at(9, 5), Failed: 5, Addresses: []string{"192.0.2.1", "192.0.2.2"}, Success: at(9, 7), SuccessFrom: "192.0.2.9"}}},
		"one success too early, one too late": {slices.Concat(logins(snaplogic.EventSessionStart, "192.0.2.9", 3, 35), failed(0, 1, 2, 3, 4)),
			[]Burst{{From: at(9, 0), Until: at(9, 4), Failed: 5, Addresses: []string{"192.0.2.1"}}}},
		"without times": {slices.Repeat([]entry{{EventType: snaplogic.EventUserAuthFailure, UserID: "ada"}}, 9), nil},
	} {
		users, err := FailuresOf(t.Context(), activity.ListOf(test.entries...))
		require.NoError(t, err)
		assert.Equal(t, test.bursts, users[0].Bursts, name)
	}
}
