package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/activity-sdk/activity/snaplogic"
)

// snapLogicBound is start or end.
type snapLogicBound struct {
	name   string
	field  string
	inward int64 // 1 or -1: the direction in which the bound leaves out more
	query  func(row, bound int64) []string

	included, excluded, early, late string // what each answer means for the user
}

var snapLogicStart = snapLogicBound{
	name: "start", field: "ActivityQuery.Start", inward: 1,
	query: func(row, bound int64) []string {
		return []string{"start", snapLogicMillis(bound), "end", snapLogicMillis(row + snapLogicMargin)}
	},
	included: "ActivityQuery.Start is the first instant of the list. There is nothing to set.",
	excluded: "Set ActivityQuery.Start a millisecond earlier. A feed does that by itself.",
	early:    "Lists contain activities from up to a second before ActivityQuery.Start: drop them. A feed does that by itself.",
	late:     "Set ActivityQuery.Start, and a feed's FollowOptions.Since, a second earlier.",
}

var snapLogicEnd = snapLogicBound{
	name: "end", field: "ActivityQuery.End", inward: -1,
	query: func(row, bound int64) []string {
		return []string{"start", snapLogicMillis(row - snapLogicMargin), "end", snapLogicMillis(bound)}
	},
	included: "Adjoining spans repeat the activities of the millisecond in which they meet: drop repeated IDs. A feed does that by itself.",
	excluded: "ActivityQuery.End is the first instant after the list. There is nothing to set.",
	early:    "Lists contain activities from up to a second after ActivityQuery.End: drop them. A feed does that by itself.",
	late:     "Set ActivityQuery.End a second later. A feed reads that second again in its next round.",
}

func (p *snapLogicProbe) startBound(ctx context.Context, s *service, rows []snaplogic.Activity) finding {
	return p.bound(ctx, s, rows, snapLogicStart)
}

func (p *snapLogicProbe) endBound(ctx context.Context, s *service, rows []snaplogic.Activity) finding {
	return p.bound(ctx, s, rows, snapLogicEnd)
}

// bound searches for an activity with the bound at its very millisecond and one millisecond away.
// If that shows nothing, it searches with the bound a second away.
func (p *snapLogicProbe) bound(ctx context.Context, s *service, rows []snaplogic.Activity, b snapLogicBound) finding {
	row, ok := p.mostIsolated(rows, func(row snaplogic.Activity) bool { return row.CreateTime.Nanosecond()%int(time.Millisecond) == 0 })
	if !ok {
		return leavesOpen(fmt.Sprintf("none of %s has a time of whole milliseconds, as a bound has", activities(len(rows))))
	}
	var ids []string // of the activities of that very instant
	for _, other := range rows {
		if other.CreateTime.Equal(row.CreateTime) {
			ids = append(ids, other.ID)
		}
	}
	at := row.CreateTime.UnixMilli()
	var problem finding
	ask := func(by int64) presence {
		a := p.get(ctx, s, append(b.query(at, at+by*b.inward), "limit", strconv.Itoa(snapLogicPage))...)
		found := a.presenceOf(ids)
		switch {
		case a.problem != "":
			problem = a.openList()
		case found == unsure:
			problem = leavesOpen("an answer did not show all activities of that instant, or not all that it counted")
		}
		return found
	}
	of := "an activity of that time"
	if len(ids) > 1 {
		of = fmt.Sprintf("%d activities of that time", len(ids))
	}
	// The request that should leave out the activity comes first. If a later one lists it, it was
	// there all the time.
	switch ask(1) {
	case unlisted:
		switch ask(0) {
		case listed:
			return settles(fmt.Sprintf("%s includes its own millisecond: it listed %s, but not with a bound a millisecond further in", b.name, of), b.included)
		case unlisted:
			switch ask(-1) {
			case listed:
				return settles(fmt.Sprintf("%s leaves out its own millisecond: it left out %s, but not with a bound a millisecond further out", b.name, of), b.excluded)
			case unlisted:
				switch ask(-1000) {
				case listed:
					return settles(fmt.Sprintf("%s is coarser than a millisecond: it left out %s also with a bound a millisecond further out, but not with one a second further out", b.name, of), b.late)
				case unlisted:
					return leavesOpen("an activity that was listed before was not found by its time, even with a second to spare: it vanished, or the bounds are not in milliseconds")
				}
			}
		}
	case listed:
		switch ask(1000) {
		case unlisted:
			return settles(fmt.Sprintf("%s is coarser than a millisecond: it listed %s also with a bound a millisecond further in, but not with one a second further in", b.name, of), b.early)
		case listed:
			return settles(fmt.Sprintf("%s does not bound the list: it listed %s also with a bound a second further in", b.name, of),
				"The SDK is wrong here: please share the report. Until it is fixed, drop activities outside of "+b.field+".")
		}
	}
	return problem
}

// presenceOf returns the presence of several rows. It is unsure unless they have the same.
func (a snapLogicAnswer) presenceOf(ids []string) presence {
	first := a.presence(ids[0])
	for _, id := range ids[1:] {
		if a.presence(id) != first {
			return unsure
		}
	}
	return first
}
