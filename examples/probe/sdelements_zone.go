package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

func (d *sdElements) zone(ctx context.Context, s *service) finding {
	if f, none := d.unread(1); none {
		return f
	}
	a, ok := d.witness()
	if !ok {
		return leavesOpen(sdElementsNoWitness)
	}
	ask := func(parameter string, offset time.Duration) (bool, string) {
		return d.sighted(ctx, s, a.ID, parameter, a.Date.UTC().Add(offset).Format(sdElementsNoZone))
	}
	// A minute on either side keeps the bounds' own instants out of it.
	from, problem := ask("date_from", -time.Minute)
	if strings.HasPrefix(problem, "status 400") {
		return suggests("a date without a Z is refused with status 400", "The SDK always sends a Z. Nothing is to be set.")
	}
	if problem != "" {
		return leavesOpen("a date without a Z: " + problem)
	}
	to, problem := ask("date_to", time.Minute)
	if problem != "" {
		return leavesOpen("a date without a Z: " + problem)
	}
	// In no zone is it before the activity.
	never, problem := ask("date_from", zoneEast+time.Hour)
	if problem != "" {
		return leavesOpen("a date without a Z: " + problem)
	}
	const always = "The SDK always sends UTC with a Z. Nothing is to be set."
	switch {
	case never:
		return leavesOpen("date_from without a Z leaves out nothing beside the filter of the id")
	case from && to:
		return settles("UTC, as with a Z", always)
	case !from && !to:
		return leavesOpen("an activity is listed neither with date_from a minute before it nor with date_to a minute behind it")
	}
	where := "a zone east of UTC"
	if to {
		where = "a zone west of UTC"
	}
	return settles("local time: "+where+d.offset(ctx, s, from), always+" In requests of your own, write the Z.")
}

// offset finds by how much a zone differs from UTC: a date without a Z begins a list among the
// newest activities, and where that begins shows which instant it was taken for.
func (d *sdElements) offset(ctx context.Context, s *service, east bool) string {
	at, ok := d.densest(east)
	if !ok {
		return ""
	}
	a := d.get(ctx, s, "activities/", "date_from", at.UTC().Format(sdElementsNoZone), "page_size", strconv.Itoa(d.size))
	if !a.listed || a.more() || len(a.rows) == 0 {
		return ""
	}
	var oldest, before time.Time
	for _, row := range a.rows {
		if !row.Date.IsZero() && (oldest.IsZero() || row.Date.Before(oldest)) {
			oldest = row.Date
		}
	}
	for _, row := range d.newest.rows {
		if row.Date.Before(oldest) && row.Date.After(before) {
			before = row.Date
		}
	}
	if oldest.IsZero() || before.IsZero() {
		return ""
	}
	var quarters []time.Duration
	for o := zoneWest; o <= zoneEast; o += zoneStep {
		if taken := at.Add(-o); !taken.Before(before) && !taken.After(oldest) && o != 0 && (o > 0) == east {
			quarters = append(quarters, o)
		}
	}
	switch len(quarters) {
	case 0:
		return ""
	case 1:
		return ", by " + span(quarters[0].Abs())
	}
	return fmt.Sprintf(", by %s to %s", span(min(quarters[0].Abs(), quarters[len(quarters)-1].Abs())), span(max(quarters[0].Abs(), quarters[len(quarters)-1].Abs())))
}

// densest returns the date of one of the newest activities from which most others lie within the
// reach of a zone, all of which were read.
func (d *sdElements) densest(east bool) (at time.Time, ok bool) {
	if !d.newestFirst() {
		return at, false
	}
	oldest, _ := d.span()
	reach, most := zoneWest, 0
	if east {
		reach = zoneEast
	}
	for _, a := range d.newest.rows {
		begin, end := a.Date.Add(-reach), a.Date
		if !east {
			begin, end = end, begin
		}
		if a.Date.IsZero() || begin.Before(oldest) {
			continue
		}
		n := 0
		for _, b := range d.newest.rows {
			if !b.Date.Before(begin) && !b.Date.After(end) {
				n++
			}
		}
		if n > most {
			at, most, ok = a.Date, n, true
		}
	}
	return at, ok
}
