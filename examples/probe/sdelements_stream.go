package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
)

const sdElementsStream = "users/me/activity-stream/"

func (d *sdElementsProbe) stream(ctx context.Context, s *service) finding {
	unbounded := d.once(ctx, s, sdElementsStream, "page_size", "1")
	if !unbounded.listed {
		return leavesOpen("the stream cannot be read: " + unbounded.problem())
	}
	return joinFindings(d.streamSpan(unbounded), d.streamBeyond(ctx, s, unbounded))
}

// dateTolerance is the allowed difference between dates that should be equal. A date without a zone
// may be in any zone.
const dateTolerance = 25 * time.Hour

func (d *sdElementsProbe) streamSpan(a sdElementsAnswer) finding {
	if a.from.IsZero() {
		return leavesOpen("without bounds the stream returns no date_from")
	}
	to, end := a.to, "date_to is the time of the request"
	switch {
	case to.IsZero():
		to, end = a.now(), "it returns no date_to"
	case to.Sub(a.now()).Abs() > dateTolerance:
		end = fmt.Sprintf("date_to differs from the time of the request by %s", formatDuration(to.Sub(a.now())))
	}
	const follows = "Set DateFrom to read older activities."
	if a.from.AddDate(1, 0, 0).Sub(to).Abs() <= dateTolerance {
		return settles("without bounds it covers one year ("+end+")", "The SDK assumes one year. "+follows)
	}
	return settles(fmt.Sprintf("without bounds it covers %s (%s)", formatDuration(to.Sub(a.from)), end),
		"The SDK assumes one year. It uses the bounds that the stream returns, so that nothing else changes. "+follows)
}

// streamBeyond requests activities that are older than what a stream covers without bounds.
func (d *sdElementsProbe) streamBeyond(ctx context.Context, s *service, unbounded sdElementsAnswer) finding {
	begin := unbounded.from
	if begin.IsZero() {
		begin = unbounded.now()
	}
	old := begin.AddDate(-3, 0, 0).UTC().Truncate(time.Second)
	a := d.get(ctx, s, sdElementsStream, "date_from", sdElementsTime(old), "page_size", "1")
	const clipped = "The SDK ends such a list with activity.ErrInvalid after its last page. Read older activities with UserActivities or ProjectActivities."
	switch {
	case !a.listed && a.refuses():
		return settles("an older date_from is refused with status 400", "Read older activities with UserActivities or ProjectActivities.")
	case !a.listed:
		return leavesOpen("with an older date_from: " + a.problem())
	case a.from.IsZero():
		return leavesOpen("with an older date_from it returns none")
	case !unbounded.from.IsZero() && a.from.Sub(unbounded.from).Abs() <= dateTolerance:
		return settles("an older date_from is clipped to that", clipped)
	case a.from.Sub(old).Abs() > dateTolerance:
		return settles(fmt.Sprintf("with a date_from three years older, it covers all except %s", formatDuration(a.from.Sub(old))), clipped)
	}
	return d.streamShows(ctx, s, unbounded, old)
}

// streamShows requests activities before what a stream covers without bounds. That the stream
// returns an older date_from does not prove that it obeys it.
func (d *sdElementsProbe) streamShows(ctx context.Context, s *service, unbounded sdElementsAnswer, old time.Time) finding {
	const accepted, follows = "an older date_from is accepted", "DateFrom may be as old as you need."
	if unbounded.from.IsZero() {
		return suggests(accepted+", according to the bounds that the stream returns", follows)
	}
	before := unbounded.from.Add(-dateTolerance).UTC()
	a := d.get(ctx, s, sdElementsStream, "date_from", sdElementsTime(old), "date_to", sdElementsTime(before), "page_size", "1")
	if a.listed && len(a.rows) > 0 && !a.rows[0].Date.IsZero() && a.rows[0].Date.Before(unbounded.from) {
		return settles(accepted+", and older activities come", follows)
	}
	return suggests(accepted+", according to the bounds that the stream returns; no older activity was seen", follows)
}

func (d *sdElementsProbe) cursor(ctx context.Context, s *service) finding {
	known := d.once(ctx, s, sdElementsStream, "page_size", "1")
	if !known.listed {
		return leavesOpen("the stream cannot be read: " + known.problem())
	}
	a := d.get(ctx, s, sdElementsStream, "cursor", "activity-probe", "page_size", "1")
	switch {
	case a.listed:
		return settles(fmt.Sprintf("status 200 and %s: it is ignored", activities(len(a.rows))),
			"A list that is resumed from an invalid cursor starts again: compare the ids.")
	case a.status == http.StatusNotFound && strings.Contains(a.problem(), sdElementsDetails[1]):
		return settles(a.problem(), "A list that is resumed from such a cursor ends with activity.ErrNotFound, as the SDK expects. Read it again.")
	case a.status == http.StatusNotFound:
		return settles(a.problem(), "A list that is resumed from such a cursor ends with activity.ErrNotFound. Read it again.")
	case a.refuses():
		return settles(a.problem(), "A list that is resumed from such a cursor ends with activity.ErrInvalid. Read it again.")
	}
	return leavesOpen("the cursor cannot be tested: " + a.problem())
}
