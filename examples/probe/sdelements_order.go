package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/activity-sdk/activity/sdelements"
)

// steps returns how the dates and the ids of the newest activities change. It leaves out missing
// ones.
func (d *sdElementsProbe) steps() (dates, ids steps) {
	var times []time.Time
	var id int64
	for _, a := range d.newest.rows {
		times = append(times, a.Date)
		if a.ID > 0 {
			if id > 0 {
				ids.add(cmp.Compare(a.ID, id))
			}
			id = a.ID
		}
	}
	dates, _ = timeSteps(times)
	return dates, ids
}

// newestFirst reports whether the dates of the newest activities only fall.
func (d *sdElementsProbe) newestFirst() bool {
	dates, _ := d.steps()
	return dates.up == 0 && dates.down > 0
}

// enoughSteps rule out an order by chance.
const enoughSteps = 10

func (d *sdElementsProbe) order(ctx context.Context, s *service) finding {
	s.exchanges = append(s.exchanges, d.firstAnswers...)
	return d.withNewest(2, d.orderOfNewest)(ctx, s)
}

func (d *sdElementsProbe) orderOfNewest(context.Context, *service) finding {
	dates, ids := d.steps()
	if dates.down+dates.up == 0 {
		return leavesOpen("all activities that were read have the same date, or none")
	}
	f := finding{certainty: likely}
	if (dates.down > 0 && dates.up > 0) || dates.down+dates.up >= enoughSteps {
		f.certainty = settled
	}
	switch {
	case dates.up == 0:
		f.answer, f.follows = "newest first", "The SDK's requests fit this order. There is nothing to set."
	case dates.down == 0:
		f.answer = "oldest first"
		f.follows = "Collect with a limit returns the oldest activities. Set DateFrom, which makes a list short."
	default:
		f.answer = "not by date"
		f.follows = "Collect with a limit does not return the newest activities. Set DateFrom instead. A whole list is still complete."
	}
	times := func(n int) string { return plural(n, "time", "times") }
	f.answer += fmt.Sprintf(": among %d activities the date falls %s, rises %s and stays %s; the id falls %s, rises %s and stays %s",
		len(d.newest.rows), times(dates.down), times(dates.up), times(dates.same), times(ids.down), times(ids.up), times(ids.same))
	if late := longestDelay(d.newest.rows); late > 0 {
		f.answer += fmt.Sprintf("; one has a date %s before that of an activity with a lower id", formatDuration(late))
		f.follows += " If ids are assigned in order, that activity was listed late."
		if late > sdElementsLookback {
			f.follows += " A FollowOptions.Lookback of " + formatDurationAbove(late) + " finds such activities."
		} else {
			f.follows += " The feed's own lookback of an hour finds such activities."
		}
	}
	return f
}

// sdElementsLookback is the default of a feed.
const sdElementsLookback = time.Hour

// longestDelay returns the longest time by which the date of an activity is before that of an
// activity with a lower id.
func longestDelay(rows []sdelements.Activity) (late time.Duration) {
	var known []sdelements.Activity
	for _, a := range rows {
		if a.ID > 0 && !a.Date.IsZero() {
			known = append(known, a)
		}
	}
	slices.SortFunc(known, func(a, b sdelements.Activity) int {
		if a.ID != b.ID {
			return cmp.Compare(a.ID, b.ID)
		}
		return a.Date.Compare(b.Date) // an activity that is listed twice is not late
	})
	var newest time.Time
	var id int64
	for _, a := range known {
		if a.ID == id {
			continue
		}
		id = a.ID
		if a.Date.After(newest) {
			newest = a.Date
		}
		late = max(late, newest.Sub(a.Date))
	}
	return late
}

// ids reads up to three pages that end at the newest activity, so that new activities move nothing.
func (d *sdElementsProbe) ids(ctx context.Context, s *service) finding {
	var newest time.Time
	for _, a := range d.newest.rows {
		if a.Date.After(newest) {
			newest = a.Date
		}
	}
	if newest.IsZero() {
		return leavesOpen("no activity has a date at which a list could end")
	}
	size := d.splittingPageSize()
	bound := sdElementsTime(newest.Add(time.Microsecond - 1).Truncate(time.Microsecond))
	var pages []sdElementsAnswer
	for number := 1; number <= 3; number++ {
		a := d.get(ctx, s, "activities/", "date_to", bound, "page_size", strconv.Itoa(size), "page", strconv.Itoa(number))
		if !a.listed {
			return leavesOpen(fmt.Sprintf("page %d cannot be read: %s", number, a.problem()))
		}
		if pages = append(pages, a); a.next == "" {
			break
		}
	}
	if len(pages) < 2 {
		return leavesOpen(fmt.Sprintf("%s fit on one page", activities(len(pages[0].rows))))
	}
	return d.compareIDs(pages)
}

// splittingPageSize returns a page size that separates two activities of one instant, if there are
// any: an order that changes shows there.
func (d *sdElementsProbe) splittingPageSize() int {
	rows := d.newest.rows
	for size := min(sdElementsSmallPage, len(rows)-1); size > 0; size-- {
		if at := rows[size].Date; !at.IsZero() && at.Equal(rows[size-1].Date) {
			return size
		}
	}
	return min(sdElementsSmallPage, max(len(rows)/3, 1))
}

func (d *sdElementsProbe) compareIDs(pages []sdElementsAnswer) finding {
	first := map[int64]int{}
	var rows, again, within, without, splits int
	steady := pages[0].count >= 0
	for i, page := range pages {
		steady = steady && page.count == pages[0].count
		for _, a := range page.rows {
			before, known := first[a.ID]
			switch {
			case a.ID <= 0:
				without++
			case !known:
				first[a.ID] = i
			case before == i:
				within++
			default:
				again++
			}
		}
		if i > 0 && splitsInstant(pages[i-1].rows, page.rows) {
			splits++
		}
		rows += len(page.rows)
	}
	missing := 0
	if steady && pages[0].count == d.newest.count {
		for _, a := range d.newest.rows[:min(rows, len(d.newest.rows))] {
			if _, known := first[a.ID]; a.ID > 0 && !known {
				missing++
			}
		}
	}
	read := fmt.Sprintf("%d activities on %d pages, of which %d had no id; %s between activities of one instant",
		rows, len(pages), without, plural(splits, "page ended", "pages ended"))
	const moves = "The SDK leaves out repeated activities, and ends with activity.ErrListChanged if some may be missing. " +
		"Read shorter spans between DateFrom and DateTo if that happens."
	switch {
	case within > 0:
		return settles(fmt.Sprintf("yes: %s on one page (%s)", plural(within, "id came again", "ids came again"), read), moves)
	case (again > 0 || missing > 0) && !steady:
		return leavesOpen(fmt.Sprintf("ids came again, but count changed meanwhile or was missing, so that activities may have moved (%s)", read))
	case again > 0 || missing > 0:
		return settles(fmt.Sprintf("yes: the order changed although count did not; %s on another page and %s missing (%s)",
			plural(again, "id came again", "ids came again"), plural(missing, "was", "were"), read), moves)
	}
	return suggests("no ("+read+")", "The SDK assumes this, and notices exceptions.")
}

// splitsInstant reports whether a page ends and the next one begins with activities of one instant.
func splitsInstant(before, after []sdelements.Activity) bool {
	if len(before) == 0 || len(after) == 0 {
		return false
	}
	at := after[0].Date
	return !at.IsZero() && at.Equal(before[len(before)-1].Date)
}
