package snaplogic

import (
	"context"
	"iter"

	"github.com/activity-sdk/activity/internal/onepage"
	"github.com/activity-sdk/activity/internal/paging"
)

// Once the service has counted the rows, the offset of each page is known, so pages can be
// requested concurrently. A walk still uses them one after the other, and requests a page again if
// it does not continue the one before. In all else, a list with prefetch is read like one without.

// newPrefetcher returns a prefetcher for one page less than the user asked for, since
// [paging.ReadAhead] already has the page ahead that the walk is reading.
func (s *activitySource) newPrefetcher(ctx context.Context) *paging.Prefetcher[pageRequest, response] {
	n := s.api.Prefetch() - 1
	if onepage.Wanted(ctx) {
		n = 0
	}
	return paging.NewPrefetcher(n, s.fetch)
}

// plan yields the requests that follow the next one if each page has as many rows as the last one.
func (w *activityWalk) plan() iter.Seq[pageRequest] {
	return func(yield func(pageRequest) bool) {
		for offset := w.Offset + w.pageStep; w.Offset > 0 && offset < w.Total; offset += w.pageStep {
			if !yield(w.requestAt(offset, max(w.overlap(), 1))) {
				return
			}
		}
	}
}
