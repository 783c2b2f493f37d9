package snaplogic

import (
	"context"
	"iter"

	"github.com/activity-sdk/activity/internal/onepage"
	"github.com/activity-sdk/activity/internal/paging"
)

// Where each page begins is known as soon as the service has said how many rows there are, so that
// pages can be loaded side by side. They are joined one after the other all the same: one that does
// not fit behind the page before is requested again, and nothing else differs from a walk without.

// loader loads pages of a walk ahead, as many as the user wants in all: [paging.ReadAhead] has one
// of them on its way, the one that the walk is asked for.
func (s *activitySource) loader(ctx context.Context) *paging.Ahead[span, answer] {
	depth := s.api.Prefetch() - 1
	if onepage.Wanted(ctx) {
		depth = 0
	}
	return paging.NewAhead(depth, s.fetch)
}

// plan yields the pages behind the next one, if each brings as many rows as the last answer.
func (w *activityWalk) plan() iter.Seq[span] {
	return func(yield func(span) bool) {
		for offset := w.Offset + w.stride; w.Offset > 0 && offset < w.Total; offset += w.stride {
			if !yield(w.page(offset, 1)) {
				return
			}
		}
	}
}
