package main

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/activity-sdk/activity/sdelements"
)

func TestSDElementsNamesAndLevels(t *testing.T) {
	odd := sdElementsItems(6, time.Second, "LoggedInActivity", "SomethingNewActivity", "Jane Doe did it", "AcmeSecret")
	odd[0].LogLevel, odd[1].LogLevel, odd[2].LogLevel = "success", "alarm", "Jane Doe"
	usual := sdElementsItems(3, time.Second, sdelements.LoggedInActivity)
	usual[0].LogLevel = sdelements.LogLevelCreate
	few := sdElementsItems(2, time.Second)
	testSDElements(t, "sdelements.names", map[string]sdElementsCase{
		"new ones": {sdElementsServer(odd), "without a constant: SomethingNewActivity (2), 2 others are not shown, since they do not look like words of the service; 1 name with a constant in 6 activities", settled, "KindOther"},
		"none":     {sdElementsServer(usual), "none: 1 name with a constant in 3 activities", likely, "constant for each"},
		"no names": {sdElementsServer(few), "no activity has a name", open, ""},
		"empty":    {sdElementsServer(nil), "the account shows 0 activities", open, ""},
	})
	testSDElements(t, "sdelements.levels", map[string]sdElementsCase{
		"new ones": {sdElementsServer(odd), "without a constant: alarm (1), 1 other is not shown, since it does not look like a word of the service; in addition no level (3), success (1) in 6 activities", settled, "Activity.LogLevel"},
		"usual":    {sdElementsServer(usual), "no level (2), create (1) in 3 activities", likely, "constant for each"},
		"none":     {sdElementsServer(few), "no level (2) in 2 activities", likely, ""},
		"empty":    {sdElementsServer(nil), "the account shows 0 activities", open, ""},
	})
}

func TestSDElementsMembers(t *testing.T) {
	note := func(data string) sdelements.Activity {
		return sdelements.Activity{Raw: json.RawMessage(`{"id":1,"name":"AddedNoteActivity","data":` + data + `}`)}
	}
	testSDElements(t, "sdelements.members", map[string]sdElementsCase{
		"all have it":  {sdElementsServer([]sdelements.Activity{note(`{"note":1}`), note(`{"note_desc":"x"}`)}), "note or note_desc is in 2 of 2", settled, ""},
		"some have it": {sdElementsServer([]sdelements.Activity{note(`{"note":1}`), note(`{"notes":1}`)}), "note or note_desc is in 1 of 2", settled, "Activity.Data"},
		"group": {sdElementsServer([]sdelements.Activity{{Raw: json.RawMessage(
			`{"id":1,"name":"AddedGroupToGroupActivity","data":{"target_group_desc":"x"}}`)}}), "target_group or target_group_desc is in 1 of 1", settled, ""},
		"none":  {sdElementsServer(sdElementsItems(3, time.Second, sdelements.LoggedInActivity)), "no activity should have", open, ""},
		"empty": {sdElementsServer(nil), "the account shows 0 activities", open, ""},
	})
}
