package main

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/activity-sdk/activity/sdelements"
)

// sdElementsWord is what a word of the vendor looks like. Anything else may be a tenant's.
var sdElementsWord = regexp.MustCompile(`^[A-Za-z][A-Za-z_ ()-]{0,59}$`)

// mostSDElementsWords bounds how many words an answer shows.
const mostSDElementsWords = 40

func (d *sdElements) names(context.Context, *service) finding {
	if f, none := d.unread(1); none {
		return f
	}
	known, unknown := map[string]int{}, map[string]int{}
	for _, a := range d.newest.rows {
		switch {
		case a.Name == "":
		case slices.Contains(sdelements.ActivityNames(), a.Name):
			known[string(a.Name)]++
		default:
			unknown[string(a.Name)]++
		}
	}
	seen := fmt.Sprintf("%s with a constant in %s", sdElementsNumber(len(known), "name", "names"),
		sdElementsNumber(len(d.newest.rows), "activity", "activities"))
	switch {
	case len(known)+len(unknown) == 0:
		return leavesOpen("no activity has a name")
	case len(unknown) == 0:
		return suggests("none: "+seen, "The SDK has a constant for each that was seen.")
	}
	shown := sdElementsWords(unknown, func(name string) bool {
		return sdElementsWord.MatchString(name) && strings.HasSuffix(name, "Activity") && !strings.Contains(name, " ")
	})
	return settles(fmt.Sprintf("%s without a constant: %s; %s", sdElementsNumber(len(unknown), "name", "names"), shown, seen),
		"They arrive in Activity.Name as they are, can be asked for, and are activity.KindOther in Event. Please share the report.")
}

func (d *sdElements) levels(context.Context, *service) finding {
	if f, none := d.unread(1); none {
		return f
	}
	known := []sdelements.LogLevel{sdelements.LogLevelCreate, sdelements.LogLevelModify, sdelements.LogLevelSuccess, sdelements.LogLevelUser}
	levels, unknown, none := map[string]int{}, map[string]int{}, 0
	for _, a := range d.newest.rows {
		switch {
		case a.LogLevel == "":
			none++
		case slices.Contains(known, a.LogLevel):
			levels[string(a.LogLevel)]++
		default:
			unknown[string(a.LogLevel)]++
		}
	}
	answer := fmt.Sprintf("no level (%d)", none)
	if len(levels) > 0 {
		answer += ", " + sdElementsWords(levels, sdElementsWord.MatchString)
	}
	answer += fmt.Sprintf(" in %s", sdElementsNumber(len(d.newest.rows), "activity", "activities"))
	if len(unknown) > 0 {
		return settles(fmt.Sprintf("%s without a constant: %s; besides %s", sdElementsNumber(len(unknown), "level", "levels"),
			sdElementsWords(unknown, sdElementsWord.MatchString), answer),
			"They arrive in Activity.LogLevel as they are. Please share the report.")
	}
	return suggests(answer, "The SDK has a constant for each that was seen.")
}

// sdElementsWords lists words with how often they occur. Those that may not be shown are counted.
func sdElementsWords(words map[string]int, may func(string) bool) string {
	var shown []string
	hidden := 0
	for _, word := range slices.Sorted(maps.Keys(words)) {
		if !may(word) || len(shown) == mostSDElementsWords {
			hidden++
			continue
		}
		shown = append(shown, fmt.Sprintf("%s (%d)", word, words[word]))
	}
	if hidden > 0 {
		shown = append(shown, fmt.Sprintf("%d that are not shown", hidden))
	}
	return strings.Join(shown, ", ")
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
