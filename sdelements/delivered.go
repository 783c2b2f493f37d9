package sdelements

import (
	"slices"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/paging"
)

// delivered is what a walk remembers of the activities that it delivered, so that none comes twice. Pages are numbered: activities that
// come in at the top push the others down, and a later page begins with what an earlier one ended with.
//
// Three things tell what was pushed down from what is new. The ids delivered last are known one by one. Whatever stands above a known
// one on a page was delivered too, or came in since. And if a page was pushed beyond all of those, the order of the list tells: above
// the last one delivered are later dates and higher ids. The vendor does not promise an order, so each of the two counts only as long as
// the list has kept to it.
type delivered struct {
	bound  int     // how many ids are kept
	recent []int64 // delivered last, in the list's order
	forgot bool    // some were delivered that recent has no more

	byID   bool      // each id so far was below the one before
	byDate bool      // no date so far was after the one before
	date   time.Time // of the last one that has a date

	// level is how many activities the list would have if nothing had come in above the last one delivered; -1 if the service does not
	// count.
	level int
	// count is how many activities the list had when the last page was listed; -1 if the service does not count.
	count int
	// trusted says that the last page was loaded ahead and taken because of its count, which is yet to be confirmed.
	trusted bool
}

// leastKept is how many ids are remembered at least; for large pages it is two pages.
const leastKept = 1000

// noted is how many of them a cursor carries.
const noted = 16

// deliveredNote is what a cursor carries.
type deliveredNote struct {
	IDs       []int64 `json:"i,omitzero"`
	Unordered bool    `json:"u,omitzero"` // not by id
	Date      int64   `json:"d,omitzero"` // microseconds since 1970, rounded up; 0: not by date
	Level     int     `json:"c,omitzero"`
	Trusted   bool    `json:"t,omitzero"`
}

// newDelivered is false for a note that is damaged. A list that may be in any order is not ordered.
func newDelivered(bound int, ordered bool, note jsontext.Value) (*delivered, bool) {
	d := &delivered{bound: bound, byID: ordered, byDate: ordered, level: -1, count: -1}
	if note == nil {
		return d, true
	}
	var n deliveredNote
	if json.Unmarshal(note, &n, json.RejectUnknownMembers(true)) != nil {
		return nil, false
	}
	d.recent, d.forgot, d.trusted = n.IDs, len(n.IDs) >= noted, n.Trusted
	d.byID = ordered && !n.Unordered
	d.byDate = ordered && (n.Date != 0 || len(n.IDs) == 0)
	if n.Date != 0 {
		d.date = time.UnixMicro(n.Date)
	}
	if n.Level > 0 {
		d.level = n.Level
	}
	return d, true
}

// Note is what a cursor carries: enough to go on without a repetition in a list that keeps to an order.
func (d *delivered) Note() jsontext.Value {
	n := deliveredNote{IDs: d.recent[max(len(d.recent)-noted, 0):], Unordered: !d.byID, Level: max(d.level, 0),
		Trusted: d.trusted}
	if d.byDate && !d.date.IsZero() {
		n.Date = d.date.Add(time.Microsecond - 1).UnixMicro()
	}
	text, _ := json.Marshal(n, json.Deterministic(true)) // numbers and a flag, which always have a JSON form
	return text
}

// Follows tells whether a page that was loaded ahead fits behind those that were delivered. If it was listed before they were, and
// activities had come in between, some would be missing at the joint. So it must be a page of a list that has as many as it had then,
// and hold nothing that was delivered.
func (d *delivered) Follows(page paging.Linked[Activity]) bool {
	return page.Total >= 0 && page.Total == d.count && !slices.ContainsFunc(page.Items, func(a Activity) bool {
		return a.ID > 0 && (d.knows(a.ID) || len(d.recent) > 1 && d.above(a))
	})
}

// Sift takes away what was delivered before. Activities without a readable id are never taken away, since nothing tells one from
// another.
func (d *delivered) Sift(page paging.Linked[Activity]) ([]Activity, error) {
	d.observe(page.Items)
	pushed := d.pushed(page.Total)
	if !d.byID && !d.byDate && len(d.recent) > 0 && pushed > len(d.recent) {
		return nil, &activity.Error{Kind: activity.ErrListChanged, Message: "more activities came in between two pages than are " +
			"remembered, in a list that is ordered neither by date nor by id"}
	}
	joint, instant := d.joint(page.Items)
	fresh := page.Items[:0]
	for i, a := range page.Items {
		pastJoint := i >= joint || !instant.IsZero() && a.Date.Equal(instant)
		if a.ID > 0 && (!pastJoint || d.knows(a.ID) || d.beyondMemory(pushed-i) && d.above(a)) {
			continue
		}
		d.add(a)
		fresh = append(fresh, a)
	}
	if err := d.confirm(page, len(page.Items)-len(fresh) > pushed); err != nil {
		return nil, err
	}
	if d.level = -1; page.Total >= 0 {
		d.level = page.Total - max(pushed-len(page.Items), 0) // the page went down its own length
	}
	d.count = page.Total
	d.forget(2 * len(page.Items))
	return fresh, nil
}

// confirm sees whether pages that were trusted for their count deserved it. A page that was asked for after they had arrived tells: had
// they been listed at different times, with as many activities come in between as vanished at the end, it would begin with what one of
// them ended with, and with more of that than the count explains.
func (d *delivered) confirm(page paging.Linked[Activity], unexplained bool) error {
	if d.trusted && !page.Early && (unexplained || len(page.Items) == 0) {
		return &activity.Error{Kind: activity.ErrListChanged, Message: "as many activities vanished as came in while several pages " +
			"were on their way, so that some may have been missed; read the list again, or without WithPrefetch"}
	}
	d.trusted = page.Early
	return nil
}

// observe sees whether a page keeps to an order. Its activities were listed at one instant, so that nothing disturbs it.
func (d *delivered) observe(items []Activity) {
	var id int64
	var date time.Time
	for i := range items {
		a := &items[i]
		if a.ID > 0 {
			d.byID = d.byID && (id == 0 || a.ID <= id)
			id = a.ID
		}
		if !a.Date.IsZero() {
			d.byDate = d.byDate && (date.IsZero() || !a.Date.After(date))
			date = a.Date
		}
	}
}

// pushed tells how many activities came in above the last one delivered, as far as the service counts.
func (d *delivered) pushed(total int) int {
	if total < 0 || d.level < 0 {
		return 0
	}
	return max(total-d.level, 0)
}

// joint gives the index behind the last activity of a page that is known, and that one's date: among those of one instant the service
// may change the order from page to page, so that nothing follows for them.
func (d *delivered) joint(items []Activity) (int, time.Time) {
	for i := range slices.Backward(items) {
		if d.knows(items[i].ID) {
			return i + 1, items[i].Date
		}
	}
	return 0, time.Time{}
}

func (d *delivered) knows(id int64) bool {
	if d.byID && len(d.recent) > 0 && id < d.recent[len(d.recent)-1] {
		return false // as for nearly all, without a search
	}
	return slices.Contains(d.recent, id)
}

// beyondMemory tells whether the order decides about an activity that is not known: it may have been delivered all the same, or have come
// in since. distance is how far above the last one delivered the service's count puts it. The count does not show what came in if as
// many were retired, which matters where little is known: behind a cursor.
func (d *delivered) beyondMemory(distance int) bool {
	switch {
	case len(d.recent) < 2:
		return false // one activity makes no order
	case distance > len(d.recent):
		return true
	case d.level < 0:
		return len(d.recent) >= noted // an order that so many keep to is no chance
	default:
		return d.forgot && len(d.recent) < d.bound
	}
}

// above tells by the list's order whether the place of an activity that is not known is above the last one delivered: it was delivered
// too long ago to be known, or came in since.
func (d *delivered) above(a Activity) bool {
	switch {
	case d.byID && a.ID < d.recent[0]:
		return false // all that were delivered from there on down are known
	case d.byID && d.byDate:
		return a.Date.IsZero() || !a.Date.Before(d.date)
	case d.byID:
		return true
	case d.byDate:
		return a.Date.After(d.date)
	default:
		return false
	}
}

func (d *delivered) add(a Activity) {
	if a.ID > 0 {
		d.byID = d.byID && (len(d.recent) == 0 || a.ID < d.recent[len(d.recent)-1])
		d.recent = append(d.recent, a.ID)
	}
	if !a.Date.IsZero() {
		d.byDate = d.byDate && (d.date.IsZero() || !a.Date.After(d.date))
		d.date = a.Date
	}
}

// forget keeps the ids within their bound, which is not below atLeast.
func (d *delivered) forget(atLeast int) {
	if surplus := len(d.recent) - max(d.bound, atLeast); surplus > 0 {
		d.recent = slices.Delete(d.recent, 0, surplus)
		d.forgot = true
	}
}
