package main

import (
	"context"
	"fmt"
	"time"

	"github.com/activity-sdk/activity/aspera"
)

// askOrder looks at the order of the session starts on a page, and across the end of a week.
func (a *asperaAccount) askOrder(ctx context.Context, s *service) finding {
	if !a.sample.answered() {
		return leavesOpen("transfers: " + a.sample.failure())
	}
	const enough, few = 5, 3
	seen := orderOf(a.sample.Items)
	if seen.distinct < few {
		return leavesOpen("there are too few transfers that began at different times")
	}
	for _, aside := range []time.Duration{24 * time.Hour, time.Hour} {
		if seen.weeks > 1 || seen.whole == unordered {
			break
		}
		end := monday(a.sample.Items[0].SessionStart).AddDate(0, 0, 7)
		if end.After(time.Now()) {
			end = end.AddDate(0, 0, -7)
		}
		page := a.transfers(ctx, s, aspera.TransferQuery{Start: end.Add(-aside), Stop: end.Add(aside), PageSize: sampleRows}, nil)
		if across := orderOf(page.Items); across.weeks > 1 && (across.within == "" || across.within == seen.within) {
			across.within, across.distinct = seen.within, max(across.distinct, seen.distinct)
			seen = across
		}
	}
	const follows = "The SDK assumes no order."
	counted := fmt.Sprintf(" by session start (%d different ones, in %s)", seen.distinct, number(seen.weeks, "week", "weeks"))
	switch {
	case seen.whole == unordered && (seen.byWeek == unordered || seen.within == unordered):
		answer := "in no order" + counted + otherOrder(a.sample.Items)
		return suggests(answer, follows+" A reader cannot stop at the first transfer that is too old.")
	case seen.weeks < 2:
		return suggests("within a week "+seen.whole+counted+"; how weeks follow each other was not seen", follows)
	case seen.distinct < enough:
		return suggests(seen.text()+counted, follows)
	default:
		return settles(seen.text()+counted, follows)
	}
}

const unordered = "unordered"

// startOrders is how session starts follow each other: "ascending", "descending" or unordered.
type startOrders struct {
	whole, byWeek   string // of all, and of the weeks
	within          string // of those of one week; "": none has two
	distinct, weeks int
}

func (o startOrders) text() string {
	if o.whole != unordered {
		return o.whole
	}
	return "weeks " + o.byWeek + ", and within a week " + o.within
}

func orderOf(items []aspera.Transfer) startOrders {
	var all, weeks, week []time.Time
	o := startOrders{}
	instants, mondays := map[time.Time]bool{}, map[time.Time]bool{}
	for _, t := range items {
		at := t.SessionStart.UTC()
		if at.IsZero() {
			continue
		}
		if len(week) > 0 && !monday(week[0]).Equal(monday(at)) {
			o.within = commonOrder(o.within, orderOfTimes(week))
			week = nil
		}
		instants[at], mondays[monday(at)] = true, true
		all, weeks, week = append(all, at), append(weeks, monday(at)), append(week, at)
	}
	o.within = commonOrder(o.within, orderOfTimes(week))
	o.whole, o.byWeek = orderOfTimes(all), orderOfTimes(weeks)
	o.distinct, o.weeks = len(instants), len(mondays)
	return o
}

// commonOrder returns the order that two parts have.
func commonOrder(a, b string) string {
	switch {
	case a == "" || a == b:
		return b
	case b == "":
		return a
	default:
		return unordered
	}
}

// orderOfTimes returns the order of some times. Equal ones fit either; if all are equal, there is
// none to see.
func orderOfTimes(of []time.Time) string {
	order := ""
	for i := 1; i < len(of); i++ {
		switch of[i].Compare(of[i-1]) {
		case 1:
			order = commonOrder(order, "ascending")
		case -1:
			order = commonOrder(order, "descending")
		}
	}
	return order
}

// otherOrder names another time that transfers are in the order of.
func otherOrder(items []aspera.Transfer) string {
	var stops, updates []time.Time
	for _, t := range items {
		if t.Done() && !t.UpdatedAt.IsZero() {
			stops, updates = append(stops, t.SessionStop), append(updates, t.UpdatedAt)
		}
	}
	if order := orderOfTimes(updates); order != "" && order != unordered {
		return ", but " + order + " by updated_at"
	}
	if order := orderOfTimes(stops); order != "" && order != unordered {
		return ", but " + order + " by session stop"
	}
	return ""
}

// monday returns the day on which the ISO week of a time begins.
func monday(t time.Time) time.Time {
	return t.UTC().Truncate(7 * 24 * time.Hour) // the zero time is a Monday
}
