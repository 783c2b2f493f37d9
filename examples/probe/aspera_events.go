package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
)

const eventPages = 3

// askEvents lists the event types that the service sends, with their kinds in the SDK.
func (a *asperaProbe) askEvents(ctx context.Context, s *service) finding {
	events, last := a.events(ctx, s, aspera.EventQuery{Start: a.start, Stop: a.stop, PageSize: sampleRows})
	if len(events) == 0 {
		events, last = a.events(ctx, s, aspera.EventQuery{})
	}
	if len(events) == 0 {
		if last.status != http.StatusOK || last.err != nil {
			return leavesOpen("application_events: " + outcomeOf(last))
		}
		return leavesOpen("there are no application events")
	}
	return eventsFinding(events)
}

// events reads the first pages of a list, or the first page of a list without bounds.
func (a *asperaProbe) events(ctx context.Context, s *service, q aspera.EventQuery) (events []aspera.ApplicationEvent, last exchange) {
	pages := eventPages
	if q.Start.IsZero() {
		pages = 1
	}
	list := a.organization.ApplicationEvents(q)
	at := activity.Cursor("")
	for range pages {
		var page activity.Page[aspera.ApplicationEvent]
		last = s.send(ctx, request{call: a.guard("application_events", func(ctx context.Context) (err error) {
			page, err = list.Page(ctx, at)
			return err
		})})
		if last.status != http.StatusOK || last.err != nil {
			return events, last
		}
		events = append(events, page.Items...)
		if at = page.Next; at == "" {
			return events, last
		}
	}
	return events, last
}

func eventsFinding(events []aspera.ApplicationEvent) finding {
	var names []string
	kinds := map[string]activity.Kind{}
	for _, e := range events {
		if name := string(e.EventType); name != "" {
			names = append(names, name)
			kinds[name] = e.Event().Kind
		}
	}
	if len(names) == 0 {
		return suggests(fmt.Sprintf("none of %s has an event_type", plural(len(events), "event", "events")),
			"ApplicationEvent.EventType stays empty: see aspera.shapes for the members that there are. Please share the report.")
	}
	knows := func(name string) bool { return kinds[name] != activity.KindOther }
	var known, unknown []string
	for _, name := range names {
		if knows(name) {
			known = append(known, name)
		} else {
			unknown = append(unknown, name)
		}
	}
	constants, _ := countWords(known, knows)
	for i, text := range constants {
		name, _, _ := strings.Cut(text, " (")
		constants[i] = fmt.Sprintf("%s, %s)", strings.TrimSuffix(text, ")"), kinds[name])
	}
	answer := fmt.Sprintf("in %s, types that the SDK knows: %s; types that it does not know: %s", plural(len(events), "event", "events"),
		joinWords(constants, 0), joinWords(countWords(unknown, knows)))
	if len(unknown) > 0 {
		return settles(answer, "For types that the SDK does not know, Event.Kind is KindOther, and Event.Action has the type. Please share the report.")
	}
	return suggests(answer, "ApplicationEvent.Event knows all types that were seen. There may be more.")
}
