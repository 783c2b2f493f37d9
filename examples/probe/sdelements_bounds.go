package main

import (
	"context"
	"strconv"
	"time"

	"github.com/activity-sdk/activity/sdelements"
)

// reference returns an activity to test bounds with: it has a unique id and a date in microseconds.
// An activity whose date is no whole millisecond is preferred.
func (d *sdElementsProbe) reference() (found sdelements.Activity, ok bool) {
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

const sdElementsNoReference = "no activity has both a unique id and a date"

// listedWithin reports whether an activity is listed within bounds. If that is unknown, problem is
// the reason.
func (d *sdElementsProbe) listedWithin(ctx context.Context, s *service, id int64, bound ...string) (listed bool, problem string) {
	a := d.get(ctx, s, "activities/", append([]string{"id", strconv.FormatInt(id, 10), "page_size", "10"}, bound...)...)
	if !a.listed {
		return false, a.problem()
	}
	for _, row := range a.rows {
		if row.ID != id {
			return false, "the service ignores the filter id"
		}
	}
	return a.has(id), ""
}

// sdElementsBound is date_from or date_to. Moved by inward or farInward, it leaves out an activity
// at its old place.
type sdElementsBound struct {
	parameter         string
	inward, farInward time.Duration
}

func (d *sdElementsProbe) bounds(ctx context.Context, s *service) finding {
	a, ok := d.reference()
	if !ok {
		return leavesOpen(sdElementsNoReference)
	}
	var gone bool
	bounds := []sdElementsBound{{"date_from", time.Microsecond, time.Hour}, {"date_to", -time.Microsecond, -time.Hour}}
	var parts []finding
	for _, bound := range bounds {
		f, vanished := d.bound(ctx, s, a, bound)
		parts, gone = append(parts, f), gone || vanished
	}
	if gone {
		// The activity may have vanished, or the filter id does not find it.
		if listed, problem := d.listedWithin(ctx, s, a.ID); problem != "" || !listed {
			return leavesOpen("the activity is not listed by its id")
		}
	}
	return joinFindings(parts...)
}

// bound requests an activity with the bound at its instant and, as needed, a microsecond to either
// side. gone reports that it was never listed.
func (d *sdElementsProbe) bound(ctx context.Context, s *service, a sdelements.Activity, bound sdElementsBound) (f finding, gone bool) {
	ask := func(offset time.Duration) (bool, string) {
		return d.listedWithin(ctx, s, a.ID, bound.parameter, sdElementsTime(a.Date.Add(offset)))
	}
	at, problem := ask(0)
	if problem != "" {
		return leavesOpen(bound.parameter + ": " + problem), false
	}
	if !at {
		wider, problem := ask(-bound.inward)
		switch {
		case problem != "":
			return leavesOpen(bound.parameter + ": " + problem), false
		case wider:
			return settles(bound.parameter+" leaves out its own instant", "The SDK assumes that a list includes both bounds. "+
				"Widen DateFrom and DateTo by a microsecond; a feed does that by itself."), false
		}
		return settles(bound.parameter+" leaves out an activity even if it is a microsecond wider: it is coarser",
			"A feed widens its bounds by only a microsecond. Widen DateFrom and DateTo by a second, and keep FollowOptions.Lookback above that."), true
	}
	outside, problem := ask(bound.inward)
	switch {
	case problem != "":
		return suggests(bound.parameter+" includes its own instant", sdElementsBoundsFit), false
	case !outside:
		return settles(bound.parameter+" includes its own instant, and nothing a microsecond away", sdElementsBoundsFit), false
	}
	far, problem := ask(bound.farInward)
	switch {
	case problem != "":
		return leavesOpen(bound.parameter + ": " + problem), false
	case far:
		return leavesOpen(bound.parameter + " leaves out nothing in addition to the filter id"), false
	}
	return settles(bound.parameter+" includes its own instant and what is a microsecond away: it is coarser",
		"Nothing is lost, but adjoining spans repeat activities: compare the ids."), false
}

const sdElementsBoundsFit = "The SDK assumes this. There is nothing to set."
