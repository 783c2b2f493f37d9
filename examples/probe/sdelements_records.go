package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/activity-sdk/activity/sdelements"
)

func (d *sdElements) names(context.Context, *service) finding {
	if f, none := d.unread(1); none {
		return f
	}
	known := map[string]bool{}
	var unknown []string
	for _, a := range d.newest.rows {
		switch {
		case a.Name == "":
		case slices.Contains(sdelements.ActivityNames(), a.Name):
			known[string(a.Name)] = true
		default:
			unknown = append(unknown, string(a.Name))
		}
	}
	seen := fmt.Sprintf("%s with a constant in %s", number(len(known), "name", "names"),
		number(len(d.newest.rows), "activity", "activities"))
	switch {
	case len(known)+len(unknown) == 0:
		return leavesOpen("no activity has a name")
	case len(unknown) == 0:
		return suggests("none: "+seen, "The SDK has a constant for each that was seen. There may be more.")
	}
	return settles(fmt.Sprintf("without a constant: %s; %s", sdElementsWords(unknown, "Activity"), seen),
		"They arrive in Activity.Name as they are, can be asked for, and are activity.KindOther in Event. Please share the report.")
}

func (d *sdElements) levels(context.Context, *service) finding {
	if f, none := d.unread(1); none {
		return f
	}
	constants := []sdelements.LogLevel{sdelements.LogLevelCreate, sdelements.LogLevelModify, sdelements.LogLevelSuccess, sdelements.LogLevelUser}
	var known, unknown []string
	none := 0
	for _, a := range d.newest.rows {
		switch {
		case a.LogLevel == "":
			none++
		case slices.Contains(constants, a.LogLevel):
			known = append(known, string(a.LogLevel))
		default:
			unknown = append(unknown, string(a.LogLevel))
		}
	}
	answer := fmt.Sprintf("no level (%d)", none)
	if len(known) > 0 {
		shown, _ := countedWords(known, anyWord)
		answer += ", " + strings.Join(shown, ", ")
	}
	answer += fmt.Sprintf(" in %s", number(len(d.newest.rows), "activity", "activities"))
	if len(unknown) > 0 {
		return settles(fmt.Sprintf("without a constant: %s; besides %s", sdElementsWords(unknown, ""), answer),
			"They arrive in Activity.LogLevel as they are. Please share the report.")
	}
	return suggests(answer, "The SDK has a constant for each that was seen. There may be more.")
}

// sdElementsWords lists words that the SDK does not know, with how often they occur. The vendor's
// own have an ending.
func sdElementsWords(words []string, ending string) string {
	var vendors []string
	others := map[string]bool{}
	for _, word := range words {
		if strings.HasSuffix(word, ending) {
			vendors = append(vendors, word)
		} else {
			others[word] = true
		}
	}
	shown, hidden := countedWords(vendors, noWord)
	return wordList(shown, hidden+len(others))
}

// sdElementsMembers are members of data that Event takes for the target, with the names of the
// activities that should have them. The vendor shows none of these activities.
var sdElementsMembers = []struct {
	member string
	names  []sdelements.ActivityName
}{
	{"module", []sdelements.ActivityName{sdelements.CompletedModuleActivity}},
	{"note", []sdelements.ActivityName{sdelements.AddedNoteActivity, sdelements.DeletedNoteActivity}},
	{"phase", []sdelements.ActivityName{
		sdelements.CreatedPhaseActivity, sdelements.ActivatedPhaseActivity, sdelements.DeactivatedPhaseActivity, sdelements.DeletedPhaseActivity,
	}},
	{"problem", []sdelements.ActivityName{
		sdelements.CreatedProjectProblemActivity, sdelements.AddedProjectProblemActivity, sdelements.DeletedProjectProblemActivity,
	}},
	{"report", []sdelements.ActivityName{sdelements.CreatedReportActivity, sdelements.DeletedReportActivity}},
	{"reusable_component", []sdelements.ActivityName{
		sdelements.CreatedReusableComponentActivity, sdelements.ActivatedReusableComponentActivity,
		sdelements.DeactivatedReusableComponentActivity, sdelements.ModifiedReusableComponentActivity,
		sdelements.ModifiedReusableComponentSurveyMappingActivity, sdelements.ModifiedReusableComponentImplementedTaskActivity,
		sdelements.ModifiedReusableComponentIntroducedTaskActivity,
	}},
	{"risk_policy", []sdelements.ActivityName{sdelements.CreatedRiskPolicyActivity, sdelements.DeletedRiskPolicyActivity}},
	{"target_group", []sdelements.ActivityName{sdelements.AddedGroupToGroupActivity}},
}

func (d *sdElements) members(context.Context, *service) finding {
	if f, none := d.unread(1); none {
		return f
	}
	var parts []finding
	for _, m := range sdElementsMembers {
		all, with := 0, 0
		for _, a := range d.newest.rows {
			if !slices.Contains(m.names, a.Name) {
				continue
			}
			all++
			if slices.ContainsFunc(a.Data.Names(), func(name string) bool { return name == m.member || name == m.member+"_desc" }) {
				with++
			}
		}
		if all == 0 {
			continue
		}
		follows := ""
		if with < all {
			follows = "Where a member is missing, Event's target has no id and no name: take what you need from Activity.Data. Please share the report."
		}
		parts = append(parts, settles(fmt.Sprintf("%s or %s_desc is in %d of %d", m.member, m.member, with, all), follows))
	}
	if parts == nil {
		return leavesOpen("no activity is about what these members name")
	}
	return d.join(parts...)
}
