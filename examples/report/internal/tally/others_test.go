package tally

import (
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
		entry{EventType: snaplogic.EventSessionStart, UserID: "ada"},
	))
	require.NoError(t, err)
	assert.Equal(t, []Failures{
		{User: "ada", Failed: 3, Addresses: 2, Last: at(9, 0)},
		{User: "bob", Failed: 1, Addresses: 1, Last: at(8, 0)},
		{User: "cyd", Lockouts: 1, Last: at(9, 30)},
	}, users)
}

func TestBlocked(t *testing.T) {
	blocked := func(app, name, id, user string, when time.Time) device {
		return device{Action: opswat.ActionBlocked, AppName: app, DeviceName: name, DeviceID: id, AppUser: user, Timestamp: when}
	}
	pairs, err := BlockedOf(t.Context(), activity.ListOf(
		blocked("Slack", "LT", "D1", "bob", at(8, 0)), blocked("Slack", "LT", "D1", "ada", at(9, 0)), blocked("Slack", "LT", "D1", "bob", at(7, 0)),
		blocked("Slack", "LT", "D2", "", at(8, 0)), blocked("", "", "", "", at(6, 0)), blocked("Box", "", "D3", "ada", at(6, 0)),
		device{Action: opswat.ActionMonitoredBlock, AppName: "Slack", DeviceName: "LT", DeviceID: "D1"},
	))
	require.NoError(t, err)
	assert.Equal(t, []Blocked{
		{App: "Slack", Device: "LT", DeviceID: "D1", Users: []string{"ada", "bob"}, Times: 3, Last: at(9, 0)},
		{App: "(not named)", Device: "(not named)", Times: 1, Last: at(6, 0)},
		{App: "Box", Device: "D3", DeviceID: "D3", Users: []string{"ada"}, Times: 1, Last: at(6, 0)},
		{App: "Slack", Device: "LT", DeviceID: "D2", Times: 1, Last: at(8, 0)},
	}, pairs)
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
