package opswat

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/activity-sdk/activity"
)

// maxRereads is how often the pages on both sides of a joint are read again, and how often the
// list.
const maxRereads = 3

// feedWalk reads a list that moves and counts the activities that are alike. New activities at the
// head push the others on, so that a page repeats rows of the one before. Within a page all is as
// it was at one moment. The rows are ordered by time, and those that are alike have the same time.
// So of a page only the leading rows can belong together with rows of the page before, if they are
// of the very second with which it ended. All others are counted anew: if a page has three that are
// alike, there are three.
//
// In a doubled hour rows have the same timestamp without having the same time. They are counted
// apart for the two hours, for which the side of the step has to be known for each row. It is not
// known where a page without a step may stand on either side because the list moved. Then the page
// before is read again, which shows how far it moved. Where even that does not show, the walk
// begins again and, after three times, goes on without sides. A row then counts if a page has more
// rows like it than were counted in both hours: too few may come, to be found by a later reading,
// but not too many.
//
// The keys do not depend on the side, since a quiet hour may show no step. The rows of both hours
// are numbered together, the oldest first, so that a later one does not get the number of an
// earlier one. They are therefore kept until all have been read.
type feedWalk struct {
	choose func() *activityList // as the clock is known now
	list   *activityList
	circle circle
	counts map[likeness]int // delivered, of those that are alike

	at     position // of the page before
	before feedPage
	tail   map[likeness]int // how many there are of their like, up to the end of the page before

	kept     []keptRow // rows of doubled hours
	stepped  bool      // a step was seen
	sideless bool      // the sides of rows are not known any more
	restarts int       // because of that
}

// feedPage is the rows of a page, of which those from an index on stand below the step.
type feedPage struct {
	rows []Activity
	step int
}

// endsBelow reports whether what follows the page stands below the step.
func (p feedPage) endsBelow() bool { return p.step < len(p.rows) }

// likeness is what activities have in common that are counted together.
type likeness struct {
	key       key
	belowStep bool
}

// keptRow is a row of a doubled hour: the nth of its like, counted from the newest.
type keptRow struct {
	activity Activity
	likeness
	nth       int
	aboveStep bool // if there is one
}

func newFeedWalk(choose func() *activityList) *feedWalk {
	list := choose()
	return &feedWalk{choose: choose, list: list, counts: map[likeness]int{}, at: position{Size: list.size}}
}

// page reads a page. If its answer shows that the service's clock is further ahead than was known,
// so that the age was counted too short, the page is asked for again.
func (w *feedWalk) page(ctx context.Context, at position) (activity.Page[Activity], error) {
	for tries := 0; ; tries++ {
		known := w.list.clock.now()
		page, err := w.list.page(ctx, at)
		if err != nil || w.list.since.IsZero() || page.Date.Sub(known) < time.Hour || tries == maxRereads {
			return page, err
		}
		if w.at.Page == 0 { // nothing was read yet
			w.list = w.choose()
		}
	}
}

// next reads a page and returns those of its rows that are new. An activity that stands in the list
// twice is one of two; one that moved is not.
func (w *feedWalk) next(ctx context.Context) (activity.Page[activity.Record[Activity]], error) {
	at := position{Page: w.at.Page + 1, Size: w.at.Size}
	answer, err := w.page(ctx, at)
	if err == nil {
		err = w.circle.check(w.list, at, answer)
	}
	var j joint
	if err == nil {
		j, err = w.join(ctx, at, answer)
	}
	if err != nil {
		return activity.Page[activity.Record[Activity]]{Total: -1}, err
	}
	answer = j.answer
	lead := 0
	if j.follows {
		lead = w.lead(answer.Items)
	}
	rows := w.following(answer.Items, j.moved)
	records := j.records
	if w.sideless && w.restarts < maxRereads && answer.Next != "" {
		w.restart()
	} else {
		records = append(records, w.count(rows, lead)...)
		w.at, w.before = at, rows
	}
	if answer.Next == "" {
		records = append(records, w.release()...)
	}
	return activity.Page[activity.Record[Activity]]{Items: records, Next: answer.Next, Total: -1, Raw: answer.Raw, Date: answer.Date}, nil
}

// joint is what is known about a page and the one before.
type joint struct {
	answer  activity.Page[Activity]     // the page as it was read last
	records []activity.Record[Activity] // what the page before has gained
	follows bool                        // the page begins behind the one before, where that matters
	moved   int                         // how many rows moved in between, at most; -1: too many to say
}

// join reads the page before again, and the page too if that does not help, as long as it is
// unclear how the rows of the page are to be counted.
func (w *feedWalk) join(ctx context.Context, at position, answer activity.Page[Activity]) (joint, error) {
	j := joint{answer: answer, follows: true}
	for try := 0; ; try++ {
		lead, side := w.unclearLead(j.answer.Items), w.unclearSide(j.answer.Items)
		if lead && try == maxRereads {
			w.list.api.Logger().LogAttrs(ctx, slog.LevelWarn, "the list moves too fast to tell what is alike from what moved",
				slog.String("op", "follow activities"))
			lead, j.follows = false, false
		}
		if !lead && !side {
			return j, nil
		}
		again, err := w.page(ctx, w.at)
		if err != nil {
			return j, err
		}
		if again.Next == "" {
			j.answer = again
			return j, nil
		}
		if j.moved = shift(w.before.rows, again.Items); j.moved == 0 {
			j.follows = true
			return j, nil
		}
		if !lead && (j.moved > 0 || try == maxRereads) {
			w.sideless = w.sideless || j.moved < 0
			return j, nil
		}
		w.before = w.shifted(again.Items, j.moved)
		j.records = append(j.records, w.count(w.before, 0)...)
		if j.answer, err = w.page(ctx, at); err != nil {
			return j, err
		}
	}
}

// unclearLead reports whether one of the leading rows of a page was counted before, and may either
// be that one or another that is alike.
func (w *feedWalk) unclearLead(rows []Activity) bool {
	return slices.ContainsFunc(rows[:w.lead(rows)], func(a Activity) bool {
		k := keyOf(&a)
		return w.counts[likeness{key: k}] > 0 || w.counts[likeness{k, true}] > 0
	})
}

// lead returns how many rows a page begins with that are of the second with which the page before
// ended.
func (w *feedWalk) lead(rows []Activity) int {
	if len(w.before.rows) == 0 {
		return 0
	}
	end := w.before.rows[len(w.before.rows)-1].Timestamp
	other := slices.IndexFunc(rows, func(a Activity) bool { return !a.Timestamp.Equal(end) })
	if other < 0 {
		return len(rows)
	}
	return other
}

// restart begins the list again. What was kept has not been delivered.
func (w *feedWalk) restart() {
	for _, row := range w.kept {
		delete(w.counts, row.likeness)
	}
	w.kept, w.stepped, w.sideless, w.restarts = nil, false, false, w.restarts+1
	w.at, w.before, w.tail = position{Size: w.at.Size}, feedPage{}, nil
}

func alike(a, b Activity) bool { return keyOf(&a) == keyOf(&b) }

// count returns the rows of a page that are more than were counted of their like, except those of
// doubled hours, which it keeps. The number of leading rows come on top of those of the page
// before.
func (w *feedWalk) count(p feedPage, lead int) []activity.Record[Activity] {
	var fresh []activity.Record[Activity]
	here := map[likeness]int{}
	if lead > 0 {
		here = w.tail
	}
	for i, a := range p.rows {
		twice := doubled(a)
		like := likeness{key: keyOf(&a), belowStep: twice && i >= p.step && !w.sideless}
		counted := w.counts[like]
		if w.sideless {
			counted += w.counts[likeness{like.key, true}]
		}
		if here[like]++; here[like] <= counted {
			continue
		}
		w.counts[like]++
		if twice {
			w.kept = append(w.kept, keptRow{activity: a, likeness: like, nth: w.counts[like], aboveStep: !like.belowStep && !w.sideless})
		} else {
			fresh = append(fresh, record(a, like.key.numbered(w.counts[like])))
		}
	}
	w.tail = here
	return fresh
}

// release returns the rows of doubled hours, with the instants that they mean, as far as a step
// shows them. Without a step they are taken for those of the first hour.
func (w *feedWalk) release() []activity.Record[Activity] {
	records := make([]activity.Record[Activity], len(w.kept))
	for i, row := range w.kept {
		n := w.counts[row.likeness] - row.nth + 1
		if !row.belowStep {
			n += w.counts[likeness{row.key, true}]
		}
		first, second := occurrences(row.activity.Timestamp)
		if row.activity.Timestamp = first; row.aboveStep && w.stepped {
			row.activity.Timestamp = second
		}
		records[i] = record(row.activity, row.key.numbered(n))
	}
	return records
}

func record(a Activity, key string) activity.Record[Activity] {
	return activity.Record[Activity]{Key: key, Item: a, Time: a.Timestamp}
}

// shift returns how many rows came in at the front of a page that was read again; -1 if it does not
// show, since more came in than there is room for, or others than those.
func shift(before, again []Activity) int {
	if slices.EqualFunc(again, before, alike) {
		return 0
	}
	for n := 1; n < len(again); n++ {
		shared := min(len(again)-n, len(before))
		if slices.EqualFunc(again[n:n+shared], before[:shared], alike) {
			return n
		}
	}
	return -1
}
