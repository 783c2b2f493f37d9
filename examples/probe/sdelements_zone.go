package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

func (d *sdElementsProbe) zone(ctx context.Context, s *service) finding {
	a, ok := d.reference()
	if !ok {
		return leavesOpen(sdElementsNoReference)
	}
	ask := func(parameter string, offset time.Duration) (bool, string) {
		return d.listedWithin(ctx, s, a.ID, parameter, a.Date.UTC().Add(offset).Format(sdElementsNoZone))
	}
	// A minute to either side makes it irrelevant whether bounds include their own instants.
	from, problem := ask("date_from", -time.Minute)
	if strings.HasPrefix(problem, "status 400") {
		return suggests("a date without a Z is refused with status 400", "The SDK always sends a Z. There is nothing to set.")
	}
	if problem != "" {
		return leavesOpen("a date without a Z: " + problem)
	}
	to, problem := ask("date_to", time.Minute)
	if problem != "" {
		return leavesOpen("a date without a Z: " + problem)
	}
	// This date is after the activity in every zone.
	never, problem := ask("date_from", maxZoneOffset+time.Hour)
	if problem != "" {
		return leavesOpen("a date without a Z: " + problem)
	}
	const always = "The SDK always sends UTC with a Z. There is nothing to set."
	switch {
	case never:
		return leavesOpen("date_from without a Z leaves out nothing in addition to the filter id")
	case from && to:
		return settles("UTC, as with a Z", always)
	case !from && !to:
		return leavesOpen("an activity is listed neither with date_from a minute before it nor with date_to a minute after it")
	}
	where := "a zone east of UTC"
	if to {
		where = "a zone west of UTC"
	}
	return settles("local time: "+where+d.offset(ctx, s, from), always+" In your own requests, write the Z.")
}

// offset finds how far a zone is from UTC. It requests a list that begins at a date without a Z.
// The first activity of that list shows which instant the service took the date for.
func (d *sdElementsProbe) offset(ctx context.Context, s *service, east bool) string {
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
	offsets := zoneOffsetsBetween(at.Sub(oldest), at.Sub(before))
	offsets = slices.DeleteFunc(offsets, func(o time.Duration) bool { return o == 0 || (o > 0) != east })
	if len(offsets) == 0 {
		return ""
	}
	first, last := offsets[0].Abs(), offsets[len(offsets)-1].Abs()
	if first == last {
		return ", by " + formatDuration(first)
	}
	return fmt.Sprintf(", by %s to %s", formatDuration(min(first, last)), formatDuration(max(first, last)))
}

// densest returns the date of the activity that has the most others within the largest offset of a
// zone, to the east or to the west. All of these others must have been read.
func (d *sdElementsProbe) densest(east bool) (at time.Time, ok bool) {
	if !d.newestFirst() {
		return at, false
	}
	oldest, _ := d.dateRange()
	reach, most := minZoneOffset, 0
	if east {
		reach = maxZoneOffset
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
