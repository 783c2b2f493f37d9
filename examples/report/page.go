package main

import (
	"context"
	"fmt"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/report/internal/page"
	"github.com/activity-sdk/activity/examples/report/internal/tally"
)

// page puts the newest events on a page: those of the span or, of a file, all that there are unless
// the user named a time.
func (e *everywhereSource) page(ctx context.Context, span tally.Span, where string) (answer, error) {
	if e.all {
		span = tally.Span{}
	}
	events, all, err := e.events.newest(ctx, span, e.most)
	if err != nil {
		return answer{}, err
	}
	return pageAnswer(events, all, where, e.names, time.Now()), nil
}

// pageAnswer puts events on a page, of which there are more in all.
func pageAnswer(events []activity.Event, all int, where string, names tally.Names, made time.Time) answer {
	p := &page.Page{Where: where, Made: made, All: all, Events: make([]page.Event, len(events))}
	for i, e := range events {
		p.Events[i] = page.Event{Event: e, Who: names.Who(e)}
	}
	note := fmt.Sprintf("The page has %d of %d events, to be looked through in a browser by vendor, person, kind and time.", len(events), all)
	if all > len(events) {
		note += " They are the newest: -events takes more, and -since fewer."
	}
	return answer{notes: []string{note}, page: p}
}
