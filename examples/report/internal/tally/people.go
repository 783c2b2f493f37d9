package tally

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/activity-sdk/activity"
)

// People are the events of all vendors, by who did them.
type People struct {
	Busiest []string                    // whoever did most comes first
	Events  map[string][]activity.Event // of each, by time
	Nobody  int                         // events that name nobody
}

// PeopleOf reads the events of a span. Somebody is the e-mail address, else the name, else the id
// by which a vendor knows the person: the same person is another one where a vendor has numbers
// only.
func PeopleOf(ctx context.Context, feeds []activity.Feed[activity.Event], span Span) (People, error) {
	p := People{Events: map[string][]activity.Event{}}
	for _, feed := range feeds {
		for batch, err := range feed.CatchUp(ctx, activity.Checkpoint{}, activity.FollowOptions{Since: span.From, Settle: -1}) {
			if err != nil {
				return People{}, err
			}
			for _, r := range batch.Records {
				p.add(r.Item, span)
			}
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

func (p *People) add(e activity.Event, span Span) {
	if e.Time.Before(span.From) || !e.Time.Before(span.Until) {
		return
	}
	who := cmp.Or(e.Actor.Email, e.Actor.Name)
	if who == "" && e.Actor.ID != "" {
		who = e.Vendor + " " + e.Actor.ID
	}
	if who == "" {
		p.Nobody++
		return
	}
	p.Events[who] = append(p.Events[who], e)
}

// BusiestDay returns the day (UTC) on which somebody did most, the latest of equal ones, and what
// it was.
func (p People) BusiestDay(who string) (day time.Time, events []activity.Event) {
	days := map[time.Time][]activity.Event{}
	for _, e := range p.Events[who] {
		days[midnight(e.Time.UTC())] = append(days[midnight(e.Time.UTC())], e)
	}
	for at, those := range days {
		if len(those) > len(events) || len(those) == len(events) && at.After(day) {
			day, events = at, those
		}
	}
	return day, events
}
