package opswat

import (
	"context"
	"log/slog"
	"slices"

	"github.com/activity-sdk/activity"
)

// maxRereads is how often the pages on both sides of a joint are read again.
const maxRereads = 3

// feedWalk reads a list that moves and counts the activities that are alike. New activities at the head push the others on, so that a
// page repeats rows of the one before. Within a page all is as it was at one moment. The rows are ordered by time, and those that are
// alike have the same time, so of a page only the leading rows can belong together with rows of the page before, if they are of the very
// second with which it ended. All others are counted anew: if a page has three that are alike, there are three.
type feedWalk struct {
	pages  *activityPages
	loops  activity.Source[Activity] // the same with a guard, for the way forward
	counts map[key]int               // delivered, of those that are alike

	at     activity.Cursor // of the page before
	before []Activity      // its rows
	tail   map[key]int     // how many there are of their like, up to its end
	ahead  activity.Cursor // of the page that comes next
}

func newFeedWalk(pages *activityPages) *feedWalk {
	return &feedWalk{pages: pages, loops: pages.Walk(), counts: map[key]int{}}
}

// next reads a page and gives those of its rows that are new. An activity that stands in the list twice is one of two; one that moved is
// not.
func (w *feedWalk) next(ctx context.Context) (activity.Page[activity.Record[Activity]], error) {
	none := activity.Page[activity.Record[Activity]]{Total: -1}
	at := w.ahead
	page, err := w.loops.Page(ctx, at)
	if err != nil {
		return none, err
	}
	var records []activity.Record[Activity]
	lead := func() int { return w.lead(page.Items) } // rows that come on top of those of the page before that are alike
	for try := 0; w.ambiguous(page.Items); try++ {
		if try == maxRereads {
			w.pages.api.Logger().LogAttrs(ctx, slog.LevelWarn, "the list moves too fast to tell what is alike from what moved",
				slog.String("vendor", vendor), slog.String("op", "follow activities"))
			lead = func() int { return 0 }
			break
		}
		again, err := w.pages.Page(ctx, w.at)
		if err != nil {
			return none, err
		}
		if slices.EqualFunc(again.Items, w.before, alike) {
			break
		}
		records = append(records, w.count(again.Items, 0)...)
		if w.before = again.Items; again.Next == "" {
			page = again
			page.Items = nil
			break
		}
		if page, err = w.pages.Page(ctx, at); err != nil {
			return none, err
		}
	}
	records = append(records, w.count(page.Items, lead())...)
	w.at, w.before, w.ahead = at, page.Items, page.Next
	return activity.Page[activity.Record[Activity]]{Items: records, Next: page.Next, Total: -1, Raw: page.Raw, Date: page.Date}, nil
}

// lead is how many rows a page begins with that are of the second with which the page before ended.
func (w *feedWalk) lead(rows []Activity) int {
	if len(w.before) == 0 {
		return 0
	}
	end := w.before[len(w.before)-1].Timestamp
	other := slices.IndexFunc(rows, func(a Activity) bool { return !a.Timestamp.Equal(end) })
	if other < 0 {
		return len(rows)
	}
	return other
}

// ambiguous tells whether one of the leading rows of a page was counted before, and may either be that one or another that is alike.
func (w *feedWalk) ambiguous(rows []Activity) bool {
	return slices.ContainsFunc(rows[:w.lead(rows)], func(a Activity) bool { return w.counts[keyOf(&a)] > 0 })
}

func alike(a, b Activity) bool { return keyOf(&a) == keyOf(&b) }

// count gives the rows of a page that are more than were counted of their like. The first so many come on top of those of the page
// before.
func (w *feedWalk) count(rows []Activity, lead int) []activity.Record[Activity] {
	var fresh []activity.Record[Activity]
	here := map[key]int{}
	if lead > 0 {
		here = w.tail
	}
	for i := range rows {
		k := keyOf(&rows[i])
		if here[k]++; here[k] <= w.counts[k] {
			continue
		}
		w.counts[k] = here[k]
		fresh = append(fresh, activity.Record[Activity]{Key: k.numbered(here[k]), Item: rows[i], Time: rows[i].Timestamp})
	}
	w.tail = here
	return fresh
}
