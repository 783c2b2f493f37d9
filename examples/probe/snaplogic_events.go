package main

import (
	"context"
	"fmt"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
)

// events compares the types of the sample's activities with the SDK's constants.
func (p *snapLogicProbe) events(ctx context.Context, s *service) finding {
	a := p.sample(ctx, s)
	if a.problem != "" {
		return a.openList()
	}
	if len(a.rows) == 0 {
		return leavesOpen(snapLogicNone)
	}
	var known, unknown []string
	without := 0
	for _, row := range a.rows {
		switch {
		case row.EventType == "":
			without++
		// Every constant has a kind, and no other type has one.
		case snaplogic.Activity{EventType: row.EventType}.Event().Kind == activity.KindOther:
			unknown = append(unknown, string(row.EventType))
		default:
			known = append(known, string(row.EventType))
		}
	}
	rows := snapLogicCount(len(a.rows))
	if without == len(a.rows) {
		return leavesOpen(fmt.Sprintf("none of %s has an event_type", rows))
	}
	constants, _ := countedWords(known, anyWord)
	answer := fmt.Sprintf("among %s there are these types with a constant: %s", rows, wordList(constants, 0))
	if without > 0 {
		answer += fmt.Sprintf("; %s without a type", snapLogicCount(without))
	}
	if len(unknown) == 0 {
		return suggests(answer, "The SDK has a constant for each that was seen. There may be more.")
	}
	return settles(fmt.Sprintf("%s; these without one: %s", answer, wordList(countedWords(unknown, noWord))),
		"Their events are of activity.KindOther, and their targets the assets. Please share the report, so that the SDK has constants for them too.")
}
