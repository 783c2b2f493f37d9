package main

import (
	"context"
	"fmt"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/report/internal/page"
	"github.com/activity-sdk/activity/examples/report/internal/tally"
)

// page answers with a page of the newest events: those of the span or, from a file, all events
// unless the user set -since.
func (e *allSource) page(ctx context.Context, span tally.Span, where string) (answer, error) {
	if e.all {
		span = tally.Span{}
	}
	events, all, err := e.events.newest(ctx, span, e.most)
	if err != nil {
		return answer{}, err
	}
	return pageAnswer(events, all, where, e.names, time.Now()), nil
}

// pageAnswer returns the page with events, of which there are all in the source.
func pageAnswer(events []activity.Event, all int, where string, names tally.Names, made time.Time) answer {
	p := &page.Page{Where: where, Made: made, All: all, Events: make([]page.Event, len(events))}
	for i, e := range events {
		p.Events[i] = page.Event{Event: e, Who: names.Who(e)}
	}
	note := fmt.Sprintf("The page has %d of %d events. Open it in a browser to filter them by vendor, person, kind and time.", len(events), all)
	if all > len(events) {
		note += " They are the newest: -events allows more, and -since selects fewer."
	}
	return answer{notes: []string{note}, page: p}
}
