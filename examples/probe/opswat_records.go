package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
)

func (p *opswatProbe) order(rows []opswatRow) finding {
	s, largestUp := opswatSteps(rows)
	count := func(n int) string { return plural(n, "step", "steps") }
	const assumes = "The SDK assumes that the newest activities come first. "
	const noFeed = assumes + "Do not use ActivityFeed: it may repeat or miss activities. Please share the report."
	switch {
	case s.up+s.down == 0:
		return leavesOpen(fmt.Sprintf("among %s there are no two times", activities(len(rows))))
	case s.up == 0:
		return settles(fmt.Sprintf("newest first, in a page of %s with %s back in time", activities(len(rows)), count(s.down)),
			assumes+"That is right.")
	case s.down == 0:
		return settles(fmt.Sprintf("oldest first, in a page of %s with %s forward in time", activities(len(rows)), count(s.up)), noFeed)
	case s.up == 1 && largestUp <= time.Hour && s.down > 1:
		return suggests(fmt.Sprintf("newest first, except for one step forward by %s; a clock that was set back can explain it", formatDuration(largestUp)),
			assumes+"Set ActivityQuery.Location to the zone of the timestamps.")
	}
	return settles(fmt.Sprintf("not by time: %s back in time and %s forward, the largest by %s", count(s.down), count(s.up), formatDuration(largestUp)), noFeed)
}

func opswatSteps(rows []opswatRow) (s steps, largestUp time.Duration) {
	times := make([]time.Time, len(rows))
	for i, row := range rows {
		times[i] = row.at
	}
	return timeSteps(times)
}

// opswatNewestFirst reports whether the times of the activities show the order that the SDK
// assumes.
func opswatNewestFirst(rows []opswatRow) bool {
	s, _ := opswatSteps(rows)
	return s.up == 0 && s.down > 0
}

func (p *opswatProbe) actions(rows []opswatRow) finding {
	var actions, known []string
	withoutConstant := false
	for _, row := range rows {
		action := string(row.item.Action)
		if action == "" {
			continue
		}
		actions = append(actions, action)
		if knownAction(action) {
			known = append(known, action)
		}
		withoutConstant = withoutConstant || !slices.Contains(opswatActions, row.item.Action)
	}
	answer := fmt.Sprintf("in %s: %s", activities(len(rows)), joinWords(countWords(actions, knownAction)))
	if without := len(rows) - len(actions); without > 0 {
		answer += fmt.Sprintf("; without an action: %d", without)
	}
	switch {
	case len(actions) == 0:
		return leavesOpen(fmt.Sprintf("none of %s has an action", activities(len(rows))))
	case len(known) < len(actions):
		return settles(answer, "The SDK has no constant for some of these, and Activity.Event returns activity.KindOther for at least one. Please share the report.")
	case withoutConstant:
		return suggests(answer, "The SDK has no constant for some of these. Activity.Event knows them, and ActivityQuery.Actions takes them in this spelling.")
	}
	return suggests(answer, "The SDK has a constant for each that was seen. There may be more.")
}

// opswatActions are the actions for which the SDK has constants.
var opswatActions = []opswat.Action{opswat.ActionAllowed, opswat.ActionBlocked, opswat.ActionMonitoredBlock}

// knownAction reports whether the SDK knows an action.
func knownAction(action string) bool {
	a := opswat.Action(action)
	return slices.Contains(opswatActions, a) || opswat.Activity{Action: a}.Event().Kind != activity.KindOther
}

var (
	opswatVendorTime = regexp.MustCompile(`^[A-Z][a-z]+ \d{1,2},\s\d{4}(,?)([ \x{00A0}\x{202F}])(\d{1,2}):\d\d:\d\d([ \x{00A0}\x{202F}])[AP]M$`)
	opswatZonedTime  = regexp.MustCompile(`^\d{4}-\d\d-\d\d.*(Z|[+-]\d\d:?\d\d)$`)
	opswatOneDigit   = regexp.MustCompile(`^[A-Z][a-z]+ \d,`)
	opswatZeroDay    = regexp.MustCompile(`^[A-Z][a-z]+ 0\d,`)
)

func (p *opswatProbe) times(rows []opswatRow) finding {
	var unread, comma, narrow, vendor, zoned, oneDigit, zeroDay, zeroHour int
	count := func(n *int, is bool) {
		if is {
			*n++
		}
	}
	for _, row := range rows {
		count(&unread, row.at.IsZero())
		count(&zoned, opswatZonedTime.MatchString(row.text))
		form := opswatVendorTime.FindStringSubmatch(row.text)
		if form == nil {
			continue
		}
		vendor++
		count(&comma, form[1] == ",")
		count(&narrow, form[2] != " " || form[4] != " ")
		count(&oneDigit, opswatOneDigit.MatchString(row.text))
		count(&zeroDay, opswatZeroDay.MatchString(row.text))
		count(&zeroHour, strings.HasPrefix(form[3], "0"))
	}
	answer := fmt.Sprintf("of %s, %d of the vendor's form: %d with a comma after the year, %d with U+00A0 or U+202F for a space, "+
		"%d with a day of one digit, %d with a zero before the day, %d with a zero before the hour; %d of another form with a zone",
		plural(len(rows), "timestamp", "timestamps"), vendor, comma, narrow, oneDigit, zeroDay, zeroHour, zoned)
	if unread > 0 {
		return settles(fmt.Sprintf("%s; missing or unreadable: %d", answer, unread),
			"Activity.Timestamp is zero there. Please share the report.")
	}
	return settles(answer, "The SDK reads them all.")
}
