package main

import (
	"context"
	"strconv"
	"time"

	"github.com/activity-sdk/activity/sdelements"
)

// witness returns an activity whose date bounds can be put about: with an id of its own, and a date
// in microseconds that are not those of whole milliseconds, if there is one.
func (d *sdElements) witness() (found sdelements.Activity, ok bool) {
	times := map[int64]int{}
	for _, a := range d.newest.rows {
		times[a.ID]++
	}
	for _, a := range d.newest.rows {
		if a.ID <= 0 || times[a.ID] > 1 || a.Date.IsZero() || a.Date.Nanosecond()%1000 != 0 {
			continue
		}
		if a.Date.Nanosecond()%1_000_000 != 0 {
			return a, true
		}
		if !ok {
			found, ok = a, true
		}
	}
	return found, ok
}

const sdElementsNoWitness = "no activity has both an id of its own and a date"

// sighted reports whether an activity is listed within a bound. A problem says why it is not known.
func (d *sdElements) sighted(ctx context.Context, s *service, id int64, bound ...string) (listed bool, problem string) {
	a := d.get(ctx, s, "activities/", append([]string{"id", strconv.FormatInt(id, 10), "page_size", "10"}, bound...)...)
	if !a.listed {
		return false, a.problem()
	}
	for _, row := range a.rows {
		if row.ID != id {
			return false, "the filter of the id is not obeyed"
		}
	}
	return a.has(id), ""
}

// sdElementsSide is one bound of a span. beyond and farBeyond lead to where it leaves an activity
// out.
type sdElementsSide struct {
	parameter         string
	beyond, farBeyond time.Duration
}

func (d *sdElements) bounds(ctx context.Context, s *service) finding {
	if f, none := d.unread(1); none {
		return f
	}
	a, ok := d.witness()
	if !ok {
		return leavesOpen(sdElementsNoWitness)
	}
	var gone bool
	sides := []sdElementsSide{{"date_from", time.Microsecond, time.Hour}, {"date_to", -time.Microsecond, -time.Hour}}
	var parts []finding
	for _, side := range sides {
		f, vanished := d.bound(ctx, s, a, side)
		parts, gone = append(parts, f), gone || vanished
	}
	if gone {
		// It may have vanished, or cannot be asked for.
		if listed, problem := d.sighted(ctx, s, a.ID); problem != "" || !listed {
			return leavesOpen("the activity that was asked for is not listed by its id")
		}
	}
	return d.join(parts...)
}

// bound asks with a bound at an activity's instant, and a microsecond on either side as needed.
// gone reports that it was never listed.
func (d *sdElements) bound(ctx context.Context, s *service, a sdelements.Activity, side sdElementsSide) (f finding, gone bool) {
	ask := func(offset time.Duration) (bool, string) {
		return d.sighted(ctx, s, a.ID, side.parameter, sdElementsTime(a.Date.Add(offset)))
	}
	at, problem := ask(0)
	if problem != "" {
		return leavesOpen(side.parameter + ": " + problem), false
	}
	if !at {
		wider, problem := ask(-side.beyond)
		switch {
		case problem != "":
			return leavesOpen(side.parameter + ": " + problem), false
		case wider:
			return settles(side.parameter+" leaves out its own instant", "The SDK takes both bounds for a part of the list. "+
				"Widen DateFrom and DateTo by a microsecond; a feed does so by itself."), false
		}
		return settles(side.parameter+" leaves out an activity also where it is a microsecond wider: it is coarser",
			"A feed widens its bounds by a microsecond only. Widen DateFrom and DateTo by a second, and keep FollowOptions.Lookback above that."), true
	}
	outside, problem := ask(side.beyond)
	switch {
	case problem != "":
		return suggests(side.parameter+" includes its own instant", sdElementsBoundsFit), false
	case !outside:
		return settles(side.parameter+" includes its own instant, and nothing a microsecond away", sdElementsBoundsFit), false
	}
	far, problem := ask(side.farBeyond)
	switch {
	case problem != "":
		return leavesOpen(side.parameter + ": " + problem), false
	case far:
		return leavesOpen(side.parameter + " leaves out nothing beside the filter of the id"), false
	}
	return settles(side.parameter+" includes its own instant and what is a microsecond away: it is coarser",
		"Nothing is lost. Of spans that follow one another, compare the ids."), false
}

const sdElementsBoundsFit = "The SDK assumes so. Nothing is to be set."
