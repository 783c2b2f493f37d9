package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// opswatClockSlack is the allowed difference between the clock of the timestamps and that of the
// service, and the allowed delay until an access is listed.
const opswatClockSlack = 2 * time.Minute

// zone compares the service's clock with an activity that arrived after the first page. If it comes
// from an access by the user, it is certainly new.
func (p *opswatProbe) zone(ctx context.Context, s *service, first exchange, before []opswatRow) finding {
	asked := time.Now()
	made := p.askForAccess(ctx, s)
	if ctx.Err() != nil {
		return leavesOpen("the program was interrupted")
	}
	later := p.askAgain(ctx, s, made)
	s.exchanges = append(s.exchanges, later)
	after, _ := opswatRows(later)
	switch {
	case len(before)+len(after) == 0:
		return leavesOpen(opswatNoRows)
	case first.date.IsZero() || later.date.IsZero() && len(after) > 0:
		return leavesOpen("the service sends no Date, so that its clock is not known")
	case allNameZone(before) && allNameZone(after):
		return settles("the timestamps name their zone", "ActivityQuery.Location is not needed and has no effect.")
	}
	since := first.date
	if made {
		since = since.Add(asked.Sub(first.sent))
	}
	if earliest, last, ok := arrivedRows(before, after); ok {
		fits := func(at time.Time) []time.Duration {
			return zoneOffsetsBetween(at.Sub(later.date)-opswatClockSlack, at.Sub(since)+opswatClockSlack)
		}
		switch fit := fits(last); {
		case len(fit) == 1 && made && slices.Equal(fits(earliest), fit):
			p.zoneKnown, p.zoneOffset = true, fit[0]
			return settles(zoneName(fit[0])+", according to what arrived after your access", zoneFollows(fit[0]))
		case len(fit) == 1:
			return suggests(zoneName(fit[0])+", according to an activity that arrived between two requests", zoneFollows(fit[0]))
		}
	}
	return zoneByLead(max(clockLead(first, before), clockLead(later, after)), made)
}

// askForAccess asks the user for an access to an application, and reports whether it was made. The
// end of the input is a no.
func (p *opswatProbe) askForAccess(ctx context.Context, s *service) bool {
	if s.fake || s.prompt == nil || s.prompt.silent || p.pace.exhausted(1) != nil {
		return false
	}
	made, err := s.prompt.confirm(ctx, "To find the zone of the timestamps, the probe needs a new activity. Please open an application now, from a\n"+
		"device that Central Management watches, and then enter y. Did you?")
	return made && err == nil
}

// allNameZone reports whether all timestamps name their zone.
func allNameZone(rows []opswatRow) bool {
	return !slices.ContainsFunc(rows, func(row opswatRow) bool { return !opswatZonedTime.MatchString(row.text) })
}

// latestTime returns the latest time of activities, read as UTC, or zero if none has a time.
func latestTime(rows []opswatRow) (at time.Time) {
	for _, row := range rows {
		if row.at.After(at) {
			at = row.at
		}
	}
	return at
}

// arrivedRows returns the earliest and the latest time of the activities that are new and later
// than all activities before.
func arrivedRows(before, after []opswatRow) (earliest, last time.Time, ok bool) {
	old := latestTime(before)
	fresh := slices.DeleteFunc(newRows(before, after), func(row opswatRow) bool { return !row.at.After(old) })
	for _, row := range fresh {
		if earliest.IsZero() || row.at.Before(earliest) {
			earliest = row.at
		}
	}
	return earliest, latestTime(fresh), len(fresh) > 0
}

// newRows returns the activities of page that known does not have. Equal activities count each.
func newRows(known, page []opswatRow) (fresh []opswatRow) {
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

// clockLead returns how far the latest timestamp, read as UTC, is ahead of the service's clock, or
// noLead if either is missing.
func clockLead(e exchange, rows []opswatRow) time.Duration {
	if at := latestTime(rows); !at.IsZero() && !e.date.IsZero() {
		return at.Sub(e.date)
	}
	return noLead
}

const noLead = -200 * 365 * 24 * time.Hour

// zoneByLead returns which zones are possible: those in which the newest timestamp is not in the
// future.
func zoneByLead(lead time.Duration, made bool) finding {
	more := "; run without -yes, and open an application when asked"
	if made {
		more = "; your access was not listed in time, or you took more than a few minutes"
	}
	ago := formatDuration(-lead)
	switch {
	case lead == noLead:
		return leavesOpen("no activity has a timestamp that can be read")
	case lead > maxZoneOffset+opswatClockSlack:
		return leavesOpen(fmt.Sprintf("the newest timestamp is %s ahead of the service's clock, which no zone explains", formatDuration(lead)))
	case lead >= zoneOffsetStep-opswatClockSlack:
		return suggests(fmt.Sprintf("not UTC: the newest timestamp, read as UTC, is %s ahead of the service's clock, so that its zone is at least that far east of UTC%s",
			formatDuration(lead.Round(time.Minute)), more), "Set ActivityQuery.Location to the zone of the service.")
	case lead > opswatClockSlack:
		return leavesOpen(fmt.Sprintf("the newest timestamp is %s ahead of the service's clock, which no zone explains", formatDuration(lead)))
	case lead > 0:
		return leavesOpen("UTC, or a zone east of it: the newest timestamp, read as UTC, equals the service's clock" + more)
	case lead >= minZoneOffset:
		return leavesOpen(fmt.Sprintf("no zone that is more than %s west of UTC: the newest timestamp, read as UTC, is that far behind the service's clock%s", ago, more))
	}
	return leavesOpen(fmt.Sprintf("the newest activity is %s old, which fits any zone%s", ago, more))
}

func zoneName(offset time.Duration) string {
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

func zoneFollows(offset time.Duration) string {
	if offset == 0 {
		return "The SDK assumes UTC. Leave ActivityQuery.Location nil. If you run this in winter, a zone such as London's looks the same: run it again in summer."
	}
	return "The SDK assumes UTC, which is wrong here. Set ActivityQuery.Location to a zone with this offset today, by its name if its clocks change in summer."
}

// zoneOffsets returns the range of the offsets from UTC that are still possible for timestamps.
func (p *opswatProbe) zoneOffsets(first exchange) (from, to time.Duration) {
	if p.zoneKnown {
		return p.zoneOffset, p.zoneOffset
	}
	rows, _ := opswatRows(first)
	// A single wrong clock must not rule out much: a timestamp in the future counts as now.
	return max(minZoneOffset, min(clockLead(first, rows), 0)-opswatClockSlack), maxZoneOffset
}
