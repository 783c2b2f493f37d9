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

// frequent returns the names of the newest activities, the rarest first, with how often each
// occurs.
func (d *sdElements) frequent() (names []string, times map[string]int) {
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

// count asks for one name within the span of the newest activities, where it is known how many
// there are.
func (d *sdElements) count(ctx context.Context, s *service) finding {
	if f, none := d.unread(3); none {
		return f
	}
	if d.newest.count < 0 {
		return settles("a page has no count", "Page.Total is -1, and a list cannot notice that activities vanish. Please share the report.")
	}
	if !d.newestFirst() {
		return leavesOpen("the activities are not listed by date, so it is not known how many there are of a span")
	}
	oldest, newest := d.span()
	times := map[string]int{}
	for _, a := range d.newest.rows {
		if a.Date.After(oldest) {
			times[string(a.Name)]++
		}
	}
	name, want := "", 0
	for candidate, n := range times {
		// One alone could be the number of rows on the page.
		if candidate != "" && n > 1 && n < d.newest.count && (want == 0 || n < want || n == want && candidate < name) {
			name, want = candidate, n
		}
	}
	if want == 0 {
		return leavesOpen("no name occurs more than once among others")
	}
	a := d.get(ctx, s, "activities/", "name", name, "date_from", sdElementsTime(oldest.Add(time.Microsecond)),
		"date_to", sdElementsTime(newest.Add(time.Microsecond)), "page_size", "1")
	const wrong = "Page.Total is not the number of the list's activities: count them yourself. Please share the report."
	switch {
	case !a.listed:
		return leavesOpen("the filtered list cannot be read: " + a.problem())
	case a.count == want:
		return settles(fmt.Sprintf("yes: %d, as many as fit the filters, where the whole list has %d", want, d.newest.count), "Page.Total is right, as the SDK assumes.")
	case a.count >= d.newest.count:
		return settles(fmt.Sprintf("no: %d, the whole list, where %d fit the filters", a.count, want), wrong)
	case a.count < 0:
		return settles("a filtered page has no count", "Page.Total is -1.")
	case a.count == len(a.rows):
		return settles(fmt.Sprintf("no: %d, those on the page, where %d fit the filters", a.count, want), wrong)
	}
	return leavesOpen(fmt.Sprintf("%d, where %d that were read fit the filters and the whole list has %d", a.count, want, d.newest.count))
}

// span returns the dates of the oldest and the newest of the newest activities.
func (d *sdElements) span() (oldest, newest time.Time) {
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

func (d *sdElements) lookups(ctx context.Context, s *service) finding {
	if f, none := d.unread(3); none {
		return f
	}
	return d.join(d.namesIn(ctx, s), d.idsIn(ctx, s), d.namesTwice(ctx, s))
}

// twoNames returns the two rarest names, if there are others: where a filter is ignored, those
// come.
func (d *sdElements) twoNames() (a, b string, ok bool) {
	names, _ := d.frequent()
	if len(names) < 3 {
		return "", "", false
	}
	return names[0], names[1], true
}

const sdElementsNoNames = "the newest activities have fewer than three names"

func (d *sdElements) namesIn(ctx context.Context, s *service) finding {
	one, two, ok := d.twoNames()
	if !ok {
		return leavesOpen("name__in: " + sdElementsNoNames)
	}
	a := d.get(ctx, s, "activities/", "name__in", one+","+two, "page_size", strconv.Itoa(d.size))
	return d.judgeIn("name__in", a, func(row sdelements.Activity) int { return slices.Index([]string{one, two}, string(row.Name)) })
}

func (d *sdElements) idsIn(ctx context.Context, s *service) finding {
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
	return d.judgeIn("id__in", a, func(row sdelements.Activity) int { return slices.Index(ids[:2], row.ID) })
}

// judgeIn finds what became of a lookup with two values. which is the number of a row's value; -1
// is another.
func (d *sdElements) judgeIn(name string, a sdElementsAnswer, which func(sdelements.Activity) int) finding {
	if !a.listed {
		if a.refuses() {
			return settles(name+" is refused with status 400", "Read one list for each value.")
		}
		return leavesOpen(name + ": " + a.problem())
	}
	met := sdElementsMet(a.rows, which)
	switch {
	case met[2]:
		return settles(name+" is ignored: all come", "Do not use "+name+": read one list for each value.")
	case met[0] && met[1]:
		return settles(name+" is honoured, with a comma between the values", "ActivityQuery.Extra takes "+name+".")
	case (met[0] || met[1]) && a.more():
		return leavesOpen(name + ": a page shows one of the values")
	case met[0] || met[1]:
		return settles(name+" takes one of two values", "Read one list for each value.")
	}
	return settles(name+" with a comma between the values finds nothing", "Read one list for each value.")
}

// sdElementsMet reports whether rows have the first value, the second, and another one.
func sdElementsMet(rows []sdelements.Activity, which func(sdelements.Activity) int) (met [3]bool) {
	for _, row := range rows {
		met[(which(row)+len(met))%len(met)] = true
	}
	return met
}

func (d *sdElements) namesTwice(ctx context.Context, s *service) finding {
	one, two, ok := d.twoNames()
	if !ok {
		return leavesOpen("name twice: " + sdElementsNoNames)
	}
	a := d.get(ctx, s, "activities/", "name", one, "name", two, "page_size", strconv.Itoa(d.size))
	const field = "ActivityQuery.Name has one value, as it should."
	if !a.listed {
		if a.refuses() {
			return settles("name twice is refused with status 400", field)
		}
		return leavesOpen("name twice: " + a.problem())
	}
	met := sdElementsMet(a.rows, func(row sdelements.Activity) int { return slices.Index([]string{one, two}, string(row.Name)) })
	switch {
	case met[2]:
		return settles("name twice is ignored: all come", field)
	case met[0] && met[1]:
		return settles("name twice finds either", "ActivityQuery.Name could have several values. Please share the report.")
	case (met[0] || met[1]) && a.more():
		return leavesOpen("name twice: a page shows one of the names")
	case met[0]:
		return settles("of name twice the first counts", field)
	case met[1]:
		return settles("of name twice the last counts", field)
	}
	return settles("name twice finds nothing", field)
}

func (d *sdElements) unknown(ctx context.Context, s *service) finding {
	if f, none := d.unread(0); none {
		return f
	}
	a := d.get(ctx, s, "activities/", "activity_probe_unknown", "1", "page_size", "1")
	switch {
	case a.refuses():
		return settles("it is refused with status 400", "A misspelt name in ActivityQuery.Extra is activity.ErrInvalid.")
	case !a.listed:
		return leavesOpen("the list cannot be read: " + a.problem())
	case len(d.newest.rows) == 0:
		return leavesOpen("it is taken, and there are no activities that it could leave out")
	case len(a.rows) == 0:
		return settles("it is taken, and nothing is listed", "A misspelt name in ActivityQuery.Extra makes an empty list.")
	}
	return settles("it is ignored", "A misspelt name in ActivityQuery.Extra is not noticed: compare Page.Total with and without it.")
}
