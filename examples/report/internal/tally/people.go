package tally

import (
	"cmp"
	"context"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/activity-sdk/activity"
)

// Names maps the names of a person to one of them, since vendors may know the same person by
// different names. A name that is not in the map stands for itself.
type Names map[string]string

// Who returns the name of the person who caused an event: the e-mail address, or else the name, or
// else the vendor and the person's id there. It returns "" if the event names nobody.
func (n Names) Who(e activity.Event) string {
	who := cmp.Or(e.Actor.Email, e.Actor.Name)
	if who == "" && e.Actor.ID != "" {
		who = e.Vendor + " " + e.Actor.ID
	}
	return cmp.Or(n[who], who)
}

// People are the events of all vendors, grouped by person.
type People struct {
	Busiest []string                    // most events first
	Events  map[string][]activity.Event // of each person, by time
	Nobody  int                         // the number of events that name nobody
}

// PeopleOf groups events by person, as [Names.Who] names them. If a vendor has only a number for a
// person and names does not map it, the number counts as another person.
func PeopleOf(events iter.Seq2[activity.Event, error], names Names) (People, error) {
	p := People{Events: map[string][]activity.Event{}}
	for e, err := range events {
		if err != nil {
			return People{}, err
		}
		e.Raw = nil // frees the memory
		if who := names.Who(e); who == "" {
			p.Nobody++
		} else {
			p.Events[who] = append(p.Events[who], e)
		}
	}
	for _, events := range p.Events {
		slices.SortStableFunc(events, func(a, b activity.Event) int { return a.Time.Compare(b.Time) })
	}
	p.Busiest = slices.SortedFunc(maps.Keys(p.Events), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(p.Events[b]), len(p.Events[a])), cmp.Compare(a, b))
	})
	return p, nil
}

// EventsOf returns the events of a span from feeds, one feed after the other.
func EventsOf(ctx context.Context, feeds []activity.Feed[activity.Event], span Span) iter.Seq2[activity.Event, error] {
	return func(yield func(activity.Event, error) bool) {
		for _, feed := range feeds {
			for batch, err := range feed.CatchUp(ctx, activity.Checkpoint{}, activity.FollowOptions{Since: span.From, Settle: -1}) {
				if err != nil {
					yield(activity.Event{}, err)
					return
				}
				for _, r := range batch.Records {
					if e := r.Item; span.contains(e.Time) && !yield(e, nil) {
						return
					}
				}
			}
		}
	}
}

// BusiestDay returns the day (UTC) on which a person has the most events, and these events. If days
// are equal, it returns the latest.
func (p People) BusiestDay(who string) (day time.Time, events []activity.Event) {
	days := map[time.Time][]activity.Event{}
	for _, e := range p.Events[who] {
		days[midnight(e.Time)] = append(days[midnight(e.Time)], e)
	}
	for at, those := range days {
		if len(those) > len(events) || len(those) == len(events) && at.After(day) {
			day, events = at, those
		}
	}
	return day, events
}
