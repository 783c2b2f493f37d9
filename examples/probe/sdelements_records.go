package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/activity-sdk/activity/sdelements"
)

func (d *sdElementsProbe) names(context.Context, *service) finding {
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
	summary := fmt.Sprintf("%s with a constant in %s", plural(len(known), "name", "names"),
		activities(len(d.newest.rows)))
	switch {
	case len(known)+len(unknown) == 0:
		return leavesOpen("no activity has a name")
	case len(unknown) == 0:
		return suggests("none: "+summary, "The SDK has a constant for each that was seen. There may be more.")
	}
	return settles(fmt.Sprintf("without a constant: %s; %s", unknownWords(unknown, "Activity"), summary),
		"Activity.Name has them as they are, queries accept them, and Event returns activity.KindOther. Please share the report.")
}

func (d *sdElementsProbe) levels(context.Context, *service) finding {
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
		shown, _ := countWords(known, anyWord)
		answer += ", " + strings.Join(shown, ", ")
	}
	answer += fmt.Sprintf(" in %s", activities(len(d.newest.rows)))
	if len(unknown) > 0 {
		return settles(fmt.Sprintf("without a constant: %s; in addition %s", unknownWords(unknown, ""), answer),
			"Activity.LogLevel has them as they are. Please share the report.")
	}
	return suggests(answer, "The SDK has a constant for each that was seen. There may be more.")
}

// unknownWords returns words that the SDK does not know, with their numbers of occurrences. It
// hides words without the ending that the vendor's words have.
func unknownWords(words []string, ending string) string {
	var vendors []string
	others := map[string]bool{}
	for _, word := range words {
		if strings.HasSuffix(word, ending) {
			vendors = append(vendors, word)
		} else {
			others[word] = true
		}
	}
	shown, hidden := countWords(vendors, noWord)
	return joinWords(shown, hidden+len(others))
}

// targetMembers are the members of data from which Event takes the target, with the names of the
// activities that should have them. The vendor documents no sample of these activities.
var targetMembers = []struct {
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

func (d *sdElementsProbe) members(context.Context, *service) finding {
	var parts []finding
	for _, m := range targetMembers {
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
			follows = "If a member is missing, Event's target has no id and no name: use Activity.Data instead. Please share the report."
		}
		parts = append(parts, settles(fmt.Sprintf("%s or %s_desc is in %d of %d", m.member, m.member, with, all), follows))
	}
	if parts == nil {
		return leavesOpen("no activity should have one of these members")
	}
	return joinFindings(parts...)
}
