package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/activity-sdk/activity/snaplogic"
)

// snapLogicBound is one of the bounds of time.
type snapLogicBound struct {
	name    string
	field   string
	inwards int64 // the direction in which the bound leaves out more
	query   func(row, bound int64) []string

	included, excluded, early, late string // what follows
}

var snapLogicStart = snapLogicBound{
	name: "start", field: "ActivityQuery.Start", inwards: 1,
	query: func(row, bound int64) []string {
		return []string{"start", snapLogicMillis(bound), "end", snapLogicMillis(row + snapLogicNear)}
	},
	included: "ActivityQuery.Start is where the time begins. There is nothing to set.",
	excluded: "Set ActivityQuery.Start a millisecond earlier. A feed does that by itself.",
	early:    "Lists bring activities from up to a second before ActivityQuery.Start: drop them. A feed does that by itself.",
	late:     "Set ActivityQuery.Start, and a feed's FollowOptions.Since, a second earlier.",
}

var snapLogicEnd = snapLogicBound{
	name: "end", field: "ActivityQuery.End", inwards: -1,
	query: func(row, bound int64) []string {
		return []string{"start", snapLogicMillis(row - snapLogicNear), "end", snapLogicMillis(bound)}
	},
	included: "Spans that join repeat the activities of the millisecond in which they meet: drop repeats by ID. A feed does that by itself.",
	excluded: "ActivityQuery.End is where the time ends. There is nothing to set.",
	early:    "Lists bring activities from up to a second after ActivityQuery.End: drop them. A feed does that by itself.",
	late:     "Set ActivityQuery.End a second later. A feed reads that second again in its next round.",
}

func (p *snapLogicProbe) start(ctx context.Context, s *service) finding {
	return p.bound(ctx, s, snapLogicStart)
}

func (p *snapLogicProbe) finish(ctx context.Context, s *service) finding {
	return p.bound(ctx, s, snapLogicEnd)
}

// bound looks for an activity with the bound at its very millisecond and beside it, and, if that
// shows nothing, a second from it.
func (p *snapLogicProbe) bound(ctx context.Context, s *service, b snapLogicBound) finding {
	if a := p.sample(ctx, s); a.problem != "" {
		return a.openList()
	}
	old := p.old()
	if len(old) == 0 {
		return leavesOpen(snapLogicNone)
	}
	row, ok := p.loneliest(old, func(row snaplogic.Activity) bool { return row.CreateTime.Nanosecond()%int(time.Millisecond) == 0 })
	if !ok {
		return leavesOpen(fmt.Sprintf("none of %s has a time of whole milliseconds, which is what a bound can name", snapLogicCount(len(old))))
	}
	var ids []string // of the activities of that very instant
	for _, other := range old {
		if other.CreateTime.Equal(row.CreateTime) {
			ids = append(ids, other.ID)
		}
	}
	at := row.CreateTime.UnixMilli()
	var problem finding
	ask := func(by int64) presence {
		a := p.get(ctx, s, append(b.query(at, at+by*b.inwards), "limit", strconv.Itoa(snapLogicPage))...)
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
	// What leaves out an activity comes before what lists it, so that it was there all the time.
	switch ask(1) {
	case unlisted:
		switch ask(0) {
		case listed:
			return settles(fmt.Sprintf("%s includes its own millisecond: it listed %s, and did not with a bound a millisecond further in", b.name, of), b.included)
		case unlisted:
			switch ask(-1) {
			case listed:
				return settles(fmt.Sprintf("%s leaves out its own millisecond: it left out %s, and did not with a bound a millisecond further out", b.name, of), b.excluded)
			case unlisted:
				switch ask(-1000) {
				case listed:
					return settles(fmt.Sprintf("%s is coarser than a millisecond: it left out %s also with a bound a millisecond further out, and not with one a second further out", b.name, of), b.late)
				case unlisted:
					return leavesOpen("an activity that was listed before was not found by its time, even with a second to spare: it vanished, or the bounds are no milliseconds")
				}
			}
		}
	case listed:
		switch ask(1000) {
		case unlisted:
			return settles(fmt.Sprintf("%s is coarser than a millisecond: it listed %s also with a bound a millisecond further in, and not with one a second further in", b.name, of), b.early)
		case listed:
			return settles(fmt.Sprintf("%s does not bound the list: it listed %s also with a bound a second further in", b.name, of),
				"This concerns the SDK more than you: please share the report. Until then, drop what lies outside of "+b.field+".")
		}
	}
	return problem
}

// presenceOf is whether all of several rows are in an answer, or none.
func (a snapLogicAnswer) presenceOf(ids []string) presence {
	first := a.presence(ids[0])
	for _, id := range ids[1:] {
		if a.presence(id) != first {
			return unsure
		}
	}
	return first
}
