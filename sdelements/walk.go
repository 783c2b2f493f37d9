package sdelements

import (
	"context"
	"hash/fnv"
	"iter"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/cursor"
	"github.com/activity-sdk/activity/internal/paging"
)

// pages is the list's [activity.Source].
//
// Pages are numbered, and rows move from one to another while a list is read. Two things show it:
// the service's count, and rows that come again. Whenever rows moved in another way than the count
// explains, both pages around the joint are read once more, in one answer, which shows the list at
// a single moment. A row is left out only because its own id was delivered.
func (s *activitySource) pages(ctx context.Context, from activity.Cursor) iter.Seq2[activity.Page[Activity], error] {
	return func(yield func(activity.Page[Activity], error) bool) {
		w, err := s.begin(from)
		for err == nil {
			var page activity.Page[Activity]
			if page, err = w.next(ctx); err == nil && (!yield(page, nil) || page.Next == "") {
				return
			}
		}
		yield(activity.Page[Activity]{Total: -1}, err)
	}
}

// activityWalk is the state of one range over a list.
type activityWalk struct {
	*activitySource
	position
	begun    int // the number of the first page whose rows are remembered; 0: no page was read yet
	recent   *paging.Recent[rowKey]
	last     []rowKey        // of the page before, and of the rows behind it that were pushed there
	followed map[string]bool // the places so far
	warned   bool            // of a service that covers less time than was asked for
}

func (s *activitySource) begin(from activity.Cursor) (*activityWalk, error) {
	w := &activityWalk{activitySource: s, followed: map[string]bool{}}
	if from == "" {
		w.position = position{Size: s.pageSize, Count: -1, Full: true}
		w.recent = paging.NewRecent[rowKey](w.remembered())
		return w, nil
	}
	p, err := cursor.Position[position](s.cursors, from)
	if err != nil {
		return nil, err
	}
	keys, ok := unpackKeys(p.Keys)
	if !ok || !p.valid() || !s.mayEnd(p.Bound) || p.Place != "" && !s.Valid(p.Place) {
		return nil, s.cursors.Mismatch()
	}
	w.position, w.last = p, keys
	w.recent = paging.NewRecent[rowKey](w.remembered())
	before := w.number() - 1
	if w.begun = max(before, 1); p.Cut {
		w.begun++
	}
	for _, k := range keys {
		w.recent.Note(k, float64(before), nil)
	}
	return w, nil
}

// remembered is how many rows a walk remembers at least: enough to recognize those that repair
// reads again, and those that were pushed on by others that came in.
func (w *activityWalk) remembered() int { return max(1000, 5*w.Size) }

// next reads the page at the walk's place and moves behind it.
func (w *activityWalk) next(ctx context.Context) (activity.Page[Activity], error) {
	none := activity.Page[Activity]{}
	if w.Narrow && w.Place == "" && w.begun > 0 {
		return none, w.Client.Fail(w.op, activity.ErrInvalid, "the service covers less time than DateFrom and DateTo ask for; "+
			"what was delivered is good: ask for no more than it covers")
	}
	if w.followed[w.Place] {
		return none, w.Client.Fail(w.op, activity.ErrCursorLoop, "a page links to one that was read before; nothing is repeated")
	}
	w.followed[w.Place] = true
	a, err := w.fetch(ctx, w.Place)
	if err != nil {
		return none, err
	}
	if w.begun == 0 {
		w.pin(a)
		w.begun = 1
	}
	number := w.number()
	if a.first = number; number > 1 {
		if a, err = w.join(ctx, number, a); err != nil {
			return none, err
		}
	}
	page := activity.Page[Activity]{Items: w.pass(a), Total: a.count, Raw: a.body, Date: a.date}
	w.advance(number, a)
	if w.Place != "" || w.Narrow {
		w.Keys, w.Cut = packKeys(w.last)
		page.Next, err = cursor.At(w.cursors, w.position)
	}
	return page, err
}

// pin fixes the end of a walk whose pages are numbered, so that what comes in later moves no row:
// at the moment of the first answer, by the service's clock, and not before any activity in it. The
// query's own end counts if it is earlier. A list that does not begin with its newest activities is
// not bounded: others that are dated ahead may follow.
func (w *activityWalk) pin(a answer) {
	if place, _ := url.ParseQuery(a.place); !place.Has("page") {
		return
	}
	end := a.date
	if end.IsZero() {
		end = time.Now()
	}
	end = end.Truncate(time.Second).Add(time.Second)
	var before time.Time
	for i := range a.items {
		at := a.items[i].Date
		if at.IsZero() {
			continue
		}
		if !before.IsZero() && at.After(before) {
			return
		}
		if before = at; !at.Before(end) {
			end = at.Add(unit)
		}
	}
	if w.dateTo.IsZero() || end.Before(w.dateTo) {
		w.Bound = ceil(end)
	}
}

// join returns what continues the pages before: a numbered page, or what repair reads in its stead.
func (w *activityWalk) join(ctx context.Context, number int, a answer) (answer, error) {
	w.Pushed += w.grown(a)
	if w.Pushed > w.recent.Len() && w.oldest() > 1 {
		return answer{}, w.changed("more activities came in between two pages than are remembered")
	}
	moved := w.moved(a.items) > w.Pushed
	w.Unstable = w.Unstable || moved && a.count == w.Count
	if a.gone || w.fallen(a) > 0 || moved {
		return w.repair(ctx, number, a)
	}
	a.mayHaveMoved = w.Pushed
	return a, nil
}

// grown returns how many more activities the list has now than when the last page was listed, as
// far as the service counts.
func (w *activityWalk) grown(a answer) int {
	if w.Count < 0 || a.count < 0 {
		return 0
	}
	return max(a.count-w.Count, 0)
}

// fallen returns by how much the service's count is lower than it was.
func (w *activityWalk) fallen(a answer) int {
	if a.count < 0 {
		return 0
	}
	return max(w.Count-a.count, 0)
}

// moved counts the activities that were read before and come again.
func (w *activityWalk) moved(items []Activity) (n int) {
	for i := range items {
		if _, _, known := w.find(&items[i]); known == paging.Itself && items[i].ID > 0 {
			n++
		}
	}
	return n
}

// pass returns the activities that were not delivered before, and notes that they are now. One
// without an id can only be told from others by its bytes; it is left out if it was delivered
// before and is among those at the beginning of a page that may have moved there.
func (w *activityWalk) pass(a answer) []Activity {
	fresh, whole := []Activity(nil), true // nothing is copied as long as all are new
	for i := range a.items {
		item := &a.items[i]
		k, _, known := w.find(item)
		if known == paging.Another {
			k = keyOfBytes(item.Raw)
		}
		w.recent.Note(k, float64(a.first+i/w.Size), item.Raw)
		again := known != paging.Unknown && (item.ID > 0 || i < a.mayHaveMoved)
		switch {
		case again && whole:
			fresh, whole = slices.Clone(a.items[:i]), false
		case !again && !whole:
			fresh = append(fresh, *item)
		}
		if !again || known == paging.Another {
			w.Passed++
		}
	}
	if whole {
		return a.items
	}
	return fresh
}

// find looks an activity up among those that were read, and returns the key by which it is
// remembered.
func (w *activityWalk) find(a *Activity) (rowKey, paging.Met, paging.Recognized) {
	return w.recent.Recognize(keyOf(a), a.Raw, keyOfBytes)
}

// advance moves the walk behind a page.
func (w *activityWalk) advance(number int, a answer) {
	w.Full = w.Full && (len(a.items) >= w.Size || a.place == "")
	w.Fell += w.fallen(a)
	w.Pushed = max(w.Pushed-(a.first-number)*w.Size-len(a.items), 0)
	w.Count, w.Place = a.count, a.place
	pushed := w.last[max(len(w.last)-w.Pushed, 0):]
	w.last = append(keysOf(a.items), pushed...)
}

// number returns the number of the page that comes next; 0 where pages are not numbered.
func (w *activityWalk) number() int {
	if w.Place == "" {
		return 1
	}
	params, _ := url.ParseQuery(w.Place) // it was made or checked by Places
	number, err := strconv.Atoi(params.Get("page"))
	if err != nil || number < 0 || number > most {
		return 0
	}
	return number
}

// oldest returns the number of the first page whose rows are all remembered.
func (w *activityWalk) oldest() int {
	return max(w.begun, int(max(w.recent.Forgotten(), 0))+1)
}

// rowKey tells the rows of a walk apart: the id of an activity, or a negative hash of its bytes
// where it has none.
type rowKey int64

func keyOf(a *Activity) rowKey {
	if a.ID > 0 {
		return rowKey(a.ID)
	}
	return keyOfBytes(a.Raw)
}

// keyOfBytes is the key of an activity without an id, and of one whose id another has as well.
func keyOfBytes(raw []byte) rowKey {
	h := fnv.New64a()
	_, _ = h.Write(raw)
	return -rowKey(h.Sum64()>>1) - 1
}

func keysOf(items []Activity) []rowKey {
	keys := make([]rowKey, len(items))
	for i := range items {
		keys[i] = keyOf(&items[i])
	}
	return keys
}
