package main

import (
	"context"
	"fmt"
	"time"

	"github.com/activity-sdk/activity/aspera"
)

// askOrder finds the order of the session starts on a page, and across the end of a week.
func (a *asperaProbe) askOrder(ctx context.Context, s *service) finding {
	if !a.sample.answered() {
		return leavesOpen("transfers: " + a.sample.failure())
	}
	const enough, few = 5, 3
	seen := orderOfTransfers(a.sample.Items)
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
		if across := orderOfTransfers(page.Items); across.weeks > 1 && (across.within == "" || across.within == seen.within) {
			across.within, across.distinct = seen.within, max(across.distinct, seen.distinct)
			seen = across
		}
	}
	const follows = "The SDK assumes no order."
	counted := fmt.Sprintf(" by session start (%d different ones, in %s)", seen.distinct, plural(seen.weeks, "week", "weeks"))
	switch {
	case seen.whole == unordered && (seen.byWeek == unordered || seen.within == unordered):
		answer := "in no order" + counted + otherOrder(a.sample.Items)
		return suggests(answer, follows+" Do not stop reading at the first transfer that is too old.")
	case seen.weeks < 2:
		return suggests("within a week "+seen.whole+counted+"; the order of weeks is open", follows)
	case seen.distinct < enough:
		return suggests(seen.text()+counted, follows)
	default:
		return settles(seen.text()+counted, follows)
	}
}

const unordered = "unordered"

// transferOrder is the order of session starts: "ascending", "descending" or unordered.
type transferOrder struct {
	whole, byWeek   string // of all starts, and of their weeks
	within          string // of the starts of one week; "": no week has two
	distinct, weeks int
}

func (o transferOrder) text() string {
	if o.whole != unordered {
		return o.whole
	}
	return "weeks " + o.byWeek + ", and within a week " + o.within
}

func orderOfTransfers(items []aspera.Transfer) transferOrder {
	var all, weeks, week []time.Time
	o := transferOrder{}
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

// commonOrder returns the order of two parts together.
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

// orderOfTimes returns the order of times, or "" if all are equal.
func orderOfTimes(times []time.Time) string {
	switch s, _ := timeSteps(times); {
	case s.up > 0 && s.down > 0:
		return unordered
	case s.up > 0:
		return "ascending"
	case s.down > 0:
		return "descending"
	}
	return ""
}

// otherOrder returns another time by which the transfers are ordered, if there is one.
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

// monday returns the first day of the ISO week of a time.
func monday(t time.Time) time.Time {
	return t.UTC().Truncate(7 * 24 * time.Hour) // the zero time is a Monday
}
