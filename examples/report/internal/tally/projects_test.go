package tally

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/sdelements"
)

type work = sdelements.Activity

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
