package tally

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/snaplogic"
)

type (
	entry  = snaplogic.Activity
	device = opswat.Activity
	work   = sdelements.Activity
)

func TestChanges(t *testing.T) {
	update := func(who, asset string, when time.Time) entry {
		return entry{EventType: snaplogic.EventAssetUpdate, ByWhom: who, PartitionLabel: "projects", ProjectLabel: "Ledger", DisplayType: "Pipeline",
			AssetType: "Pipeline", AssetLabel: asset, CreateTime: when}
	}
	projects, err := ChangesOf(t.Context(), activity.ListOf(
		update("ada", "load", at(9, 0)), update("ada", "load", at(8, 0)), update("ada", "export", at(10, 0)), update("bob", "load", at(11, 0)),
		entry{EventType: snaplogic.EventACLAdd, PartitionLabel: "shared", AssetType: "Dir", AssetLabel: "x", CreateTime: at(1, 0)},
		entry{EventType: snaplogic.EventSessionStart, ByWhom: "ada", PartitionLabel: "projects", ProjectLabel: "Ledger"},
	))
	require.NoError(t, err)
	assert.Equal(t, []ProjectChanges{
		{Space: "projects", Project: "Ledger", Total: 4, People: 2, Changes: []Change{
			{"ada", snaplogic.EventAssetUpdate, "Pipeline", "load", 2, at(9, 0)},
			{"bob", snaplogic.EventAssetUpdate, "Pipeline", "load", 1, at(11, 0)},
			{"ada", snaplogic.EventAssetUpdate, "Pipeline", "export", 1, at(10, 0)},
		}},
		{Space: "shared", Total: 1, People: 1, Changes: []Change{{"(not named)", snaplogic.EventACLAdd, "Dir", "x", 1, at(1, 0)}}},
	}, projects)
}

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
		"one goes on, one stands apart": {failed(0, 1, 2, 3, 4, 6, 11, 30),
			[]Burst{{From: at(9, 0), Until: at(9, 11), Failed: 7, Addresses: []string{"192.0.2.1"}}}},
		"two": {failed(0, 1, 2, 3, 4, 20, 21, 22, 23, 24), []Burst{
			{From: at(9, 0), Until: at(9, 4), Failed: 5, Addresses: []string{"192.0.2.1"}},
			{From: at(9, 20), Until: at(9, 24), Failed: 5, Addresses: []string{"192.0.2.1"}}}},
		"a success follows": {slices.Concat(logins(snaplogic.EventSSOSessionStart, "192.0.2.9", 3, 20, 7), failed(0, 1, 2, 3),
			logins(snaplogic.EventUserAuthFailure, "192.0.2.2", 5)),
			[]Burst{{From: at(9, 0), Until: at(9, 5), Failed: 5, Addresses: []string{"192.0.2.1", "192.0.2.2"}, Success: at(9, 7), SuccessFrom: "192.0.2.9"}}},
		"a success before and one too late": {slices.Concat(logins(snaplogic.EventSessionStart, "192.0.2.9", 3, 35), failed(0, 1, 2, 3, 4)),
			[]Burst{{From: at(9, 0), Until: at(9, 4), Failed: 5, Addresses: []string{"192.0.2.1"}}}},
		"without times": {slices.Repeat([]entry{{EventType: snaplogic.EventUserAuthFailure, UserID: "ada"}}, 9), nil},
	} {
		users, err := FailuresOf(t.Context(), activity.ListOf(test.entries...))
		require.NoError(t, err)
		assert.Equal(t, test.bursts, users[0].Bursts, name)
	}
}

func TestBlocked(t *testing.T) {
	access := func(action opswat.Action, app, name, id, user, rule string, when time.Time) device {
		return device{Action: action, AppName: app, DeviceName: name, DeviceID: id, AppUser: user, AccessRule: rule, DeviceStatus: "Out of date", Timestamp: when}
	}
	const blocked, allowed = opswat.ActionBlocked, opswat.ActionAllowed
	sum, err := BlockedOf(t.Context(), activity.ListOf(
		access(blocked, "Slack", "LT", "D1", "bob", "A", at(8, 0)), access(blocked, "Slack", "LT", "D1", "ada", "A", at(9, 0)),
		access(blocked, "Slack", "LT", "D1", "bob", "B", at(7, 0)), access(blocked, "Slack", "LT", "D2", "", "B", at(8, 0)),
		access(allowed, "Slack", "LT", "D1", "cyd", "A", at(11, 0)), access(allowed, "Box", "LT", "D1", "cyd", "C", at(11, 0)),
		device{Action: blocked, Timestamp: at(6, 0)}, access(blocked, "Box", "", "D3", "ada", "A", at(6, 0)),
		device{Action: opswat.ActionMonitoredBlock, AppName: "Slack", DeviceName: "LT", DeviceID: "D1"},
	))
	require.NoError(t, err)
	assert.Equal(t, Blocks{
		Pairs: []Blocked{
			{App: "Slack", Device: "LT", DeviceID: "D1", Users: []string{"ada", "bob"}, Times: 3, All: 5, Last: at(9, 0)},
			{App: "(not named)", Device: "(not named)", Times: 1, All: 1, Last: at(6, 0)},
			{App: "Box", Device: "D3", DeviceID: "D3", Users: []string{"ada"}, Times: 1, All: 1, Last: at(6, 0)},
			{App: "Slack", Device: "LT", DeviceID: "D2", Times: 1, All: 1, Last: at(8, 0)},
		},
		Rules:   []BlockedBy{{"A", "Out of date", 3, 4}, {"B", "Out of date", 2, 2}, {"(not named)", "(not said)", 1, 2}},
		Blocked: 6, All: 9,
	}, sum)
}

func TestProjectActivities(t *testing.T) {
	in := func(project int64, desc string, actor int64, name sdelements.ActivityName, when time.Time) work {
		return work{Name: name, Actor: actor, Date: when, Data: sdelements.Data{Project: project, ProjectDesc: desc}}
	}
	sums, err := ProjectActivitiesOf(t.Context(), activity.ListOf(
		in(7, "Ledger", 1, sdelements.AddedNoteActivity, at(9, 0)),
		in(7, "Ledger", 1, sdelements.MarkedTaskActivity, at(8, 0)),
		in(7, "Ledger", 1, sdelements.MarkedTaskActivity, at(7, 0)),
		in(0, "Ledger", 1, sdelements.DeletedProjectActivity, at(10, 0)), // its id is gone
		in(8, "", 2, "Odd", at(8, 0)),
		in(0, "", 0, sdelements.ImportExportActivity, at(8, 0)),
		in(0, "", 0, sdelements.ImportExportActivity, at(7, 0)),
	))
	require.NoError(t, err)
	assert.Equal(t, []ProjectActivity{
		{Project: "Ledger", Actor: 1, Times: 4, Last: at(10, 0), Mostly: "MarkedTask"},
		{Times: 2, Last: at(8, 0), Mostly: "ImportExport"},
		{Project: "project 8", Actor: 2, Times: 1, Last: at(8, 0), Mostly: "Odd"},
	}, sums)
}
