package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/activity-sdk/activity/sdelements"
)

// namesByCount returns the names of the newest activities, the rarest first, and the number of
// occurrences of each.
func (d *sdElementsProbe) namesByCount() (names []string, times map[string]int) {
	times = map[string]int{}
	for _, a := range d.newest.rows {
		if a.Name != "" {
			times[string(a.Name)]++
		}
	}
	names = slices.Sorted(maps.Keys(times))
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(times[a], times[b]) })
	return names, times
}

// count requests one name within the span of the newest activities, whose number is known.
func (d *sdElementsProbe) count(ctx context.Context, s *service) finding {
	if d.newest.count < 0 {
		return settles("a page has no count", "Page.Total is -1, and a list cannot notice that activities vanish. Please share the report.")
	}
	if !d.newestFirst() {
		return leavesOpen("the activities are not listed by date, so that the number within a span is unknown")
	}
	oldest, newest := d.dateRange()
	times := map[string]int{}
	for _, a := range d.newest.rows {
		if a.Date.After(oldest) {
			times[string(a.Name)]++
		}
	}
	name, want := "", 0
	for candidate, n := range times {
		// A count of one could be the number of rows on the page.
		if candidate != "" && n > 1 && n < d.newest.count && (want == 0 || n < want || n == want && candidate < name) {
			name, want = candidate, n
		}
	}
	if want == 0 {
		return leavesOpen("no name occurs more than once among others")
	}
	a := d.get(ctx, s, "activities/", "name", name, "date_from", sdElementsTime(oldest.Add(time.Microsecond)),
		"date_to", sdElementsTime(newest.Add(time.Microsecond)), "page_size", "1")
	const wrong = "Page.Total is not the number of activities in the list: count them yourself. Please share the report."
	switch {
	case !a.listed:
		return leavesOpen("the filtered list cannot be read: " + a.problem())
	case a.count == want:
		return settles(fmt.Sprintf("yes: %d, the number that matches the filters, of %d in the whole list", want, d.newest.count), "Page.Total is right, as the SDK assumes.")
	case a.count >= d.newest.count:
		return settles(fmt.Sprintf("no: %d, the whole list, where %d match the filters", a.count, want), wrong)
	case a.count < 0:
		return settles("a filtered page has no count", "Page.Total is -1.")
	case a.count == len(a.rows):
		return settles(fmt.Sprintf("no: %d, those on the page, where %d match the filters", a.count, want), wrong)
	}
	return leavesOpen(fmt.Sprintf("%d, where %d that were read match the filters and the whole list has %d", a.count, want, d.newest.count))
}

// dateRange returns the oldest and the newest date of the newest activities.
func (d *sdElementsProbe) dateRange() (oldest, newest time.Time) {
	for _, a := range d.newest.rows {
		if a.Date.IsZero() {
			continue
		}
		if oldest.IsZero() || a.Date.Before(oldest) {
			oldest = a.Date
		}
		if a.Date.After(newest) {
			newest = a.Date
		}
	}
	return oldest, newest
}

func (d *sdElementsProbe) lookups(ctx context.Context, s *service) finding {
	return joinFindings(d.namesIn(ctx, s), d.idsIn(ctx, s), d.namesTwice(ctx, s))
}

// rarestNames returns the two rarest names if there are others, which show that a filter is
// ignored.
func (d *sdElementsProbe) rarestNames() (a, b string, ok bool) {
	names, _ := d.namesByCount()
	if len(names) < 3 {
		return "", "", false
	}
	return names[0], names[1], true
}

const sdElementsNoNames = "the newest activities have fewer than three names"

func (d *sdElementsProbe) namesIn(ctx context.Context, s *service) finding {
	one, two, ok := d.rarestNames()
	if !ok {
		return leavesOpen("name__in: " + sdElementsNoNames)
	}
	a := d.get(ctx, s, "activities/", "name__in", one+","+two, "page_size", strconv.Itoa(d.size))
	return d.lookupFinding("name__in", a, func(row sdelements.Activity) int { return slices.Index([]string{one, two}, string(row.Name)) })
}

func (d *sdElementsProbe) idsIn(ctx context.Context, s *service) finding {
	var ids []int64
	for _, a := range d.newest.rows {
		if a.ID > 0 && !slices.Contains(ids, a.ID) {
			ids = append(ids, a.ID)
		}
	}
	if len(ids) < 3 {
		return leavesOpen("id__in: fewer than three activities have ids")
	}
	a := d.get(ctx, s, "activities/", "id__in", fmt.Sprintf("%d,%d", ids[0], ids[1]), "page_size", strconv.Itoa(sdElementsSmallPage))
	return d.lookupFinding("id__in", a, func(row sdelements.Activity) int { return slices.Index(ids[:2], row.ID) })
}

// lookupFinding returns what a lookup with two values does. which returns the index of a row's
// value, or -1 for another value.
func (d *sdElementsProbe) lookupFinding(name string, a sdElementsAnswer, which func(sdelements.Activity) int) finding {
	if !a.listed {
		if a.refuses() {
			return settles(name+" is refused with status 400", "Read one list for each value.")
		}
		return leavesOpen(name + ": " + a.problem())
	}
	found := valuesFound(a.rows, which)
	switch {
	case found[2]:
		return settles(name+" is ignored: all come", "Do not use "+name+": read one list for each value.")
	case found[0] && found[1]:
		return settles(name+" works, with a comma between the values", "Set "+name+" in ActivityQuery.Extra.")
	case (found[0] || found[1]) && a.more():
		return leavesOpen(name + ": a page shows only one of the values")
	case found[0] || found[1]:
		return settles(name+" uses one of two values", "Read one list for each value.")
	}
	return settles(name+" with a comma between the values finds nothing", "Read one list for each value.")
}

// valuesFound reports whether rows have the first value, the second value, and another value.
func valuesFound(rows []sdelements.Activity, which func(sdelements.Activity) int) (found [3]bool) {
	for _, row := range rows {
		found[(which(row)+len(found))%len(found)] = true
	}
	return found
}

func (d *sdElementsProbe) namesTwice(ctx context.Context, s *service) finding {
	one, two, ok := d.rarestNames()
	if !ok {
		return leavesOpen("name twice: " + sdElementsNoNames)
	}
	a := d.get(ctx, s, "activities/", "name", one, "name", two, "page_size", strconv.Itoa(d.size))
	const field = "ActivityQuery.Name has one value, which is right."
	if !a.listed {
		if a.refuses() {
			return settles("name twice is refused with status 400", field)
		}
		return leavesOpen("name twice: " + a.problem())
	}
	found := valuesFound(a.rows, func(row sdelements.Activity) int { return slices.Index([]string{one, two}, string(row.Name)) })
	switch {
	case found[2]:
		return settles("name twice is ignored: all come", field)
	case found[0] && found[1]:
		return settles("name twice finds either name", "ActivityQuery.Name could have several values. Please share the report.")
	case (found[0] || found[1]) && a.more():
		return leavesOpen("name twice: a page shows only one of the names")
	case found[0]:
		return settles("with name twice, the first counts", field)
	case found[1]:
		return settles("with name twice, the last counts", field)
	}
	return settles("name twice finds nothing", field)
}

func (d *sdElementsProbe) unknown(ctx context.Context, s *service) finding {
	a := d.get(ctx, s, "activities/", "activity_probe_unknown", "1", "page_size", "1")
	switch {
	case a.refuses():
		return settles("it is refused with status 400", "A misspelt name in ActivityQuery.Extra leads to activity.ErrInvalid.")
	case !a.listed:
		return leavesOpen("the list cannot be read: " + a.problem())
	case len(d.newest.rows) == 0:
		return leavesOpen("it is accepted, and there are no activities that it could leave out")
	case len(a.rows) == 0:
		return settles("it is accepted, and nothing is listed", "A misspelt name in ActivityQuery.Extra returns an empty list.")
	}
	return settles("it is ignored", "Nobody notices a misspelt name in ActivityQuery.Extra: compare Page.Total with and without it.")
}
