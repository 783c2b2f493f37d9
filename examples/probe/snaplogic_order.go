package main

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/activity-sdk/activity/snaplogic"
)

// snapLogicEnough is how many rows rule out a result by chance.
const snapLogicEnough = 10

// order compares each activity of the sample with the one before it.
func (p *snapLogicProbe) order(_ context.Context, _ *service, a snapLogicAnswer) finding {
	var times []time.Time
	var tied steps // of the ids of activities of one instant
	var last snaplogic.Activity
	for _, row := range a.rows {
		if row.CreateTime.IsZero() {
			continue
		}
		if row.CreateTime.Equal(last.CreateTime) {
			tied.add(strings.Compare(row.ID, last.ID))
		}
		times, last = append(times, row.CreateTime), row
	}
	byTime, largestUp := timeSteps(times)
	rows := activities(len(times))
	if without := len(a.rows) - len(times); without > 0 {
		rows += fmt.Sprintf(" (and %d without a readable time)", without)
	}
	conclude := settles
	if byTime.down+byTime.up < snapLogicEnough {
		conclude = suggests
	}
	among := "no two are of one instant"
	if byTime.same > 0 {
		among = fmt.Sprintf("%d are of the same instant as the one before, whose ids are %s", byTime.same, directionOf(tied))
	}
	const setEnd = "Set ActivityQuery.End: without it a list has no end, and includes what happens while it is read. A feed sets it."
	switch {
	case byTime.down+byTime.up == 0:
		return leavesOpen(fmt.Sprintf("the times of %s show no order", rows))
	case byTime.up == 0:
		return conclude(fmt.Sprintf("the newest comes first, by create_time, without an exception among %s; %s", rows, among),
			"The SDK assumes this, and bounds a list by the moment at which it is read. There is nothing to set.")
	case byTime.down == 0:
		return conclude(fmt.Sprintf("the oldest comes first, by create_time, without an exception among %s; %s", rows, among), setEnd)
	case byTime.up*10 <= byTime.down && byTime.down+byTime.up >= snapLogicEnough:
		return settles(fmt.Sprintf("the newest comes first, but not strictly by create_time: of %s, %s newer than the one before, by at most %s; %s",
			rows, plural(byTime.up, "is", "are"), formatDuration(largestUp), among),
			"Set ActivityQuery.End if a list has to end: the SDK does not bound a list whose first page is not ordered by time. A feed sets it.")
	}
	return conclude(fmt.Sprintf("the list is not ordered by create_time: of %s, %s older than the one before, %s newer; %s",
		rows, plural(byTime.down, "is", "are"), plural(byTime.up, "is", "are"), among), setEnd)
}

// directionOf returns the direction of steps in words.
func directionOf(s steps) string {
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

// ties requests the sample once more, and a page that begins between two activities of one instant.
func (p *snapLogicProbe) ties(ctx context.Context, s *service, first snapLogicAnswer) finding {
	groups := snapLogicGroups(first.rows)
	if len(groups) == 0 {
		return leavesOpen(fmt.Sprintf("no two of %s are of one instant and have ids", activities(len(first.rows))))
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
	const follows = "Pages by offset repeat some activities and miss others. The SDK finds its place again by ids, which costs requests, " +
		"and otherwise ends a list with ErrListChanged: a larger PageSize makes that rarer."
	ids := first.ids()
	for _, g := range groups {
		if tied := ids[g.from:g.to]; !snapLogicSameOrder(tied, again.ids()) || !snapLogicSameOrder(tied, page.ids()) {
			return settles(fmt.Sprintf("they do not keep their order: of %d groups of one instant, at least one came in another order the second time", len(groups)), follows)
		}
	}
	if first.total < 0 || again.total != first.total || page.total != first.total {
		return leavesOpen("their order stayed, but the list changed while it was read, or has no total")
	}
	// The list did not change: the page must hold the sample's rows from there on.
	want, got := ids[inside:], page.ids()
	n := min(len(want), len(got))
	if !slices.Equal(want[:n], got[:n]) {
		if slices.ContainsFunc(got[:n], func(id string) bool { return !slices.Contains(ids, id) }) {
			return leavesOpen("their order stayed, but the list changed while it was read")
		}
		return settles("activities of one instant change places from page to page: a page that begins among some of them does not continue the one before", follows)
	}
	if n == 0 {
		return leavesOpen("the page that begins among activities of one instant was empty")
	}
	return suggests(fmt.Sprintf("they keep their order: %d groups of one instant were the same in two answers, and the first of them in a page that begins inside it", len(groups)),
		"A list needs no additional requests. There is nothing to set.")
}

// snapLogicGroup is a run of rows of one instant, which have distinct ids.
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

// snapLogicDistinct reports whether all rows have ids, and no two the same.
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

// snapLogicSameOrder reports whether the ids that are in among have the same order there. It skips
// ids that are there twice.
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

// late compares the times of activities with the times in their ids: the first four bytes of a
// MongoDB id are the second in which it was created.
func (p *snapLogicProbe) late(_ context.Context, _ *service, a snapLogicAnswer) finding {
	const (
		furthest = 24 * time.Hour // of a MongoDB id from the time of its activity
		feedEnd  = time.Minute
		feedBack = time.Hour
	)
	var after, before time.Duration
	n := 0
	for _, row := range a.rows {
		made, ok := objectIDTime(row.ID)
		if !ok || row.CreateTime.IsZero() {
			continue
		}
		n++
		late := made.Sub(row.CreateTime.Truncate(time.Second))
		after, before = max(after, late), max(before, -late)
	}
	switch {
	case n < snapLogicEnough:
		return leavesOpen(fmt.Sprintf("only %s of %d have a time and a possible MongoDB id", activities(n), len(a.rows)))
	case after > furthest || before > furthest:
		return leavesOpen("the ids contain no creation times")
	}
	answer := fmt.Sprintf("the ids of %s were created at most %s after create_time, and at most %s before it, to the second", activities(n), formatDuration(after), formatDuration(before))
	// What is created in the last second of a round may be listed in the next one.
	if after+time.Second >= feedBack {
		return suggests(answer, fmt.Sprintf("Set FollowOptions.Lookback to at least %s: a feed looks back an hour.", formatDurationAbove(after+time.Second)))
	}
	if after+time.Second >= feedEnd {
		return suggests(answer, fmt.Sprintf("A feed ends a minute before now, and finds what is listed later by its lookback of an hour. "+
			"Set FollowOptions.Settle to at least %s if activities have to come in order.", formatDurationAbove(after+time.Second)))
	}
	return suggests(answer, "A feed ends a minute before now and looks back an hour, which is enough. An activity may still be listed later than its id was created.")
}

// objectIDTime returns the time at which a MongoDB id was created.
func objectIDTime(id string) (time.Time, bool) {
	data, err := hex.DecodeString(id)
	if err != nil || len(data) != 12 {
		return time.Time{}, false
	}
	return time.Unix(int64(binary.BigEndian.Uint32(data)), 0), true
}
