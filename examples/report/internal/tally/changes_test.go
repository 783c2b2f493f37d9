package tally

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
)

type entry = snaplogic.Activity

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
