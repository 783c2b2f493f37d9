package sdelements

import (
	"context"
	"errors"
	"log/slog"
	"strconv"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/paging"
)

// repair reads the page before a numbered one and that page itself once more, since rows moved
// between the two in another way than the count explains.
func (w *activityWalk) repair(ctx context.Context, number int, a answer) (answer, error) {
	w.Client.Logger().LogAttrs(ctx, slog.LevelWarn, "rows moved while the list was read; two pages are read again",
		slog.String("op", w.op))
	if w.oldest() >= number {
		return answer{}, w.changed("the page that was read before is not remembered")
	}
	if pages, wide, ok := spanning(number, w.oldest()); ok && w.Full {
		if both, served, err := w.atOnce(ctx, pages, wide); served {
			return both, err
		}
	}
	return w.oneByOne(ctx, number, a)
}

// spanning returns how many pages have to be read as one so that a page and the one before it are
// in it, and the number of that one among pages of such a size. It begins with no page before
// oldest, and is not longer than eight pages.
func spanning(number, oldest int) (pages, wide int, ok bool) {
	const most = 8
	before := number - 2 // pages in front of the two
	for n := 2; n <= most; n++ {
		if begin := before - before%n; before%n < n-1 && begin+1 >= oldest {
			return n, before/n + 1, true
		}
	}
	return 0, 0, false
}

// atOnce reads several pages in one answer, which shows that part of the list at a single moment.
// If it holds no activity that was delivered, or some that were delivered on earlier pages, rows
// may be missing that it does not show. It is not served by a service that has no pages of that
// size: such a service answers with smaller ones, or refuses.
func (w *activityWalk) atOnce(ctx context.Context, pages, wide int) (a answer, served bool, err error) {
	a, err = w.fetchSized(ctx, "page="+strconv.Itoa(wide), pages*w.Size)
	if err != nil {
		return answer{}, !errors.Is(err, activity.ErrInvalid) && !errors.Is(err, activity.ErrResponseTooLarge), err
	}
	a.first, a.mayHaveMoved = (wide-1)*pages+1, len(a.items)
	if len(a.items) < min(pages*w.Size, a.count-(a.first-1)*w.Size) {
		return answer{}, false, nil
	}
	if !w.complete(a) {
		return answer{}, true, w.changed("activities moved further than the pages that were read again")
	}
	if a.place != "" {
		a.place = "page=" + strconv.Itoa(wide*pages+1)
	}
	return a, true, nil
}

// complete reports whether every row that was there before stands in an answer to atOnce or was
// read.
//
// The answer must continue what was read: it holds rows of its own pages, and no more of earlier
// pages than were pushed there. The rows in front of it must be as many as were read and are not in
// it; that some of them vanished is not assumed in the walk's favour. Only if the list changed, and
// never showed rows again without a change, is that no condition.
func (w *activityWalk) complete(a answer) bool {
	known, here, earlier := 0, 0, 0
	met := map[rowKey]bool{}
	for i := range a.items {
		k, at, found := w.find(&a.items[i])
		switch {
		case found == paging.Itself && at.Place >= float64(a.first):
			here++
		case found == paging.Itself:
			earlier++
		}
		// One whose id stands in the answer twice was read once.
		if found != paging.Unknown && (a.items[i].ID <= 0 || !met[k]) {
			known++
		}
		met[k] = true
	}
	if here == 0 || earlier > w.Pushed+w.grown(a) || a.count < 0 {
		return false
	}
	inFront := w.Passed - known - w.Fell - w.fallen(a)
	return a.first == 1 || inFront >= (a.first-1)*w.Size || a.count != w.Count && !w.Unstable
}

// oneByOne reads the page before again and puts it in front of the page. Two answers prove that
// nothing is missing between them only where activities vanished, and where the joint does not lie
// among activities of one instant: the service may list those in another order each time.
func (w *activityWalk) oneByOne(ctx context.Context, number int, a answer) (answer, error) {
	if !a.gone && a.count >= w.Count {
		return answer{}, w.changed("activities came again although none came in")
	}
	before, err := w.fetch(ctx, "page="+strconv.Itoa(number-1))
	switch {
	case err != nil:
		return answer{}, err
	case w.moved(before.items) == 0:
		return answer{}, w.changed("nothing is left of the page that was read before")
	case len(a.items) > 0 && a.items[0].Date.Equal(before.items[len(before.items)-1].Date):
		return answer{}, w.changed("activities of one instant stand on both pages")
	case a.gone && before.place != "":
		return answer{}, w.changed("the service links to a page that it does not have")
	}
	a.first, a.mayHaveMoved = number-1, len(before.items)
	a.items = append(before.items, a.items...)
	return a, nil
}

func (w *activityWalk) changed(reason string) error {
	return w.Client.Fail(w.op, activity.ErrListChanged, reason+"; what was delivered is good: read the list again, "+
		"in shorter spans between DateFrom and DateTo if this happens often")
}
