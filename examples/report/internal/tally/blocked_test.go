package tally

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
)

type device = opswat.Activity

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
