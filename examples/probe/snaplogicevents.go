package main

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
)

// snapLogicWord is a word of the vendor's that may be shown.
var snapLogicWord = regexp.MustCompile(`^[A-Za-z][A-Za-z_ ()-]{0,59}$`)

// events compares the types of the sample's activities with the SDK's constants.
func (p *snapLogicProbe) events(ctx context.Context, s *service) finding {
	a := p.sample(ctx, s)
	if a.problem != "" {
		return a.openList()
	}
	if len(a.rows) == 0 {
		return leavesOpen(snapLogicNone)
	}
	known, unknown := map[string]bool{}, map[string]bool{}
	without := 0
	for _, row := range a.rows {
		switch {
		case row.EventType == "":
			without++
		// Every constant has a kind, and no other type has one.
		case snaplogic.Activity{EventType: row.EventType}.Event().Kind == activity.KindOther:
			unknown[string(row.EventType)] = true
		default:
			known[string(row.EventType)] = true
		}
	}
	rows := snapLogicCount(len(a.rows))
	if without == len(a.rows) {
		return leavesOpen(fmt.Sprintf("None of %s says of which type it is.", rows))
	}
	answer := fmt.Sprintf("Among %s there are %d types with a constant (%s)", rows, len(known), snapLogicWords(known))
	if without > 0 {
		answer += fmt.Sprintf(", and %s without a type", snapLogicCount(without))
	}
	if len(unknown) == 0 {
		return settles(answer+". All types have one.", "Types that this account did not show may exist all the same.")
	}
	return settles(fmt.Sprintf("%s. %d have none: %s.", answer, len(unknown), snapLogicWords(unknown)),
		"Their events are of activity.KindOther, and their targets the assets. Please share the report, so that the SDK has constants for them too.")
}

// snapLogicWords shows those names that may be shown, and says how many there are besides.
func snapLogicWords(names map[string]bool) string {
	words := slices.Sorted(maps.Keys(names))
	words = slices.DeleteFunc(words, func(name string) bool { return !snapLogicWord.MatchString(name) })
	if hidden := len(names) - len(words); hidden > 0 {
		words = append(words, fmt.Sprintf("%d whose names are not shown", hidden))
	}
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, ", ")
}
