package snaplogic

import (
	"context"
	"iter"
	"log/slog"
)

const (
	// searchRounds is how often the list is looked through for the place, since it may change meanwhile.
	searchRounds = 3
	// searchRequests bounds the requests of one search, whatever the service claims about the list.
	searchRequests = 3000
	// searchPage is the least number of rows that a request of a search asks for.
	searchPage = 1000
)

// around is a part of the list with room on both sides of an offset, as far as the list goes.
func (w *activityWalk) around(offset int) span {
	limit := min(max(w.source.pageSize+w.behind.overlap(), searchPage), maxPageSize)
	return span{offset: max(offset-limit/4, 0), limit: limit}
}

// search finds the place again after an answer without any remembered row: so many rows were inserted in front, or deleted, that it
// moved. Each answer is judged on its own; the first that holds a remembered row is the place. total is what the service says now.
func (w *activityWalk) search(ctx context.Context, total int) (answer, joint, error) {
	w.ahead.Drop() // none of it fits any more
	latest := answer{total: total}
	if w.behind.overlap() > len(w.behind.keys) {
		return latest, joint{}, w.lost("none of the activities delivered last has an _id by which the place could be found")
	}
	w.source.api.Logger().LogAttrs(ctx, slog.LevelWarn, "rows moved while the list was read; the place is searched for",
		slog.String("vendor", vendor), slog.String("op", opListActivities))
	left := searchRequests
	look := func(part span) (j joint, found bool, err error) {
		if left--; left < 0 {
			return joint{}, false, w.lost("the list is too long to look through for the place where it was left")
		}
		if latest, err = w.source.fetch(ctx, part, w.end); err != nil {
			return joint{}, false, err
		}
		j, found = w.behind.join(latest.keys)
		return j, found, nil
	}
	for range searchRounds {
		for part := range w.places(&latest) {
			if j, found, err := look(part); found || err != nil {
				return latest, j, err
			}
		}
		if !w.behind.whole {
			continue
		}
		// All rows that were ever delivered are remembered, and none is left: whatever the list holds now is new.
		j, found, err := look(w.around(0))
		switch {
		case found || err != nil:
			return latest, j, err
		case latest.rows.Len() > 0 || latest.total <= 0:
			return latest, w.behind.afresh(latest.keys), nil
		}
	}
	return latest, joint{}, w.lost("activities came or went faster than the place in the list could be found again")
}

// places are the parts of the list to look at: where the change of the total says that the front has moved; then from where it was
// back to the beginning, since rows that vanish move it there; then from the beginning to the end. They overlap, since rows can move
// from one to the other while the search is under way. latest is the answer to the part before.
func (w *activityWalk) places(latest *answer) iter.Seq[span] {
	return func(yield func(span) bool) {
		if w.total >= 0 && latest.total >= 0 && latest.total != w.total {
			if !yield(w.around(w.front() + latest.total - w.total)) {
				return
			}
		}
		for part := w.around(w.front()); ; part.offset = max(part.offset-overlapped(part.limit), 0) {
			if !yield(part) {
				return
			}
			if part.offset == 0 {
				break
			}
		}
		for part := latest.span; latest.rows.Len() > 0 && (latest.total < 0 || latest.reach() < latest.total); {
			part.offset += overlapped(latest.rows.Len())
			if !yield(part) {
				return
			}
		}
	}
}

// overlapped is how far the next part of so many rows begins behind or before this one.
func overlapped(rows int) int { return rows - rows/4 }
