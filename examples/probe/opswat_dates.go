package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// opswatDay is a day on which there is an activity, and the day before it.
type opswatDay struct {
	start, end string
	known      time.Time // a timestamp of the end day, read as UTC; zero: there is none
	sure       bool      // it is of that day in every zone that is left
}

// dayOf chooses a day from the first page, once.
func (p *opswatProbe) dayOf(first exchange) opswatDay {
	if p.target != nil {
		return *p.target
	}
	rows, _ := opswatAccesses(first)
	from, to := p.offsets(first)
	chosen := opswatDay{known: opswatLatest(rows)}
	day := chosen.known.Truncate(fullDay)
	for _, row := range rows {
		begin := row.at.Add(-to).Truncate(fullDay) // of the day in UTC, if the zone is the easternmost
		if !row.at.IsZero() && row.at.Before(begin.Add(fullDay+from)) {
			chosen.known, chosen.sure, day = row.at, true, begin
			break
		}
	}
	if chosen.known.IsZero() {
		day = time.Now().UTC().Truncate(fullDay)
	}
	chosen.start, chosen.end = day.Add(-fullDay).Format(opswatDate), day.Format(opswatDate)
	p.target = &chosen
	return chosen
}

// askDay asks for the day and the one before it, once.
func (p *opswatProbe) askDay(ctx context.Context, s *service) exchange {
	if p.oneDay == nil {
		d := p.dayOf(p.first(ctx, s))
		p.oneDay = new(s.wire.ask(ctx, request{body: opswatBody(opswatPage, 1, d.start, d.end)}))
	}
	return *p.oneDay
}

func (p *opswatProbe) day(ctx context.Context, s *service) finding {
	first := p.first(ctx, s)
	known, ok := opswatAccesses(first)
	if !ok {
		return opswatFails(first)
	}
	d := p.dayOf(first)
	if d.known.IsZero() {
		return leavesOpen("there is no activity with a timestamp, so that no day is known to have one")
	}
	e := p.askDay(ctx, s)
	s.asked = append(s.asked, e)
	rows, ok := opswatAccesses(e)
	say, only := settles, ""
	if !d.sure {
		say, only = suggests, ", if the timestamps are in UTC"
	}
	if ok && slices.ContainsFunc(rows, func(row opswatAccess) bool { return p.outside(first, row, d.start, d.end) }) {
		return leavesOpen("the service lists other days too")
	}
	p.dated = ok && p.obeys(first, d, rows)
	up, down, _ := opswatSteps(rows)
	switch {
	case !ok && opswatRefuses(e):
		return settles(fmt.Sprintf("an end date that is the day after the start date is refused with status %d", e.status),
			"The SDK sends such dates for short lists. Ask for more than a day. Please share the report.")
	case !ok:
		return opswatFails(e)
	case !opswatLatest(rows).Before(d.known):
		if !p.dated { // the list may be all that there is
			say = suggests
		}
		return say("it is: there are activities of the end day"+only,
			"The SDK adds a day to an EndDate that is no midnight, so that lists reach up to two days beyond it. Compare Timestamp where that matters.")
	case len(rows) == opswatPage && (up > 0 || down == 0 || !opswatNewestFirst(known)):
		return leavesOpen("the page is full, and not newest first, so that the end day may be on another page")
	case len(rows) == 0:
		return suggests("it is not: nothing is listed, though there are activities on the end day"+only,
			"The SDK sends the midnight after EndDate, so that nothing before EndDate is missing. That is right.")
	}
	return say("it is not: no activity of the end day is listed, though there are some"+only,
		"The SDK sends the midnight after EndDate, so that nothing before EndDate is missing. That is right.")
}

// outside reports whether an activity is, in every zone that is left, before a start day or after
// an end day. An end that is empty is none.
func (p *opswatProbe) outside(first exchange, row opswatAccess, start, end string) bool {
	if row.at.IsZero() {
		return false
	}
	from, to := p.offsets(first)
	begin, _ := time.Parse(opswatDate, start) // which the probe wrote
	if row.at.Add(-from).Before(begin) {
		return true
	}
	last, err := time.Parse(opswatDate, end)
	return err == nil && !row.at.Add(-to).Before(last.Add(fullDay))
}

// obeys reports whether the list of a day leaves out an activity of another day that the first page
// has: a service that ignores dates lists that too.
func (p *opswatProbe) obeys(first exchange, d opswatDay, listed []opswatAccess) bool {
	known, _ := opswatAccesses(first)
	return len(listed) < opswatPage && slices.ContainsFunc(opswatNew(listed, known), func(row opswatAccess) bool {
		return p.outside(first, row, d.start, d.end)
	})
}

func (p *opswatProbe) equal(ctx context.Context, s *service) finding {
	first := p.first(ctx, s)
	if _, ok := opswatAccesses(first); !ok {
		return opswatFails(first)
	}
	d := p.dayOf(first)
	if d.known.IsZero() {
		return leavesOpen("there is no activity with a timestamp, so that no day is known to have one")
	}
	if !p.spare() {
		return opswatAllUsed()
	}
	e := s.wire.ask(ctx, request{body: opswatBody(opswatPage, 1, d.end, d.end)})
	rows, ok := opswatAccesses(e)
	switch {
	case !ok && opswatRefuses(e):
		return settles(fmt.Sprintf("no: status %d, with %s", e.status, opswatSays(e)), "The SDK refuses such dates itself. That is right.")
	case !ok:
		return opswatFails(e)
	case len(rows) == 0:
		return suggests("it may, but nothing is listed, though there are activities on that day", "The SDK refuses such dates. That is right.")
	case slices.ContainsFunc(rows, func(row opswatAccess) bool { return p.outside(first, row, d.end, d.end) }):
		return leavesOpen("the service lists other days too")
	case slices.ContainsFunc(rows, func(row opswatAccess) bool { return row.at.Equal(d.known) }):
		say := suggests
		if p.dated {
			say = settles
		}
		return say("it may: activities of that day are listed", "The SDK refuses such dates. Ask for a day by the day and the next one.")
	}
	return leavesOpen("activities are listed, but not the one that is known to be of that day")
}

// pastDefault returns the timestamp of an activity of the first page that is older than the default
// age in every zone that is left.
func (p *opswatProbe) pastDefault(first exchange) (time.Time, bool) {
	rows, _ := opswatAccesses(first)
	i := slices.IndexFunc(rows, func(row opswatAccess) bool { return p.old(first, row) })
	if i < 0 {
		return time.Time{}, false
	}
	return rows[i].at, true
}

// old reports whether an activity is older than the default age in every zone that is left.
func (p *opswatProbe) old(e exchange, row opswatAccess) bool {
	from, _ := p.offsets(*p.newest)
	return !row.at.IsZero() && !e.date.IsZero() && e.date.Sub(row.at)+from > fullDay+opswatSlack
}

func (p *opswatProbe) lone(ctx context.Context, s *service) finding {
	first := p.first(ctx, s)
	if _, ok := opswatAccesses(first); !ok {
		return opswatFails(first)
	}
	if _, ok := p.pastDefault(first); !ok {
		return leavesOpen("no activity of the first page is known to be older than the default of 24 hours")
	}
	e := p.later(ctx, s, false)
	if !p.alone {
		if !p.spare() {
			return opswatAllUsed()
		}
		e = s.wire.ask(ctx, request{body: opswatBody(opswatPage, 1, p.from, "")})
	}
	rows, ok := opswatAccesses(e)
	switch {
	case !ok && opswatRefuses(e):
		return settles(fmt.Sprintf("it is refused with status %d, and %s", e.status, opswatSays(e)), "The SDK sends both dates. That is right.")
	case !ok:
		return opswatFails(e)
	case slices.ContainsFunc(rows, func(row opswatAccess) bool { return p.outside(first, row, p.from, "") }):
		return leavesOpen("the service lists other days too")
	case slices.ContainsFunc(rows, func(row opswatAccess) bool { return p.old(e, row) }):
		say := suggests // a service that ignores all dates lists them too
		if p.dated {
			say = settles
		}
		return say("it counts: activities that are older than 24 hours are listed", "The SDK sends both dates, which is not needed and does no harm.")
	case len(rows) == opswatPage:
		return leavesOpen("the page is full of activities of the last 24 hours")
	}
	return settles("it is ignored: activities that are older than 24 hours are not listed", "The SDK sends both dates. That is right.")
}
