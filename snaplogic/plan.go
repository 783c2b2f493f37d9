package snaplogic

import (
	"context"
	"io"
	"iter"

	"github.com/activity-sdk/activity/internal/paging"
)

// Where each page begins is known as soon as the service has said how many rows there are, so that pages can be loaded side by side.
// They are joined one after the other all the same. The list may change while they are on their way, and the service may answer them in
// any order, so a page that was loaded ahead can show the list as it was before the pages in front of it. It is good if it holds the row
// that was delivered last: rows that stay keep their order, so nothing is missing behind that row, and nothing behind it was delivered.
// Otherwise the page is asked for once more, now that all before it are there, and the walk goes on as it would without.

var _ io.Closer = (*activityWalk)(nil)

func (w *activityWalk) loadAhead() {
	if w.ahead != nil {
		w.ahead.Close()
	}
	end := w.end
	w.most, w.gap = 0, 0
	// The list itself has one page on its way: the one that the walk is asked for.
	w.ahead = paging.NewAhead(w.prefetch-1, func(ctx context.Context, part span) (answer, error) {
		return w.source.fetch(ctx, part, end)
	})
}

// Close ends what is still on its way.
func (w *activityWalk) Close() error {
	if w.ahead != nil {
		w.ahead.Close()
	}
	return nil
}

// ask gives a part of the list and how it continues what was delivered. False: nothing shows how.
func (w *activityWalk) ask(ctx context.Context, part span) (answer, joint, bool, error) {
	a, early, err := w.ahead.Get(ctx, part, w.plan(part))
	if err != nil {
		return answer{}, joint{}, false, err
	}
	j, found := w.behind.join(a.keys)
	if fits := found && j.ahead == 0 && len(j.fresh) > 0; early && !fits {
		early = false
		w.ahead.Drop()
		if a, err = w.source.fetch(ctx, part, w.end); err != nil {
			return answer{}, joint{}, false, err
		}
		j, found = w.behind.join(a.keys)
	}
	switch {
	case w.most > 0 && a.rows.Len() > w.most:
		w.most = 0
	case !early && a.reach() < a.total && a.rows.Len() < a.limit:
		w.most = a.rows.Len()
	}
	return a, j, found, nil
}

// plan gives the parts that follow one, if all that are asked for come. Nothing is planned behind a wider look for the place.
func (w *activityWalk) plan(part span) iter.Seq[span] {
	return func(yield func(span) bool) {
		if part != w.part() {
			return
		}
		for end := w.full(part); end < w.total; {
			part = w.behindOffset(end)
			further := w.full(part)
			if further <= end || !yield(part) {
				return
			}
			end = further
		}
	}
}

// full is the offset behind a part that holds as many rows as the service gives.
func (w *activityWalk) full(part span) int {
	if w.most > 0 {
		return part.offset + min(part.limit, w.most)
	}
	return part.offset + part.limit
}

// behindOffset is the part that comes next where rows up to an offset were delivered, the last of them with an _id.
func (w *activityWalk) behindOffset(offset int) span {
	return span{offset: offset - 1, limit: min(1+w.source.pageSize, maxPageSize)}
}

// missing gives the offset up to which rows are missing where an answer, used up to reach, is shorter than was planned: what was loaded
// ahead fits behind them.
func (w *activityWalk) missing(a answer, reach int) int {
	if end := w.full(a.span); reach < end && w.ahead.Holds(w.behindOffset(end)) {
		return end
	}
	return 0
}
