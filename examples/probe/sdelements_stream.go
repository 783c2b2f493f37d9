package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
)

const sdElementsStream = "users/me/activity-stream/"

func (d *sdElements) stream(ctx context.Context, s *service) finding {
	unbounded := d.once(ctx, s, sdElementsStream, "page_size", "1")
	if !unbounded.listed {
		return leavesOpen("the stream cannot be read: " + unbounded.problem())
	}
	return d.join(d.streamSpan(unbounded), d.streamBeyond(ctx, s, unbounded))
}

// near is how far apart dates may be that are meant to be the same. A date without a zone may be
// another zone's.
const near = 25 * time.Hour

func (d *sdElements) streamSpan(a sdElementsAnswer) finding {
	if a.from.IsZero() {
		return leavesOpen("without bounds the stream repeats no date_from")
	}
	to, end := a.to, "date_to is the time of the request"
	switch {
	case to.IsZero():
		to, end = a.now(), "it repeats no date_to"
	case to.Sub(a.now()).Abs() > near:
		end = fmt.Sprintf("date_to differs from the time of the request by %s", span(to.Sub(a.now())))
	}
	const follows = "Set DateFrom to read what is older."
	if a.from.AddDate(1, 0, 0).Sub(to).Abs() <= near {
		return settles("without bounds it covers one year ("+end+")", "The SDK assumes one year. "+follows)
	}
	return settles(fmt.Sprintf("without bounds it covers %s (%s)", span(to.Sub(a.from)), end),
		"The SDK assumes one year. It goes by the bounds that the stream repeats, so nothing else changes. "+follows)
}

// streamBeyond asks for what is older than a stream covers without bounds.
func (d *sdElements) streamBeyond(ctx context.Context, s *service, unbounded sdElementsAnswer) finding {
	begin := unbounded.from
	if begin.IsZero() {
		begin = unbounded.now()
	}
	old := begin.AddDate(-3, 0, 0).UTC().Truncate(time.Second)
	a := d.get(ctx, s, sdElementsStream, "date_from", sdElementsTime(old), "page_size", "1")
	const clipped = "The SDK ends such a list with activity.ErrInvalid after its last page. Read what is older with UserActivities or ProjectActivities."
	switch {
	case !a.listed && a.refuses():
		return settles("an older date_from is refused with status 400", "Read what is older with UserActivities or ProjectActivities.")
	case !a.listed:
		return leavesOpen("with an older date_from: " + a.problem())
	case a.from.IsZero():
		return leavesOpen("with an older date_from it repeats none")
	case !unbounded.from.IsZero() && a.from.Sub(unbounded.from).Abs() <= near:
		return settles("an older date_from is clipped to that", clipped)
	case a.from.Sub(old).Abs() > near:
		return settles(fmt.Sprintf("of a date_from three years older it covers all except %s", span(a.from.Sub(old))), clipped)
	}
	return d.streamShows(ctx, s, unbounded, old)
}

// streamShows asks for activities before what a stream covers without bounds: that it repeats an
// older date_from does not prove that it obeys.
func (d *sdElements) streamShows(ctx context.Context, s *service, unbounded sdElementsAnswer, old time.Time) finding {
	const taken, follows = "an older date_from is taken", "DateFrom reaches as far back as it says."
	if unbounded.from.IsZero() {
		return suggests(taken+", as far as the stream repeats it", follows)
	}
	before := unbounded.from.Add(-near).UTC()
	a := d.get(ctx, s, sdElementsStream, "date_from", sdElementsTime(old), "date_to", sdElementsTime(before), "page_size", "1")
	if a.listed && len(a.rows) > 0 && !a.rows[0].Date.IsZero() && a.rows[0].Date.Before(unbounded.from) {
		return settles(taken+", and older activities come", follows)
	}
	return suggests(taken+", as far as the stream repeats it; no older activity was seen", follows)
}

func (d *sdElements) cursor(ctx context.Context, s *service) finding {
	known := d.once(ctx, s, sdElementsStream, "page_size", "1")
	if !known.listed {
		return leavesOpen("the stream cannot be read: " + known.problem())
	}
	a := d.get(ctx, s, sdElementsStream, "cursor", "activity-probe", "page_size", "1")
	switch {
	case a.listed:
		return settles(fmt.Sprintf("status 200 and %s: it is ignored", number(len(a.rows), "activity", "activities")),
			"A list that is resumed from a cursor that has become invalid begins anew: compare the ids.")
	case a.status == http.StatusNotFound && strings.Contains(a.problem(), sdElementsDetails[1]):
		return settles(a.problem(), "A list that is resumed from such a cursor ends with activity.ErrNotFound, as the SDK expects. Read it again.")
	case a.status == http.StatusNotFound:
		return settles(a.problem(), "A list that is resumed from such a cursor ends with activity.ErrNotFound. Read it again.")
	case a.refuses():
		return settles(a.problem(), "A list that is resumed from such a cursor ends with activity.ErrInvalid. Read it again.")
	}
	return leavesOpen("the cursor cannot be asked with: " + a.problem())
}
