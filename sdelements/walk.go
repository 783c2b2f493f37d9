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
	"github.com/activity-sdk/activity/internal/transport"
)

// pages is the list's [activity.Source].
//
// Pages are numbered, and rows move from one page to another while a list is read. Two things show
// that: the service's count, and rows that come again. If rows moved in a way that the count does
// not explain, the page and the one before it are read again in one request, whose response shows
// the list at a single moment. A row is left out only because its own id was delivered.
func (s *activitySource) pages(ctx context.Context, from activity.Cursor) iter.Seq2[activity.Page[Activity], error] {
	return func(yield func(activity.Page[Activity], error) bool) {
		w, err := s.newWalk(from)
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
	recent          *paging.Recent[rowKey]
	firstRemembered int             // the first page whose rows are in recent; 0: no page was read yet
	lastKeys        []rowKey        // of the last page, followed by those of rows that moved after it
	visited         map[string]bool // the places that were requested
	warned          bool            // of a service that covers less time than was asked for
}

func (s *activitySource) newWalk(from activity.Cursor) (*activityWalk, error) {
	w := &activityWalk{activitySource: s, visited: map[string]bool{}}
	if from == "" {
		w.position = position{Size: s.pageSize, Count: -1, FullPages: true}
		w.recent = paging.NewRecent[rowKey](w.minRemembered())
		return w, nil
	}
	var err error
	if w.position, w.lastKeys, err = s.decode(from); err != nil {
		return nil, err
	}
	w.recent = paging.NewRecent[rowKey](w.minRemembered())
	previous := w.pageNumber() - 1
	if w.firstRemembered = max(previous, 1); w.KeysCut {
		w.firstRemembered++
	}
	for _, k := range w.lastKeys {
		w.recent.Note(k, float64(previous), nil)
	}
	return w, nil
}

// minRemembered returns how many rows a walk remembers at least: enough to recognize the rows that
// repair reads again, and those that new activities moved to later pages.
func (w *activityWalk) minRemembered() int { return max(1000, 5*w.Size) }

// next reads the page at the walk's place and advances the walk.
func (w *activityWalk) next(ctx context.Context) (activity.Page[Activity], error) {
	none := activity.Page[Activity]{}
	if w.Narrow && w.Place == "" && w.firstRemembered > 0 {
		return none, w.Client.Fail(w.op, activity.ErrInvalid, "the service covers less time than DateFrom and DateTo ask for; "+
			"what was delivered is good: ask for no more than it covers")
	}
	if w.visited[w.Place] {
		return none, w.Client.Fail(w.op, activity.ErrCursorLoop, "a page links to one that was read before; nothing is repeated")
	}
	w.visited[w.Place] = true
	resp, err := w.fetch(ctx, w.Place)
	if err != nil {
		return none, err
	}
	if w.firstRemembered == 0 {
		w.pinEnd(resp)
		w.firstRemembered = 1
	}
	number := w.pageNumber()
	if resp.firstPage = number; number > 1 {
		if resp, err = w.reconcile(ctx, number, resp); err != nil {
			return none, err
		}
	}
	page := activity.Page[Activity]{Items: w.undelivered(resp), Total: resp.count, Raw: resp.body, Date: resp.date}
	w.advance(number, resp)
	if w.Place != "" || w.Narrow {
		w.Keys, w.KeysCut = packKeys(w.lastKeys)
		page.Next, err = cursor.At(w.cursors, w.position)
	}
	return page, err
}

// pinEnd sets the end of a walk over numbered pages, so that activities which happen later move no
// row. The end is the time of the first response, by the service's clock, and not before any
// activity in that response. The query's own end wins if it is earlier. A list that does not begin
// with its newest activities gets no end, since later pages may hold newer ones. A first page of a
// single date does not show the order. It counts as the newest, so that in another order a later
// activity is missing if its date is after the end.
func (w *activityWalk) pinEnd(first response) {
	if !numbered(first.nextPlace) {
		return
	}
	end, ok := paging.PinnedEnd(first.date, first.items, func(a *Activity) time.Time { return a.Date }, precision)
	if ok && (w.dateTo.IsZero() || end.Before(w.dateTo)) {
		w.End = timestamp(transport.Ceil(end, precision))
	}
}

// reconcile returns a response that continues the pages before: resp itself, or what repair reads
// in its place if rows moved.
func (w *activityWalk) reconcile(ctx context.Context, number int, resp response) (response, error) {
	w.Overlap += w.growth(resp)
	if w.Overlap > w.recent.Len() && w.oldestRemembered() > 1 {
		return response{}, w.listChanged("more activities came in between two pages than are remembered")
	}
	moved := w.countRepeats(resp.items) > w.Overlap
	w.Unstable = w.Unstable || moved && resp.count == w.Count
	if resp.pastEnd || w.shrinkage(resp) > 0 || moved {
		return w.repair(ctx, number, resp)
	}
	resp.overlap = w.Overlap
	return resp, nil
}

// growth returns by how much the service's count rose since the last page; 0 if it does not count.
func (w *activityWalk) growth(resp response) int {
	if w.Count < 0 || resp.count < 0 {
		return 0
	}
	return max(resp.count-w.Count, 0)
}

// shrinkage returns by how much the service's count fell since the last page.
func (w *activityWalk) shrinkage(resp response) int {
	if resp.count < 0 {
		return 0
	}
	return max(w.Count-resp.count, 0)
}

// countRepeats returns how many of the activities have an id and were read before.
func (w *activityWalk) countRepeats(items []Activity) (n int) {
	for i := range items {
		if _, _, match := w.lookUp(&items[i]); match == paging.SameRow && items[i].ID > 0 {
			n++
		}
	}
	return n
}

// undelivered returns the activities that were not delivered before, and remembers all of them. An
// activity without an id is recognized by its bytes. It is left out only among the rows at the
// beginning of the response that may have been delivered before.
func (w *activityWalk) undelivered(resp response) []Activity {
	fresh, all := []Activity(nil), true // the items are copied only if some are left out
	for i := range resp.items {
		item := &resp.items[i]
		k, _, match := w.lookUp(item)
		if match == paging.DuplicateKey {
			k = keyOfBytes(item.Raw)
		}
		w.recent.Note(k, float64(resp.firstPage+i/w.Size), item.Raw)
		again := match != paging.NoMatch && (item.ID > 0 || i < resp.overlap)
		switch {
		case again && all:
			fresh, all = slices.Clone(resp.items[:i]), false
		case !again && !all:
			fresh = append(fresh, *item)
		}
		if !again || match == paging.DuplicateKey {
			w.RowsRead++
		}
	}
	if all {
		return resp.items
	}
	return fresh
}

// lookUp looks for an activity among those that were read, and returns the key by which it is
// remembered.
func (w *activityWalk) lookUp(a *Activity) (rowKey, paging.Entry, paging.Match) {
	return w.recent.Lookup(keyOf(a), a.Raw, keyOfBytes)
}

// advance moves the walk to the place after a response.
func (w *activityWalk) advance(number int, resp response) {
	w.FullPages = w.FullPages && (len(resp.items) >= w.Size || resp.nextPlace == "")
	w.CountDrop += w.shrinkage(resp)
	w.Overlap = max(w.Overlap-(resp.firstPage-number)*w.Size-len(resp.items), 0)
	keys := keysOf(resp.items)
	moved := w.lastKeys[max(len(w.lastKeys)-w.Overlap, 0):]
	if resp.firstPage < number { // the page before was read again: what is not on it moved or vanished
		again := make(map[rowKey]bool, len(keys)) // a wide page has many
		for _, k := range keys {
			again[k] = true
		}
		moved = slices.DeleteFunc(slices.Clone(w.lastKeys), func(k rowKey) bool { return again[k] })
		// Rows that came in move the last ones of a page. Any others were sorted in another way.
		if slices.Equal(moved, w.lastKeys[len(w.lastKeys)-len(moved):]) {
			w.Overlap = max(w.Overlap, len(moved)-w.shrinkage(resp))
		}
	}
	w.Count, w.Place, w.lastKeys = resp.count, resp.nextPlace, append(keys, moved...)
}

// pageNumber returns the number of the next page; 0 if pages are not numbered.
func (w *activityWalk) pageNumber() int {
	if w.Place == "" {
		return 1
	}
	params, _ := url.ParseQuery(w.Place) // which Places has made or checked
	number, err := strconv.Atoi(params.Get("page"))
	if err != nil || number < 0 || number > maxNumber {
		return 0
	}
	return number
}

// oldestRemembered returns the number of the first page whose rows are all remembered.
func (w *activityWalk) oldestRemembered() int {
	return max(w.firstRemembered, int(max(w.recent.Forgotten(), 0))+1)
}

// rowKey identifies a row within a walk: the id of an activity, or a negative hash of its bytes.
type rowKey int64

func keyOf(a *Activity) rowKey {
	if a.ID > 0 {
		return rowKey(a.ID)
	}
	return keyOfBytes(a.Raw)
}

// keyOfBytes returns the key of an activity that has no id, or the id of another activity.
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
