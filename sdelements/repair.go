package sdelements

import (
	"context"
	"errors"
	"log/slog"
	"strconv"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/paging"
)

// repair reads a numbered page again, together with the page before it. It is called if rows moved
// between the two requests in a way that the service's count does not explain.
func (w *activityWalk) repair(ctx context.Context, number int, resp response) (response, error) {
	w.Client.Logger().LogAttrs(ctx, slog.LevelWarn, "rows moved while the list was read; two pages are read again",
		slog.String("op", w.op))
	if w.oldestRemembered() >= number {
		return response{}, w.listChanged("the page before is not remembered")
	}
	if factor, wideNumber, ok := widePage(number, w.oldestRemembered()); ok && w.FullPages {
		if wide, supported, err := w.readWide(ctx, factor, wideNumber); supported {
			return wide, err
		}
	}
	return w.rereadPrevious(ctx, number, resp)
}

// widePage returns the smallest page that contains both a page and the one before it: its number
// among pages that are factor times as large. It begins with no page before oldest. ok is false if
// there is none of at most eight pages.
func widePage(number, oldest int) (factor, wideNumber int, ok bool) {
	const maxFactor = 8
	preceding := number - 2 // pages before the two
	for n := 2; n <= maxFactor; n++ {
		if begin := preceding - preceding%n; preceding%n < n-1 && begin+1 >= oldest {
			return n, preceding/n + 1, true
		}
	}
	return 0, 0, false
}

// readWide reads several pages as one, so that the response shows that part of the list at a single
// moment. It returns ErrListChanged if rows may be missing all the same. supported is false if the
// service refuses pages of that size or sends smaller ones.
func (w *activityWalk) readWide(ctx context.Context, factor, wideNumber int) (resp response, supported bool, err error) {
	resp, err = w.fetchSized(ctx, "page="+strconv.Itoa(wideNumber), factor*w.Size)
	if err != nil {
		return response{}, !errors.Is(err, activity.ErrInvalid) && !errors.Is(err, activity.ErrResponseTooLarge), err
	}
	resp.firstPage, resp.overlap = (wideNumber-1)*factor+1, len(resp.items)
	if len(resp.items) < min(factor*w.Size, resp.count-(resp.firstPage-1)*w.Size) {
		return response{}, false, nil
	}
	if w.beginsUnknown(resp.firstPage, resp.items) {
		return response{}, true, w.listChanged(fromForgottenPage)
	}
	if !w.isComplete(resp) {
		return response{}, true, w.listChanged("activities moved further than the pages that were read again")
	}
	if resp.nextPlace != "" {
		resp.nextPlace = "page=" + strconv.Itoa(wideNumber*factor+1)
	}
	return resp, true, nil
}

// isComplete reports whether every row that the list had before is in the response of readWide or
// was read earlier.
//
// First, the response must continue what was read. It holds rows that were last read on its own
// pages, and no more rows of earlier pages than new activities can have moved there.
//
// Second, all rows before the response must have been read. So at least as many rows as there are
// before it were read and are not in it. Rows that vanished are subtracted, since they may be among
// those. The second condition does not apply if the count changed and rows have never repeated
// without such a change.
func (w *activityWalk) isComplete(resp response) bool {
	known, samePages, earlierPages := 0, 0, 0
	inResponse := map[rowKey]bool{}
	for i := range resp.items {
		k, at, match := w.lookUp(&resp.items[i])
		switch {
		case match == paging.SameRow && at.Place >= float64(resp.firstPage):
			samePages++
		case match == paging.SameRow:
			earlierPages++
		}
		// An activity whose id is in the response twice was read once.
		if match != paging.NoMatch && (resp.items[i].ID <= 0 || !inResponse[k]) {
			known++
		}
		inResponse[k] = true
	}
	if samePages == 0 || earlierPages > w.Overlap+w.growth(resp) || resp.count < 0 {
		return false
	}
	readBefore := w.RowsRead - known - w.CountDrop - w.shrinkage(resp)
	return resp.firstPage == 1 || readBefore >= (resp.firstPage-1)*w.Size || resp.count != w.Count && !w.Unstable
}

// rereadPrevious reads the page before a page again, and returns both as one response. Two requests
// prove that no row is missing between them only if activities vanished, and if the two pages do
// not meet among activities of the same instant: the service may sort those differently each time.
func (w *activityWalk) rereadPrevious(ctx context.Context, number int, resp response) (response, error) {
	if !resp.pastEnd && resp.count >= w.Count {
		return response{}, w.listChanged("activities came again although none came in")
	}
	previous, err := w.fetch(ctx, "page="+strconv.Itoa(number-1))
	switch {
	case err != nil:
		return response{}, err
	case !resp.pastEnd && previous.count > resp.count:
		return response{}, w.listChanged("activities came in between the requests for the two pages")
	case w.beginsUnknown(number-1, previous.items):
		return response{}, w.listChanged(fromForgottenPage)
	case w.countRepeats(previous.items) == 0:
		return response{}, w.listChanged("nothing is left of the page that was read before")
	case len(resp.items) > 0 && resp.items[0].Date.Equal(previous.items[len(previous.items)-1].Date):
		return response{}, w.listChanged("two pages meet among activities of the same instant")
	case resp.pastEnd && previous.nextPlace != "":
		return response{}, w.listChanged("the service links to a page that it does not have")
	}
	resp.firstPage, resp.overlap = number-1, len(previous.items)
	resp.items = append(previous.items, resp.items...)
	return resp, nil
}

// beginsUnknown reports whether rows that were read again begin with one that may have been
// delivered on a page that is not remembered.
func (w *activityWalk) beginsUnknown(firstPage int, items []Activity) bool {
	if firstPage == 1 || firstPage > w.oldestRemembered() || len(items) == 0 {
		return false
	}
	_, _, match := w.lookUp(&items[0])
	return match == paging.NoMatch
}

const fromForgottenPage = "activities may have moved here from a page that is not remembered"

func (w *activityWalk) listChanged(reason string) error {
	return w.Client.Fail(w.op, activity.ErrListChanged, reason+"; what was delivered is good: read the list again, "+
		"in shorter spans between DateFrom and DateTo if this happens often")
}
