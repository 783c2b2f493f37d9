package main

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/activity-sdk/activity/snaplogic"
)

// snapLogicFew is how many rows an answer needs that is not by chance.
const snapLogicFew = 10

// order compares each activity of the sample with the one in front of it.
func (p *snapLogicProbe) order(ctx context.Context, s *service) finding {
	a := p.sample(ctx, s)
	if a.problem != "" {
		return a.openList()
	}
	if len(a.rows) == 0 {
		return leavesOpen(snapLogicNone)
	}
	timed := slices.DeleteFunc(slices.Clone(a.rows), func(row snaplogic.Activity) bool { return row.CreateTime.IsZero() })
	older, newer, same := 0, 0, 0
	var back time.Duration // the longest step to a newer one
	ids := snapLogicSteps{}
	for i := 1; i < len(timed); i++ {
		step := timed[i].CreateTime.Sub(timed[i-1].CreateTime)
		switch {
		case step < 0:
			older++
		case step > 0:
			newer++
			back = max(back, step)
		default:
			same++
			ids.note(timed[i-1].ID, timed[i].ID)
		}
	}
	rows := snapLogicCount(len(timed))
	if without := len(a.rows) - len(timed); without > 0 {
		rows += fmt.Sprintf(" (and %d without a time that can be read)", without)
	}
	sure := settles
	if older+newer < snapLogicFew {
		sure = suggests
	}
	among := "no two are of one instant"
	if same > 0 {
		among = fmt.Sprintf("%d are of the instant of the one in front, their ids %s", same, ids)
	}
	switch {
	case older+newer == 0:
		return leavesOpen(fmt.Sprintf("the times of %s show no order", rows))
	case newer == 0:
		return sure(fmt.Sprintf("the newest comes first, by create_time, without an exception among %s; %s", rows, among),
			"The SDK takes this as likely, and bounds a list by the moment at which it is read. There is nothing to set.")
	case older == 0:
		return sure(fmt.Sprintf("the oldest comes first, by create_time, without an exception among %s; %s", rows, among),
			"Set ActivityQuery.End: without it a list has no end, and takes in what happens while it is read. A feed sets it.")
	case newer*10 <= older && older+newer >= snapLogicFew:
		return settles(fmt.Sprintf("the newest comes first, but not strictly by create_time: of %s, %d are newer than the one in front, by at most %s; %s",
			rows, newer, span(back), among),
			"Set ActivityQuery.End, where a list has to end: the SDK does not bound one whose first page is not in the order of time. A feed sets it.")
	}
	return sure(fmt.Sprintf("the list is not in the order of create_time: of %s, %d are older than the one in front, %d are newer; %s", rows, older, newer, among),
		"Set ActivityQuery.End: without it a list has no end, and takes in what happens while it is read. A feed sets it.")
}

// snapLogicSteps are the directions in which ids go.
type snapLogicSteps struct{ up, down int }

func (s *snapLogicSteps) note(before, after string) {
	switch {
	case after > before:
		s.up++
	case after < before:
		s.down++
	}
}

func (s snapLogicSteps) String() string {
	switch {
	case s.up == 0 && s.down == 0:
		return "all the same"
	case s.up == 0:
		return "falling"
	case s.down == 0:
		return "rising"
	}
	return "in no order"
}

// ties asks for the sample once more, and for a page that begins between two activities of one
// instant.
func (p *snapLogicProbe) ties(ctx context.Context, s *service) finding {
	first := p.sample(ctx, s)
	if first.problem != "" {
		return first.openList()
	}
	if len(first.rows) == 0 {
		return leavesOpen(snapLogicNone)
	}
	groups := snapLogicGroups(first.rows)
	if len(groups) == 0 {
		return leavesOpen(fmt.Sprintf("no two of %s are of one instant and have ids", snapLogicCount(len(first.rows))))
	}
	end := snapLogicMillis(p.end.UnixMilli())
	again := p.get(ctx, s, "end", end, "limit", strconv.Itoa(snapLogicPage))
	if again.problem != "" {
		return again.openList()
	}
	inside := groups[0].from + 1
	const part = 100
	page := p.get(ctx, s, "end", end, "limit", strconv.Itoa(part), "offset", strconv.Itoa(inside))
	if page.problem != "" {
		return page.openList()
	}
	const follows = "Pages by offset repeat some activities and leave out others. The SDK finds its place again by ids, which costs requests, " +
		"and ends a list with ErrListChanged where it cannot: a larger PageSize has fewer joints."
	ids := first.ids()
	for _, g := range groups {
		if tied := ids[g.from:g.to]; !snapLogicSameOrder(tied, again.ids()) || !snapLogicSameOrder(tied, page.ids()) {
			return settles(fmt.Sprintf("they do not keep their order: of %d groups of one instant, at least one came in another order when asked again", len(groups)), follows)
		}
	}
	if first.total < 0 || again.total != first.total || page.total != first.total {
		return leavesOpen("their order stayed, but the list changed while it was asked for, or is not counted")
	}
	// The list is the same: the page must hold what the sample has from there on.
	want, got := ids[inside:], page.ids()
	n := min(len(want), len(got))
	if !slices.Equal(want[:n], got[:n]) {
		if slices.ContainsFunc(got[:n], func(id string) bool { return !slices.Contains(ids, id) }) {
			return leavesOpen("their order stayed, but the list changed while it was asked for")
		}
		return settles("activities of one instant change places from page to page: a page that begins among some does not continue the one before", follows)
	}
	if n == 0 {
		return leavesOpen("the page that begins among activities of one instant was empty")
	}
	return suggests(fmt.Sprintf("they keep their order: %d groups of one instant were the same in two answers, and the first of them in a page that begins inside", len(groups)),
		"A list needs no further requests for this. There is nothing to set.")
}

// snapLogicGroup are neighbouring rows of one instant that can be told apart.
type snapLogicGroup struct{ from, to int }

func snapLogicGroups(rows []snaplogic.Activity) (groups []snapLogicGroup) {
	for from := 0; from < len(rows); {
		to := from + 1
		for to < len(rows) && !rows[from].CreateTime.IsZero() && rows[to].CreateTime.Equal(rows[from].CreateTime) {
			to++
		}
		if to-from > 1 && snapLogicDistinct(rows[from:to]) {
			groups = append(groups, snapLogicGroup{from, to})
		}
		from = to
	}
	return groups
}

// snapLogicDistinct reports whether all rows have an id, and each another one.
func snapLogicDistinct(rows []snaplogic.Activity) bool {
	ids := map[string]bool{"": true}
	for _, row := range rows {
		if ids[row.ID] {
			return false
		}
		ids[row.ID] = true
	}
	return true
}

// snapLogicSameOrder reports whether those of some ids that are among others stand there in their
// order.
func snapLogicSameOrder(ids, among []string) bool {
	at := -1
	for _, id := range ids {
		i := slices.Index(among, id)
		if i < 0 || slices.Contains(among[i+1:], id) {
			continue
		}
		if i < at {
			return false
		}
		at = i
	}
	return true
}

// late compares the times of activities with those in their ids: the first four bytes of an id of
// MongoDB's are the second in which it was made.
func (p *snapLogicProbe) late(ctx context.Context, s *service) finding {
	a := p.sample(ctx, s)
	if a.problem != "" {
		return a.openList()
	}
	if len(a.rows) == 0 {
		return leavesOpen(snapLogicNone)
	}
	const (
		furthest = 24 * time.Hour // beyond which an id is not one of MongoDB's
		feedEnd  = time.Minute
		feedBack = time.Hour
	)
	var after, before time.Duration
	n := 0
	for _, row := range a.rows {
		made, ok := snapLogicMade(row.ID)
		if !ok || row.CreateTime.IsZero() {
			continue
		}
		n++
		late := made.Sub(row.CreateTime.Truncate(time.Second))
		after, before = max(after, late), max(before, -late)
	}
	switch {
	case n < snapLogicFew:
		return leavesOpen(fmt.Sprintf("%s of %d have a time and an id that may be one of MongoDB's: that is too few", snapLogicCount(n), len(a.rows)))
	case after > furthest || before > furthest:
		return leavesOpen("the ids are not made of times, or not of these")
	}
	answer := fmt.Sprintf("the ids of %s were made at most %s after create_time, and at most %s before it, to the second", snapLogicCount(n), span(after), span(before))
	// What is made in the last second of a round may be listed in the one behind.
	if after+time.Second >= feedBack {
		return suggests(answer, fmt.Sprintf("Set FollowOptions.Lookback to %s at least: a feed looks back an hour.", spanAbove(after+time.Second)))
	}
	if after+time.Second >= feedEnd {
		return suggests(answer, fmt.Sprintf("A feed ends a minute before now, and takes what is later from its lookback of an hour. "+
			"Set FollowOptions.Settle to %s at least where activities have to come in order.", spanAbove(after+time.Second)))
	}
	return suggests(answer, "A feed ends a minute before now and looks back an hour, which is enough for this. The list itself may be later than the ids.")
}

// snapLogicMade is when an id of MongoDB's was made.
func snapLogicMade(id string) (time.Time, bool) {
	data, err := hex.DecodeString(id)
	if err != nil || len(data) != 12 {
		return time.Time{}, false
	}
	return time.Unix(int64(binary.BigEndian.Uint32(data)), 0), true
}
