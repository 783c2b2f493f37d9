package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/activity-sdk/activity/sdelements"
)

// sdElementsSteps counts how neighbours in a list differ.
type sdElementsSteps struct{ down, up, same int }

func (s *sdElementsSteps) add(change int) {
	switch {
	case change < 0:
		s.down++
	case change > 0:
		s.up++
	default:
		s.same++
	}
}

// steps returns how the dates and the ids of the newest activities go. Those without are left out.
func (d *sdElements) steps() (dates, ids sdElementsSteps) {
	var date time.Time
	var id int64
	for _, a := range d.newest.rows {
		if !a.Date.IsZero() {
			if !date.IsZero() {
				dates.add(a.Date.Compare(date))
			}
			date = a.Date
		}
		if a.ID > 0 {
			if id > 0 {
				ids.add(int(min(max(a.ID-id, -1), 1)))
			}
			id = a.ID
		}
	}
	return dates, ids
}

// newestFirst reports whether nothing that was read speaks against that order.
func (d *sdElements) newestFirst() bool {
	dates, _ := d.steps()
	return dates.up == 0 && dates.down > 0
}

// enoughSteps are those that an order by chance does not show.
const enoughSteps = 10

func (d *sdElements) order(_ context.Context, s *service) finding {
	s.asked = append(s.asked, d.began...)
	if f, none := d.unread(2); none {
		return f
	}
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
		f.answer, f.follows = "newest first", "The SDK's requests fit that. Nothing is to be set."
	case dates.down == 0:
		f.answer = "oldest first"
		f.follows = "Collect of some activities is of the oldest. Set DateFrom, which makes a list short."
	default:
		f.answer = "not by date"
		f.follows = "Collect of some activities is not of the newest. Set DateFrom instead. A whole list has everything all the same."
	}
	times := func(n int) string { return number(n, "time", "times") }
	f.answer += fmt.Sprintf(": among %d activities the date falls %s, rises %s and stays %s; the id falls %s, rises %s and stays %s",
		len(d.newest.rows), times(dates.down), times(dates.up), times(dates.same), times(ids.down), times(ids.up), times(ids.same))
	if late := sdElementsLate(d.newest.rows); late > 0 {
		f.answer += fmt.Sprintf("; one has a date that lies %s before that of an activity with a lower id", span(late))
		f.follows += " If ids are given out in turn, that activity was listed late."
		if late > sdElementsLookback {
			f.follows += " A FollowOptions.Lookback of " + spanAbove(late) + " finds such activities."
		} else {
			f.follows += " The feed's own lookback of an hour finds such activities."
		}
	}
	return f
}

// sdElementsLookback is the feed's own.
const sdElementsLookback = time.Hour

// sdElementsLate returns how far a date at most lies before that of an activity with a lower id.
func sdElementsLate(rows []sdelements.Activity) (late time.Duration) {
	var known []sdelements.Activity
	for _, a := range rows {
		if a.ID > 0 && !a.Date.IsZero() {
			known = append(known, a)
		}
	}
	slices.SortFunc(known, func(a, b sdelements.Activity) int {
		if a.ID != b.ID {
			return int(min(max(a.ID-b.ID, -1), 1))
		}
		return a.Date.Compare(b.Date) // one that is listed twice is not late
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

// ids reads up to three pages that end at the newest activity, so that what comes in meanwhile
// moves nothing.
func (d *sdElements) ids(ctx context.Context, s *service) finding {
	if f, none := d.unread(2); none {
		return f
	}
	var newest time.Time
	for _, a := range d.newest.rows {
		if a.Date.After(newest) {
			newest = a.Date
		}
	}
	if newest.IsZero() {
		return leavesOpen("no activity has a date that a list could end at")
	}
	size := d.tiedPage()
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
		return leavesOpen(fmt.Sprintf("%s fit on one page", number(len(pages[0].rows), "activity", "activities")))
	}
	return d.compareIDs(pages)
}

// tiedPage returns a size of pages whose first joint lies between two activities of one instant, if
// there are any: an order that changes shows there.
func (d *sdElements) tiedPage() int {
	rows := d.newest.rows
	for size := min(sdElementsSmallPage, len(rows)-1); size > 0; size-- {
		if at := rows[size].Date; !at.IsZero() && at.Equal(rows[size-1].Date) {
			return size
		}
	}
	return min(sdElementsSmallPage, max(len(rows)/3, 1))
}

func (d *sdElements) compareIDs(pages []sdElementsAnswer) finding {
	first := map[int64]int{}
	var rows, again, within, without, tied int
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
		if i > 0 && sdElementsTied(pages[i-1].rows, page.rows) {
			tied++
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
		rows, len(pages), without, number(tied, "joint of two pages lay", "joints of two pages lay"))
	const moves = "The SDK leaves out what comes again, and ends with activity.ErrListChanged where something may be missing. " +
		"Read shorter spans between DateFrom and DateTo if that happens."
	switch {
	case within > 0:
		return settles(fmt.Sprintf("yes: %s on one page (%s)", number(within, "id came again", "ids came again"), read), moves)
	case (again > 0 || missing > 0) && !steady:
		return leavesOpen(fmt.Sprintf("ids came again, but count changed meanwhile or there was none, so activities may have moved (%s)", read))
	case again > 0 || missing > 0:
		return settles(fmt.Sprintf("yes: the order changed although count did not; %s on another page and %s missing (%s)",
			number(again, "id came again", "ids came again"), number(missing, "was", "were"), read), moves)
	}
	return suggests("no ("+read+")", "The SDK assumes so, and notices where it is not so.")
}

// sdElementsTied reports whether the joint of two pages lies between activities of one instant.
func sdElementsTied(before, behind []sdelements.Activity) bool {
	if len(before) == 0 || len(behind) == 0 {
		return false
	}
	at := behind[0].Date
	return !at.IsZero() && at.Equal(before[len(before)-1].Date)
}
