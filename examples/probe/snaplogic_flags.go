package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/activity-sdk/activity/snaplogic"
)

// snapLogicFlag is a filter that is true, false or absent.
type snapLogicFlag struct {
	parameter, field string
	kind             string // what true lists
}

func (p *snapLogicProbe) alerts(ctx context.Context, s *service, _ snapLogicAnswer) finding {
	f, marked := p.flag(ctx, s, snapLogicFlag{"filter_is_alert", "IsAlert", "alerts"})
	if len(marked) > 0 && f.certainty != open {
		f.answer += fmt.Sprintf("; of %d alerts, %d have is_alert, and %d have alert_state",
			len(marked), countMember(marked, "is_alert"), countMember(marked, "alert_state"))
	}
	return f
}

func (p *snapLogicProbe) admin(ctx context.Context, s *service, _ snapLogicAnswer) finding {
	f, _ := p.flag(ctx, s, snapLogicFlag{"filter_snaplogic_admin_update", "AdminUpdate", "updates by SnapLogic"})
	return f
}

// countMember returns how many activities have a member that is not null.
func countMember(rows []snaplogic.Activity, name string) (n int) {
	for _, row := range rows {
		members := map[string]json.RawMessage{}
		if json.Unmarshal(row.Raw, &members) == nil && len(members[name]) > 0 && !bytes.Equal(members[name], []byte("null")) {
			n++
		}
	}
	return n
}

// flag compares the list without a flag, with true and with false. It requests the list without the
// flag before and after the others: if the total changed meanwhile, numbers show nothing. It also
// returns the first activities that true lists.
func (p *snapLogicProbe) flag(ctx context.Context, s *service, flag snapLogicFlag) (finding, []snaplogic.Activity) {
	// The service keeps activities for 90 days, and the list must not lose its oldest ones
	// meanwhile. It begins a month before the sample. If that is too early, the totals change.
	since := p.end
	for _, row := range p.searchable() {
		if row.CreateTime.Before(since) {
			since = row.CreateTime
		}
	}
	list := func(value string) snapLogicAnswer {
		pairs := []string{"start", snapLogicMillis(since.AddDate(0, 0, -30).UnixMilli()), "end", snapLogicMillis(p.end.UnixMilli())}
		if value == "" {
			return p.get(ctx, s, append(pairs, "limit", "1")...)
		}
		return p.get(ctx, s, append(pairs, "limit", "100", flag.parameter, value)...)
	}
	absent, yes, no, after := list(""), list("true"), list("false"), list("")
	for _, a := range []snapLogicAnswer{absent, after} {
		if a.problem != "" {
			return a.openList(), nil
		}
	}
	for _, set := range []struct {
		value string
		snapLogicAnswer
	}{{"true", yes}, {"false", no}} {
		switch {
		case set.refusal != 0:
			return settles(fmt.Sprintf("%s=%s is refused with status %d", flag.parameter, set.value, set.refusal),
				fmt.Sprintf("Do not set ActivityQuery.%s to %s.", flag.field, set.value)), nil
		case set.problem != "":
			return set.openList(), nil
		}
	}
	if slices.Contains([]int{absent.total, yes.total, no.total, after.total}, -1) {
		return leavesOpen("the answers have no total"), nil
	}
	numbers := fmt.Sprintf("without the parameter there are %d, with true %d, and with false %d", absent.total, yes.total, no.total)
	if absent.total != after.total {
		return leavesOpen("the list changed while it was read: its total went from " + strconv.Itoa(absent.total) + " to " + strconv.Itoa(after.total)), nil
	}
	return p.compareFlag(ctx, s, flag, numbers, absent.total, yes, no), yes.rows
}

// compareFlag returns what the totals mean. If true lists an activity, compareFlag searches for it
// without the flag: totals alone could agree by chance.
func (p *snapLogicProbe) compareFlag(ctx context.Context, s *service, flag snapLogicFlag, numbers string, all int, yes, no snapLogicAnswer) finding {
	field := "ActivityQuery." + flag.field
	nothing := "A nil " + field + " lists all. There is nothing to set."
	partial := "Do not replace one list by two with true and false: some activities are in neither."
	if yes.total == 0 {
		switch {
		case all == 0 && no.total == 0:
			return leavesOpen("there are no activities in that time")
		case no.total < all:
			return settles(numbers+": false leaves out more than what true lists", partial)
		}
		return leavesOpen(numbers + "; there are no " + flag.kind + ", which would show it")
	}
	marked, found := p.listedWithoutFlag(ctx, s, yes.rows, flag.parameter, "true")
	sum := yes.total + no.total
	switch {
	case found == unlisted:
		return settles(numbers+": a query without it leaves out what true lists",
			"Read a second list or feed with "+field+" = true: without it there are no "+flag.kind+".")
	case sum == all && no.total > 0 && found == listed:
		return settles(numbers+": a query without it lists both", nothing)
	case sum == all && no.total > 0:
		return suggests(numbers+": a query without it lists both", nothing)
	case sum < all && found == listed:
		return settles(numbers+": a query without it lists both, and activities that neither true nor false lists", nothing+" "+partial)
	case found == unsure:
	case yes.total < all && no.total == all:
		return settles(numbers+": a query without it lists both, and false filters nothing", nothing+" False has no effect.")
	case yes.total == all && no.total == all && len(yes.rows) > 1 && slices.Equal(yes.ids(), no.ids()):
		return settles(numbers+": it filters nothing, with true or with false", "Do not use "+field+".")
	case yes.total == all && no.total > 0:
		rest, found := p.listedWithoutFlag(ctx, s, no.rows, flag.parameter, "false")
		switch {
		case found == unlisted && rest.ID != marked.ID:
			return settles(numbers+": a query without it lists only what true lists",
				"Read a second list or feed with "+field+" = false: without it there are "+flag.kind+" only.")
		case found == listed && no.total < all:
			return settles(numbers+": a query without it lists both, and true filters nothing", nothing+" True has no effect.")
		}
	}
	return leavesOpen(numbers + ", which fits several answers")
}

// listedWithoutFlag reports whether one of the activities that a value of the flag lists is also
// listed without the flag.
func (p *snapLogicProbe) listedWithoutFlag(ctx context.Context, s *service, rows []snaplogic.Activity, parameter, value string) (snaplogic.Activity, presence) {
	row, ok := p.mostIsolated(rows, func(snaplogic.Activity) bool { return true })
	if !ok {
		return row, unsure
	}
	found := p.around(ctx, s, row).presence(row.ID)
	if found == unlisted && p.around(ctx, s, row, parameter, value).presence(row.ID) != listed {
		return row, unsure // it vanished
	}
	return row, found
}
