package main

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
)

// listedFirst returns the activities of the first page, or a finding that says why there are none.
func (p *opswatProbe) listedFirst(ctx context.Context, s *service) ([]opswatAccess, *finding) {
	first := p.first(ctx, s)
	rows, ok := opswatAccesses(first)
	switch {
	case !ok:
		return nil, new(opswatFails(first))
	case len(rows) == 0:
		return nil, new(leavesOpen("there are no activities in the last 90 days"))
	}
	return rows, nil
}

func (p *opswatProbe) order(ctx context.Context, s *service) finding {
	rows, none := p.listedFirst(ctx, s)
	if none != nil {
		return *none
	}
	up, down, largest := opswatSteps(rows)
	steps := func(n int) string { return number(n, "step", "steps") }
	switch {
	case up+down == 0:
		return leavesOpen(fmt.Sprintf("among %s there are no two times", opswatCount(len(rows))))
	case up == 0:
		return settles(fmt.Sprintf("newest first, in a page of %s with %s back in time", opswatCount(len(rows)), steps(down)),
			"The SDK assumes this. It is right.")
	case down == 0:
		return settles(fmt.Sprintf("oldest first, in a page of %s with %s on in time", opswatCount(len(rows)), steps(up)),
			"The SDK assumes the newest first. Do not use ActivityFeed: it may repeat or leave out activities. Please share the report.")
	case up == 1 && largest <= time.Hour && down > 1:
		return suggests(fmt.Sprintf("newest first, except for one step on by %s, which a clock that is set back can explain", span(largest)),
			"The SDK assumes the newest first. Set ActivityQuery.Location to the zone of the timestamps.")
	}
	return settles(fmt.Sprintf("not by time: %s back in time and %s on, the largest by %s", steps(down), steps(up), span(largest)),
		"The SDK assumes the newest first. Do not use ActivityFeed: it may repeat or leave out activities. Please share the report.")
}

// opswatSteps counts where times change from one activity to the next, on or back. largest is that
// of the steps on.
func opswatSteps(rows []opswatAccess) (up, down int, largest time.Duration) {
	var last time.Time
	for _, row := range rows {
		if row.at.IsZero() {
			continue
		}
		if step := row.at.Sub(last); !last.IsZero() {
			switch {
			case step > 0:
				up++
				largest = max(largest, step)
			case step < 0:
				down++
			}
		}
		last = row.at
	}
	return up, down, largest
}

// opswatNewestFirst reports whether the first page is in the order that the SDK assumes, as far as
// its times show it.
func opswatNewestFirst(rows []opswatAccess) bool {
	up, down, _ := opswatSteps(rows)
	return up == 0 && down > 0
}

func (p *opswatProbe) actions(ctx context.Context, s *service) finding {
	rows, none := p.listedFirst(ctx, s)
	if none != nil {
		return *none
	}
	var actions, known []string
	unnamed := false
	for _, row := range rows {
		action := string(row.item.Action)
		if action == "" {
			continue
		}
		actions = append(actions, action)
		if opswatKnows(action) {
			known = append(known, action)
		}
		unnamed = unnamed || !slices.Contains(opswatActions, row.item.Action)
	}
	answer := fmt.Sprintf("in %s: %s", opswatCount(len(rows)), wordList(countedWords(actions, opswatKnows)))
	if without := len(rows) - len(actions); without > 0 {
		answer += fmt.Sprintf("; without an action: %d", without)
	}
	switch {
	case len(actions) == 0:
		return leavesOpen(fmt.Sprintf("none of %s has an action", opswatCount(len(rows))))
	case len(known) < len(actions):
		return settles(answer, "The SDK has no constant for all of these, and Activity.Event makes activity.KindOther of one at least. Please share the report.")
	case unnamed:
		return suggests(answer, "The SDK has no constant for all of these. Activity.Event knows them, and ActivityQuery.Actions takes them as they are spelled here.")
	}
	return suggests(answer, "The SDK has a constant for each that was seen. There may be more.")
}

// opswatActions are those that the SDK has constants for.
var opswatActions = []opswat.Action{opswat.ActionAllowed, opswat.ActionBlocked, opswat.ActionMonitoredBlock}

// opswatKnows reports whether the SDK knows an action.
func opswatKnows(action string) bool {
	a := opswat.Action(action)
	return slices.Contains(opswatActions, a) || opswat.Activity{Action: a}.Event().Kind != activity.KindOther
}

// opswatCount is a number of activities in words.
func opswatCount(n int) string { return number(n, "activity", "activities") }

var (
	opswatVendorTime = regexp.MustCompile(`^[A-Z][a-z]+ \d{1,2},\s\d{4}(,?)([ \x{00A0}\x{202F}])(\d{1,2}):\d\d:\d\d([ \x{00A0}\x{202F}])[AP]M$`)
	opswatZonedTime  = regexp.MustCompile(`^\d{4}-\d\d-\d\d.*(Z|[+-]\d\d:?\d\d)$`)
	opswatOneDigit   = regexp.MustCompile(`^[A-Z][a-z]+ \d,`)
	opswatZeroDay    = regexp.MustCompile(`^[A-Z][a-z]+ 0\d,`)
)

func (p *opswatProbe) times(ctx context.Context, s *service) finding {
	rows, none := p.listedFirst(ctx, s)
	if none != nil {
		return *none
	}
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
		number(len(rows), "timestamp", "timestamps"), vendor, comma, narrow, oneDigit, zeroDay, zeroHour, zoned)
	if unread > 0 {
		return settles(fmt.Sprintf("%s; missing or not to be read: %d", answer, unread),
			"The SDK leaves Activity.Timestamp zero there. Please share the report.")
	}
	return settles(answer, "The SDK reads them all.")
}
