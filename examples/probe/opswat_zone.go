package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// opswatSlack is by how much the clock that writes timestamps may differ from the service's, and
// how much later an access may be listed than it happened.
const opswatSlack = 2 * time.Minute

// zone compares the service's clock with an activity that was not there the first time. If the user
// made it, it is sure to be new.
func (p *opswatProbe) zone(ctx context.Context, s *service) finding {
	first := p.first(ctx, s)
	before, ok := opswatAccesses(first)
	if !ok {
		return opswatFails(first)
	}
	asked := time.Now()
	made := p.accessMade(ctx, s)
	if ctx.Err() != nil {
		return leavesOpen("the program was ended")
	}
	later := p.later(ctx, s, made)
	s.asked = append(s.asked, later)
	after, _ := opswatAccesses(later)
	switch {
	case len(before)+len(after) == 0:
		return leavesOpen("there are no activities in the last 90 days")
	case first.date.IsZero() || later.date.IsZero() && len(after) > 0:
		return leavesOpen("the service sends no Date, so that its clock is not known")
	case opswatZoned(before) && opswatZoned(after):
		return settles("the timestamps name their zone", "ActivityQuery.Location is not needed, and changes nothing.")
	}
	since := first.date
	if made {
		since = since.Add(asked.Sub(first.sent))
	}
	if earliest, last, ok := opswatArrived(before, after); ok {
		fits := func(at time.Time) []time.Duration {
			return opswatOffsets(at.Sub(later.date)-opswatSlack, at.Sub(since)+opswatSlack)
		}
		switch fit := fits(last); {
		case len(fit) == 1 && made && slices.Equal(fits(earliest), fit):
			p.zoned, p.offset = true, fit[0]
			return settles(opswatZoneName(fit[0])+", by what arrived after you made an access", opswatZoneFollows(fit[0]))
		case len(fit) == 1:
			return suggests(opswatZoneName(fit[0])+", by an activity that arrived between two requests", opswatZoneFollows(fit[0]))
		}
	}
	return opswatZoneBound(max(opswatLead(first, before), opswatLead(later, after)), made)
}

// accessMade has the user make an access, and reports whether the user says so. The end of the
// input says nothing.
func (p *opswatProbe) accessMade(ctx context.Context, s *service) bool {
	if s.fake || s.user == nil || s.user.silent || p.pace.over(1) != nil {
		return false
	}
	made, err := s.user.confirm(ctx, "To learn the zone of the timestamps, reach an application now from a device that Central Management\n"+
		"watches, so that there is a new activity. Then enter y. Was there an access?")
	return made && err == nil
}

// opswatZoned reports whether all timestamps name their zone.
func opswatZoned(rows []opswatAccess) bool {
	for _, row := range rows {
		if !opswatZonedTime.MatchString(row.text) {
			return false
		}
	}
	return true
}

// opswatLatest returns the latest time of activities, read as UTC; zero: there is none.
func opswatLatest(rows []opswatAccess) (at time.Time) {
	for _, row := range rows {
		if row.at.After(at) {
			at = row.at
		}
	}
	return at
}

// opswatArrived returns the earliest and the latest time of those activities that were not there
// before, and are later than all that were.
func opswatArrived(before, after []opswatAccess) (earliest, last time.Time, ok bool) {
	old := opswatLatest(before)
	fresh := slices.DeleteFunc(opswatNew(before, after), func(row opswatAccess) bool { return !row.at.After(old) })
	for _, row := range fresh {
		if earliest.IsZero() || row.at.Before(earliest) {
			earliest = row.at
		}
	}
	return earliest, opswatLatest(fresh), len(fresh) > 0
}

// opswatNew returns the activities of a page that another one does not have. Two may be alike.
func opswatNew(known, page []opswatAccess) (fresh []opswatAccess) {
	left := map[string]int{}
	for _, row := range known {
		left[row.raw]++
	}
	for _, row := range page {
		if left[row.raw]--; left[row.raw] < 0 {
			fresh = append(fresh, row)
		}
	}
	return fresh
}

// opswatLead is by how much the latest timestamp is ahead of the service's clock, read as UTC. A
// very negative one says that there is none.
func opswatLead(e exchange, rows []opswatAccess) time.Duration {
	if at := opswatLatest(rows); !at.IsZero() && !e.date.IsZero() {
		return at.Sub(e.date)
	}
	return opswatNothing
}

const opswatNothing = -200 * 365 * 24 * time.Hour

// opswatOffsets returns the offsets from UTC that there are between two.
func opswatOffsets(from, to time.Duration) (all []time.Duration) {
	for offset := zoneWest; offset <= zoneEast; offset += zoneStep {
		if offset >= from && offset <= to {
			all = append(all, offset)
		}
	}
	return all
}

// opswatZoneBound says which zones the newest timestamp leaves: none in which it would be in the
// future.
func opswatZoneBound(lead time.Duration, made bool) finding {
	more := "; run without -yes, and make an access when you are asked"
	if made {
		more = "; the access that you made was not listed in time, or you took more than some minutes"
	}
	ago := span(-lead)
	switch {
	case lead == opswatNothing:
		return leavesOpen("no activity has a timestamp that can be read")
	case lead > zoneEast+opswatSlack:
		return leavesOpen(fmt.Sprintf("the newest timestamp is %s ahead of the service's clock, which no zone explains", span(lead)))
	case lead >= zoneStep-opswatSlack:
		return suggests(fmt.Sprintf("not UTC: the newest timestamp, read as UTC, is %s ahead of the service's clock, so that its zone is that far east of UTC at least%s",
			span(lead.Round(time.Minute)), more), "Set ActivityQuery.Location to the zone of the service.")
	case lead > opswatSlack:
		return leavesOpen(fmt.Sprintf("the newest timestamp is %s ahead of the service's clock, which no zone explains", span(lead)))
	case lead > 0:
		return leavesOpen("UTC, or a zone east of it: the newest timestamp, read as UTC, is that of the service's clock" + more)
	case lead >= zoneWest:
		return leavesOpen(fmt.Sprintf("no zone that is more than %s west of UTC: the newest timestamp, read as UTC, is so far behind the service's clock%s", ago, more))
	}
	return leavesOpen(fmt.Sprintf("the newest activity is %s old, which fits any zone%s", ago, more))
}

func opswatZoneName(offset time.Duration) string {
	if offset == 0 {
		return "UTC"
	}
	sign := '+'
	if offset < 0 {
		sign = '-'
	}
	minutes := int(offset.Abs().Minutes())
	return fmt.Sprintf("UTC%c%02d:%02d", sign, minutes/60, minutes%60)
}

func opswatZoneFollows(offset time.Duration) string {
	if offset == 0 {
		return "The SDK assumes UTC. Leave ActivityQuery.Location nil. In summer, a zone such as London's would show another answer."
	}
	return "The SDK assumes UTC, which is wrong here. Set ActivityQuery.Location to a zone with this offset today, by its name if its clocks change in summer."
}

// offsets returns which offsets from UTC are left for the timestamps.
func (p *opswatProbe) offsets(first exchange) (from, to time.Duration) {
	if p.zoned {
		return p.offset, p.offset
	}
	rows, _ := opswatAccesses(first)
	// A single clock that is wrong must not rule out much: a lead counts as none.
	return max(zoneWest, min(opswatLead(first, rows), 0)-opswatSlack), zoneEast
}
