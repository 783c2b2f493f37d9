package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
)

// asperaWord is what a word of the vendor's looks like. Anything else may be the tenant's.
var asperaWord = regexp.MustCompile(`^[A-Za-z][A-Za-z_ ()-]{0,59}$`)

const (
	eventPages = 3
	mostTypes  = 60 // more are most likely texts, which may name people
)

// askEvents lists the types of events that come, with what the SDK makes of them.
func (a *asperaAccount) askEvents(ctx context.Context, s *service) finding {
	events, whole, last := a.events(ctx, s, aspera.EventQuery{Start: a.start, Stop: a.stop, PageSize: sampleRows})
	if len(events) == 0 {
		events, whole, last = a.events(ctx, s, aspera.EventQuery{})
	}
	if len(events) == 0 {
		if last.status != http.StatusOK || last.err != nil {
			return leavesOpen("application_events: " + asperaFailure(last))
		}
		return leavesOpen("there are no application events")
	}
	return sayEvents(events, whole)
}

// events reads the first pages of a list, or one page of a list without bounds. whole reports
// whether that is all.
func (a *asperaAccount) events(ctx context.Context, s *service, q aspera.EventQuery) (events []aspera.ApplicationEvent, whole bool, last exchange) {
	pages := eventPages
	if q.Start.IsZero() {
		pages = 1
	}
	list := a.organization.ApplicationEvents(q)
	at := activity.Cursor("")
	for range pages {
		var page activity.Page[aspera.ApplicationEvent]
		last = s.ask(ctx, request{call: a.guard("application_events", func(ctx context.Context) (err error) {
			page, err = list.Page(ctx, at)
			return err
		})})
		if last.status != http.StatusOK || last.err != nil {
			return events, false, last
		}
		events = append(events, page.Items...)
		if at = page.Next; at == "" {
			return events, true, last
		}
	}
	return events, false, last
}

func sayEvents(events []aspera.ApplicationEvent, whole bool) finding {
	kinds := map[string]activity.Kind{}
	count := map[string]int{}
	hidden := map[string]bool{}
	for _, e := range events {
		switch name := string(e.EventType); {
		case name == "":
		case asperaWord.MatchString(name):
			kinds[name] = e.Event().Kind
			count[name]++
		default:
			hidden[name] = true
		}
	}
	switch {
	case len(kinds)+len(hidden) == 0:
		return suggests(fmt.Sprintf("none of %d events has an event_type", len(events)),
			"ApplicationEvent.EventType stays empty: see aspera.shapes for what there is. Please share the report.")
	case len(kinds) > mostTypes || len(events) >= 10 && 2*len(kinds) > len(events):
		return leavesOpen(fmt.Sprintf("event_type has %d values in %d events, which look like texts and are not shown", len(kinds)+len(hidden), len(events)))
	}
	var known, unknown []string
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		if kinds[name] == activity.KindOther {
			unknown = append(unknown, fmt.Sprintf("%s (%d)", name, count[name]))
		} else {
			known = append(known, fmt.Sprintf("%s (%d, %s)", name, count[name], kinds[name]))
		}
	}
	say := func(names []string) string {
		if len(names) == 0 {
			return "none"
		}
		return strings.Join(names, ", ")
	}
	answer := fmt.Sprintf("%d events. Types that the SDK knows: %s. Types that it does not know: %s", len(events), say(known), say(unknown))
	follows := "ApplicationEvent.Event knows all types that came."
	if len(hidden) > 0 {
		answer += fmt.Sprintf(". %d types are not shown, since they may not be the vendor's words", len(hidden))
		follows = "Look at the types that are not shown yourself: ApplicationEvent.EventType."
	}
	if len(unknown) > 0 {
		follows = "Types that the SDK does not know are KindOther, and Event.Action has the type. Please share the report."
	}
	if whole && len(hidden) == 0 {
		return settles(answer, follows)
	}
	return suggests(answer, follows)
}
