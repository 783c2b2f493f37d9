package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// opswatDay is a day with an activity, and the day before it.
type opswatDay struct {
	start, end string
	known      time.Time // a timestamp of the end day, read as UTC; zero: there is none
	sure       bool      // known is of the end day in every zone that is still possible
}

const opswatNoDay = "no activity has a timestamp, so that no day is known to have one"

// chooseDay chooses a day from the first page, once.
func (p *opswatProbe) chooseDay(first exchange) opswatDay {
	if p.chosenDay != nil {
		return *p.chosenDay
	}
	rows, _ := opswatRows(first)
	from, to := p.zoneOffsets(first)
	chosen := opswatDay{known: latestTime(rows)}
	end := chosen.known.Truncate(day)
	for _, row := range rows {
		begin := row.at.Add(-to).Truncate(day) // the beginning of the UTC day, if the zone is the easternmost
		if !row.at.IsZero() && row.at.Before(begin.Add(day+from)) {
			chosen.known, chosen.sure, end = row.at, true, begin
			break
		}
	}
	if chosen.known.IsZero() {
		end = time.Now().UTC().Truncate(day)
	}
	chosen.start, chosen.end = end.Add(-day).Format(opswatDateLayout), end.Format(opswatDateLayout)
	p.chosenDay = &chosen
	return chosen
}

// askDay requests the list of the chosen day and the day before, once.
func (p *opswatProbe) askDay(ctx context.Context, s *service) exchange {
	if p.dayAnswer == nil {
		d := p.chooseDay(p.askFirstPage(ctx, s))
		p.dayAnswer = new(s.sender.send(ctx, request{body: opswatRequestBody(opswatPageSize, 1, d.start, d.end)}))
	}
	return *p.dayAnswer
}

func (p *opswatProbe) day(ctx context.Context, s *service, first exchange, known []opswatRow) finding {
	d := p.chooseDay(first)
	if d.known.IsZero() {
		return leavesOpen(opswatNoDay)
	}
	e := p.askDay(ctx, s)
	s.exchanges = append(s.exchanges, e)
	rows, ok := opswatRows(e)
	conclude, only := settles, ""
	if !d.sure {
		conclude, only = suggests, ", if the timestamps are in UTC"
	}
	if ok && slices.ContainsFunc(rows, func(row opswatRow) bool { return p.outside(first, row, d.start, d.end) }) {
		return leavesOpen(opswatOtherDays)
	}
	p.datesObeyed = ok && p.leavesOutOtherDays(first, d, rows)
	steps, _ := opswatSteps(rows)
	switch {
	case !ok && opswatRefused(e):
		return settles(fmt.Sprintf("an end date that is the day after the start date is refused with status %d", e.status),
			"The SDK sends such dates for short lists. Read more than one day at a time. Please share the report.")
	case !ok:
		return opswatUnreadable(e)
	case !latestTime(rows).Before(d.known):
		if !p.datesObeyed { // the list may hold all activities there are
			conclude = suggests
		}
		return conclude("it is: there are activities of the end day"+only,
			"The SDK rounds EndDate up to the next midnight, so that a list may reach two days beyond it. Compare Activity.Timestamp if that matters.")
	case len(rows) == opswatPageSize && (steps.up > 0 || steps.down == 0 || !opswatNewestFirst(known)):
		return leavesOpen("the page is full, and not newest first, so that the end day may be on another page")
	case len(rows) == 0:
		return suggests("it is not: nothing is listed, though there are activities on the end day"+only, opswatRoundsUp)
	}
	return conclude("it is not: no activity of the end day is listed, though there are some"+only, opswatRoundsUp)
}

const (
	opswatRoundsUp  = "The SDK sends the midnight after EndDate, so that nothing before EndDate is missing. That is right."
	opswatOtherDays = "the service lists other days too"
)

// outside reports whether an activity is before a start day or after an end day in every zone that
// is still possible. An empty end is no bound.
func (p *opswatProbe) outside(first exchange, row opswatRow, start, end string) bool {
	if row.at.IsZero() {
		return false
	}
	from, to := p.zoneOffsets(first)
	begin, _ := time.Parse(opswatDateLayout, start) // cannot fail: the probe wrote it
	if row.at.Add(-from).Before(begin) {
		return true
	}
	last, err := time.Parse(opswatDateLayout, end)
	return err == nil && !row.at.Add(-to).Before(last.Add(day))
}

// leavesOutOtherDays reports whether the list of a day lacks an activity of another day that the
// first page has. A service that ignores dates would list it.
func (p *opswatProbe) leavesOutOtherDays(first exchange, d opswatDay, listed []opswatRow) bool {
	known, _ := opswatRows(first)
	return len(listed) < opswatPageSize && slices.ContainsFunc(newRows(listed, known), func(row opswatRow) bool {
		return p.outside(first, row, d.start, d.end)
	})
}

func (p *opswatProbe) equal(ctx context.Context, s *service, first exchange, _ []opswatRow) finding {
	d := p.chooseDay(first)
	if d.known.IsZero() {
		return leavesOpen(opswatNoDay)
	}
	if !p.hasRequestLeft() {
		return leavesOpen(opswatNoRequestLeft)
	}
	e := s.sender.send(ctx, request{body: opswatRequestBody(opswatPageSize, 1, d.end, d.end)})
	rows, ok := opswatRows(e)
	switch {
	case !ok && opswatRefused(e):
		return settles(fmt.Sprintf("no: status %d, with %s", e.status, describeBody(e)), "The SDK refuses such dates itself. That is right.")
	case !ok:
		return opswatUnreadable(e)
	case len(rows) == 0:
		return suggests("it may, but nothing is listed, though there are activities on that day", "The SDK refuses such dates. That is right.")
	case slices.ContainsFunc(rows, func(row opswatRow) bool { return p.outside(first, row, d.end, d.end) }):
		return leavesOpen(opswatOtherDays)
	case slices.ContainsFunc(rows, func(row opswatRow) bool { return row.at.Equal(d.known) }):
		conclude := suggests
		if p.datesObeyed {
			conclude = settles
		}
		return conclude("it may: activities of that day are listed", "The SDK refuses such dates. To read one day, set EndDate to the next one.")
	}
	return leavesOpen("activities are listed, but not the one that is known to be from that day")
}

// hasRowPastDefault reports whether an answer has an activity that is past the default span.
func (p *opswatProbe) hasRowPastDefault(e exchange) bool {
	rows, _ := opswatRows(e)
	return slices.ContainsFunc(rows, func(row opswatRow) bool { return p.isPastDefault(e, row) })
}

// isPastDefault reports whether an activity is older than the 24 hours that a list without dates
// covers, in every zone that is still possible.
func (p *opswatProbe) isPastDefault(e exchange, row opswatRow) bool {
	from, _ := p.zoneOffsets(*p.firstPage)
	return !row.at.IsZero() && !e.date.IsZero() && e.date.Sub(row.at)+from > day+opswatClockSlack
}

func (p *opswatProbe) lone(ctx context.Context, s *service, first exchange, _ []opswatRow) finding {
	if !p.hasRowPastDefault(first) {
		return leavesOpen("no activity of the first page is known to be older than the default of 24 hours")
	}
	e := p.askAgain(ctx, s, false)
	if !p.startDateOnly {
		if !p.hasRequestLeft() {
			return leavesOpen(opswatNoRequestLeft)
		}
		e = s.sender.send(ctx, request{body: opswatRequestBody(opswatPageSize, 1, p.startDate, "")})
	}
	rows, ok := opswatRows(e)
	switch {
	case !ok && opswatRefused(e):
		return settles(fmt.Sprintf("it is refused with status %d, and %s", e.status, describeBody(e)), "The SDK sends both dates. That is right.")
	case !ok:
		return opswatUnreadable(e)
	case slices.ContainsFunc(rows, func(row opswatRow) bool { return p.outside(first, row, p.startDate, "") }):
		return leavesOpen(opswatOtherDays)
	case p.hasRowPastDefault(e):
		conclude := suggests // a service that ignores all dates lists them too
		if p.datesObeyed {
			conclude = settles
		}
		return conclude("it counts: activities that are older than 24 hours are listed", "The SDK sends both dates, which is harmless.")
	case len(rows) == opswatPageSize:
		return leavesOpen("the page is full of activities of the last 24 hours")
	}
	return settles("it is ignored: activities that are older than 24 hours are not listed", "The SDK sends both dates. That is right.")
}
