package snaplogic

import (
	"context"
	"iter"
	"log/slog"
	"math"
	"slices"

	"github.com/activity-sdk/activity/internal/paging"
)

const (
	// searchRequests bounds the requests of one search, whatever the service claims about the list.
	searchRequests = 3000
	// searchPage is the least number of rows that a request of a search asks for.
	searchPage = 1000
)

// relocate finds the walk's place again after an answer that does not continue the rows that were
// read. It returns an answer that holds rows which were delivered, so that nothing is missing
// between those and the others in it, and where in it the rows begin that do not lie behind the
// walk.
//
// One answer shows a part of the list at a single moment. If those of its rows that were delivered
// stand in the order in which they were, other rows only came or went. If they do not, the service
// lists rows in another order each time, and some may have moved in front of the answer: then the
// rows in front of it are counted.
func (w *activityWalk) relocate(ctx context.Context, latest answer) (a answer, begin int, err error) {
	w.ahead.Drop() // none of it fits any more
	w.api.Logger().LogAttrs(ctx, slog.LevelWarn, "rows moved while the list was read; the place is searched for",
		slog.String("op", opListActivities))
	if begin, shown := w.shown(latest); shown {
		return latest, begin, nil
	}
	left := searchRequests
	for part := range w.places(&latest) {
		if left--; left < 0 {
			return a, 0, w.lost("the list is too long to look through for the place where it was left")
		}
		if latest, err = w.fetch(ctx, part); err != nil {
			return a, 0, err
		}
		if latest.total == 0 && len(latest.rows) == 0 {
			// Nothing is left, so that nothing is missing. What comes next begins the list.
			latest.offset = 0
			return latest, 0, nil
		}
		begin, found := w.place(latest)
		switch {
		case !found:
		case w.complete(latest, begin, w.most == 0):
			return latest, begin, nil
		default:
			return a, 0, w.lost("the service lists activities in another order each time")
		}
	}
	if w.remembersAll() { // none of what was delivered is left: whatever the list holds now is new
		a, err = w.fetch(ctx, w.around(0))
		return a, 0, err
	}
	return a, 0, w.lost("activities came or went faster than the place in the list could be found again")
}

// shown reports whether the answer that does not fit shows all the same where the walk goes on: it
// holds the row that was read last and others behind it. Then no request is needed to find the
// place.
func (w *activityWalk) shown(a answer) (begin int, ok bool) {
	begin, found := w.place(a)
	last := slices.IndexFunc(a.rows, func(row Activity) bool { return w.isLast(&row) })
	return begin, found && last >= 0 && last+1 < len(a.rows) && w.complete(a, begin, false)
}

// place returns where in an answer the rows begin that do not lie behind the walk. False: no row in
// it was read. Rows in front of the first that was read may have been delivered and forgotten, or
// have come in since; they count only where it is certain that they are neither.
func (w *activityWalk) place(a answer) (begin int, found bool) {
	first := slices.IndexFunc(a.rows, func(row Activity) bool {
		k, met, known := w.find(&row)
		return known == paging.Itself && !k.anonymous() && met.Place > w.recent.Forgotten()
	})
	if first < 0 {
		return 0, false
	}
	if !w.remembersAll() {
		return first, true
	}
	if !byTime(a.rows) || w.Reached == 0 {
		return 0, true
	}
	reached := slices.IndexFunc(a.rows, func(row Activity) bool { return row.CreateTime.UnixMicro() <= w.Reached })
	if reached >= 0 && reached < first {
		return reached, true
	}
	return first, true
}

// complete reports whether every row that was there before was read or stands in an answer from a
// place on. Each of these is proof of it:
//
//   - The rows in front are as many as were read and are not in the answer; that some of them
//     vanished is not assumed in the walk's favour.
//   - The rows in the answer are ordered by time, and the first is later than the time that the walk
//     has reached: rows of that time, which the service may list in any order, are all in it.
//   - The list changed, rows that were read always kept their order, and the answer is wide.
func (w *activityWalk) complete(a answer, begin int, wide bool) bool {
	w.Unstable = w.Unstable || !w.ordered(a.rows, -1)
	if a.total < 0 && w.Unstable {
		return false
	}
	known := 0
	for i := range a.rows {
		if k, _, found := w.find(&a.rows[i]); found != paging.Unknown && !k.anonymous() {
			known++
		}
	}
	switch {
	case a.total >= 0 && w.Passed-known-w.Fell-w.fallen(a) >= a.offset+begin:
		return true
	case w.Reached != 0 && byTime(a.rows[begin:]) && a.rows[begin].CreateTime.UnixMicro() > w.Reached:
		return true
	default:
		return wide && a.total >= 0 && a.total != w.Total && !w.Unstable
	}
}

// byTime reports whether all rows have a time, and none a later one than the row before.
func byTime(rows []Activity) bool {
	for i := range rows {
		if at := rows[i].CreateTime; at.IsZero() || i > 0 && at.After(rows[i-1].CreateTime) {
			return false
		}
	}
	return true
}

// remembersAll reports whether every row that was delivered is remembered.
func (w *activityWalk) remembersAll() bool { return !w.partly && math.IsInf(w.recent.Forgotten(), -1) }

// around is a part of the list with room on both sides of an offset, as far as the list goes.
func (w *activityWalk) around(offset int) span {
	limit := min(max(2*w.pageSize+1, searchPage), maxPageSize)
	if w.most > 0 {
		limit = w.most
	}
	return span{offset: max(offset-limit/2, 0), limit: limit, end: w.End}
}

// places are the parts of the list to look at: where the change of the total says that the walk's
// place is now; from where it was back to the beginning, since rows that vanish move it there; then
// to the end. They overlap, since rows can move from one to the other while the search is under
// way. latest is the answer to the part before.
func (w *activityWalk) places(latest *answer) iter.Seq[span] {
	return func(yield func(span) bool) {
		if moved := latest.total - w.Total; w.Total >= 0 && latest.total >= 0 && moved != 0 && !yield(w.around(w.Offset-1+moved)) {
			return
		}
		for part := w.around(w.Offset - 1); ; part.offset = max(part.offset-overlapped(part.limit), 0) {
			if !yield(part) {
				return
			}
			if part.offset == 0 {
				break
			}
		}
		for part := latest.span; len(latest.rows) > 0 && (latest.total < 0 || latest.reach() < latest.total); {
			part.offset += max(overlapped(len(latest.rows)), 1)
			if !yield(part) {
				return
			}
		}
	}
}

// overlapped returns by how many rows two neighbouring parts of a search are apart.
func overlapped(rows int) int { return rows - rows/4 }
