package opswat

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/activity-sdk/activity"
)

// maxRereads limits how often the two pages at a page boundary are read again, and how often the
// whole list is.
const maxRereads = 3

// feedWalk reads a list whose rows move, and numbers the activities that have the same key.
//
// New activities at the head of the list move the others, so a page may begin with rows of the page
// before. Within a page, all rows are as they were at one moment. Rows are ordered by time, and
// rows with the same key have the same time. So only the leading rows of a page can repeat rows of
// the page before: those of the second with which that page ended. All other rows are counted page
// by page: if a page has three with the same key, there are three.
//
// In an ambiguous hour, rows have the same timestamp without having the same time. They are counted
// separately for the two hours, so the hour of each row must be known. It is unclear for a page
// without a step if rows moved. Then the page before is read again, which shows how many rows
// moved. If that does not show either, the walk begins again and, after three times, goes on
// without knowing the hours. From then on, a row counts if a page has more rows with its key than
// were counted in both hours. So too few may be delivered, which a later walk finds, but not too
// many.
//
// A key does not depend on the hour, since an hour with few activities may have no step. The rows
// of both hours are numbered together, the oldest first, so that a later activity does not get the
// number of an earlier one. Therefore they are held until all have been read.
type feedWalk struct {
	chooseList func() *activityList // with what is known of the service's clock now
	list       *activityList
	loop       loopDetector
	counts     map[group]int // how many activities were delivered or are held

	at         position // of the previous page
	previous   splitPage
	pageCounts map[group]int // how many rows of the group were found up to the end of the previous page

	held         []heldRow // rows of ambiguous hours
	stepFound    bool
	hoursUnknown bool
	restarts     int // because the hours were unknown
}

// group identifies activities that are counted together.
type group struct {
	key       key
	firstHour bool // of an ambiguous time
}

// heldRow is a row of an ambiguous hour: the nth of its group, counted from the newest.
type heldRow struct {
	activity Activity
	group
	nth        int
	secondHour bool // if there is a step
}

func newFeedWalk(chooseList func() *activityList) *feedWalk {
	list := chooseList()
	return &feedWalk{chooseList: chooseList, list: list, counts: map[group]int{}, at: position{Size: list.size}}
}

// page reads a page. If the response shows that the service's clock is further ahead than was
// known, the age in the request was too short, and the page is requested again.
func (w *feedWalk) page(ctx context.Context, at position) (activity.Page[Activity], error) {
	for tries := 0; ; tries++ {
		known := w.list.clock.now()
		page, err := w.list.page(ctx, at)
		if err != nil || w.list.ageSince.IsZero() || page.Date.Sub(known) < time.Hour || tries == maxRereads {
			return page, err
		}
		if w.at.Page == 0 { // nothing was read yet
			w.list = w.chooseList()
		}
	}
}

// next reads a page and returns the records that it adds. Of two rows with the same key, both are
// records if both are in the list, and one is if the row moved.
func (w *feedWalk) next(ctx context.Context) (activity.Page[activity.Record[Activity]], error) {
	at := position{Page: w.at.Page + 1, Size: w.at.Size}
	page, err := w.page(ctx, at)
	if err == nil {
		err = w.loop.check(w.list, at, page)
	}
	var b boundary
	if err == nil {
		b, err = w.resolveBoundary(ctx, at, page)
	}
	if err != nil {
		return activity.Page[activity.Record[Activity]]{Total: -1}, err
	}
	page = b.page
	leading := 0
	if b.continues {
		leading = w.leadingRows(page.Items)
	}
	split := w.splitNext(page.Items, b.moved)
	records := b.records
	if w.hoursUnknown && w.restarts < maxRereads && page.Next != "" {
		w.restart()
	} else {
		records = append(records, w.count(split, leading)...)
		w.at, w.previous = at, split
	}
	if page.Next == "" {
		records = append(records, w.release()...)
	}
	return activity.Page[activity.Record[Activity]]{Items: records, Next: page.Next, Total: -1, Raw: page.Raw, Date: page.Date}, nil
}

// boundary is what is known about a page and the page before it.
type boundary struct {
	page      activity.Page[Activity]     // as it was read last
	records   []activity.Record[Activity] // that the page before has gained
	continues bool                        // the page begins after the last row of the page before
	moved     int                         // the most rows that can have moved in between; -1: too many to tell
}

// resolveBoundary reads the page before again, and then the page too, as long as it is unclear how
// the rows of the page must be counted.
func (w *feedWalk) resolveBoundary(ctx context.Context, at position, page activity.Page[Activity]) (boundary, error) {
	b := boundary{page: page, continues: true}
	for try := 0; ; try++ {
		leadUnclear, hourUnclear := w.leadUnclear(b.page.Items), w.hourUnclear(b.page.Items)
		if leadUnclear && try == maxRereads {
			w.list.api.Logger().LogAttrs(ctx, slog.LevelWarn, "the list changes too fast to tell repeated activities from activities that moved",
				slog.String("op", "follow activities"))
			leadUnclear, b.continues = false, false
		}
		if !leadUnclear && !hourUnclear {
			return b, nil
		}
		again, err := w.page(ctx, w.at)
		if err != nil {
			return b, err
		}
		if again.Next == "" {
			b.page = again
			return b, nil
		}
		if b.moved = insertedRows(w.previous.rows, again.Items); b.moved == 0 {
			b.continues = true
			return b, nil
		}
		if !leadUnclear && (b.moved > 0 || try == maxRereads) {
			w.hoursUnknown = w.hoursUnknown || b.moved < 0
			return b, nil
		}
		w.previous = w.splitReread(again.Items, b.moved)
		b.records = append(b.records, w.count(w.previous, 0)...)
		if b.page, err = w.page(ctx, at); err != nil {
			return b, err
		}
	}
}

// leadUnclear reports whether a leading row of a page has the key of a row that was counted. It may
// be that row, which moved, or another one.
func (w *feedWalk) leadUnclear(rows []Activity) bool {
	return slices.ContainsFunc(rows[:w.leadingRows(rows)], func(a Activity) bool {
		k := keyOf(&a)
		return w.counts[group{key: k}] > 0 || w.counts[group{k, true}] > 0
	})
}

// leadingRows returns how many rows at the beginning of a page are of the second with which the
// previous page ended.
func (w *feedWalk) leadingRows(rows []Activity) int {
	if len(w.previous.rows) == 0 {
		return 0
	}
	end := w.previous.rows[len(w.previous.rows)-1].Timestamp
	other := slices.IndexFunc(rows, func(a Activity) bool { return !a.Timestamp.Equal(end) })
	if other < 0 {
		return len(rows)
	}
	return other
}

// insertedRows returns how many rows came in at the front of a page since it was read before. It
// returns -1 if that does not show, since more came in than a page has room for, or the rows
// changed in another way.
func insertedRows(before, again []Activity) int {
	if slices.EqualFunc(again, before, sameKey) {
		return 0
	}
	for n := 1; n < len(again); n++ {
		shared := min(len(again)-n, len(before))
		if slices.EqualFunc(again[n:n+shared], before[:shared], sameKey) {
			return n
		}
	}
	return -1
}

// restart begins the list again. The held rows have not been delivered.
func (w *feedWalk) restart() {
	for _, row := range w.held {
		delete(w.counts, row.group)
	}
	w.held, w.stepFound, w.hoursUnknown, w.restarts = nil, false, false, w.restarts+1
	w.at, w.previous, w.pageCounts = position{Size: w.at.Size}, splitPage{}, nil
}

func sameKey(a, b Activity) bool { return keyOf(&a) == keyOf(&b) }

// count returns the rows of a page that exceed what was counted of their group. It holds those of
// ambiguous hours instead. If there are leading rows, the page is counted together with the one
// before.
func (w *feedWalk) count(p splitPage, leading int) []activity.Record[Activity] {
	var fresh []activity.Record[Activity]
	found := map[group]int{}
	if leading > 0 {
		found = w.pageCounts
	}
	for i, a := range p.rows {
		twice := ambiguous(a)
		g := group{key: keyOf(&a), firstHour: twice && i >= p.split && !w.hoursUnknown}
		counted := w.counts[g]
		if w.hoursUnknown {
			counted += w.counts[group{g.key, true}]
		}
		if found[g]++; found[g] <= counted {
			continue
		}
		w.counts[g]++
		if twice {
			w.held = append(w.held, heldRow{activity: a, group: g, nth: w.counts[g], secondHour: !g.firstHour && !w.hoursUnknown})
		} else {
			fresh = append(fresh, record(a, g.key.numbered(w.counts[g])))
		}
	}
	w.pageCounts = found
	return fresh
}

// release returns the held rows with the instants that they mean. If the list showed no step, that
// is the first hour.
func (w *feedWalk) release() []activity.Record[Activity] {
	records := make([]activity.Record[Activity], len(w.held))
	for i, row := range w.held {
		n := w.counts[row.group] - row.nth + 1
		if !row.firstHour {
			n += w.counts[group{row.key, true}]
		}
		first, second := occurrences(row.activity.Timestamp)
		if row.activity.Timestamp = first; row.secondHour && w.stepFound {
			row.activity.Timestamp = second
		}
		records[i] = record(row.activity, row.key.numbered(n))
	}
	return records
}

func record(a Activity, key string) activity.Record[Activity] {
	return activity.Record[Activity]{Key: key, Item: a, Time: a.Timestamp}
}
