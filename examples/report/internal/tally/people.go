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

// Names says who is meant by a name: the same person may have one name at one vendor and another at
// the next. A name that is not in it stands for itself.
type Names map[string]string

// Who returns what a person is called: the e-mail address, else the name, else the vendor's and the
// id by which it knows the person. It is "" for nobody.
func (n Names) Who(e activity.Event) string {
	who := cmp.Or(e.Actor.Email, e.Actor.Name)
	if who == "" && e.Actor.ID != "" {
		who = e.Vendor + " " + e.Actor.ID
	}
	return cmp.Or(n[who], who)
}

// People are the events of all vendors, by who did them.
type People struct {
	Busiest []string                    // whoever did most comes first
	Events  map[string][]activity.Event // of each, by time
	Nobody  int                         // events that name nobody
}

// PeopleOf sorts events by who did them, as [Names.Who] calls them. Without a name for it, somebody
// is another person where a vendor has numbers only.
func PeopleOf(events iter.Seq2[activity.Event, error], names Names) (People, error) {
	p := People{Events: map[string][]activity.Event{}}
	for e, err := range events {
		if err != nil {
			return People{}, err
		}
		e.Raw = nil // or it all stays in memory
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

// EventsOf reads the events of a span from feeds, one after the other.
func EventsOf(ctx context.Context, feeds []activity.Feed[activity.Event], span Span) iter.Seq2[activity.Event, error] {
	return func(yield func(activity.Event, error) bool) {
		for _, feed := range feeds {
			for batch, err := range feed.CatchUp(ctx, activity.Checkpoint{}, activity.FollowOptions{Since: span.From, Settle: -1}) {
				if err != nil {
					yield(activity.Event{}, err)
					return
				}
				for _, r := range batch.Records {
					if e := r.Item; span.has(e.Time) && !yield(e, nil) {
						return
					}
				}
			}
		}
	}
}

// BusiestDay returns the day (UTC) on which somebody did most, the latest of equal ones, and what
// it was.
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
