package main

import (
	"context"
	"fmt"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
)

// events compares the event types of the sample with the SDK's constants.
func (p *snapLogicProbe) events(_ context.Context, _ *service, a snapLogicAnswer) finding {
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
	rows := activities(len(a.rows))
	if without == len(a.rows) {
		return leavesOpen(fmt.Sprintf("none of %s has an event_type", rows))
	}
	constants, _ := countWords(known, anyWord)
	answer := fmt.Sprintf("among %s there are these types with a constant: %s", rows, joinWords(constants, 0))
	if without > 0 {
		answer += fmt.Sprintf("; %s without a type", activities(without))
	}
	if len(unknown) == 0 {
		return suggests(answer, "The SDK has a constant for each that was seen. There may be more.")
	}
	return settles(fmt.Sprintf("%s; these without one: %s", answer, joinWords(countWords(unknown, noWord))),
		"Activity.Event returns activity.KindOther for these, with the asset as the target. Please share the report, so that the SDK gets constants for them.")
}
