package opswat

import (
	"context"
	"crypto/sha256"

	"github.com/activity-sdk/activity"
)

// activityWalk watches one range for a service that answers every page number with the same rows, which would never end. The same page
// twice proves nothing: as many new rows as a page holds may have come between two requests, and rows without an id can be alike. So
// many rows in a row do.
type activityWalk struct {
	pages    *activityPages
	last     [sha256.Size]byte // of the last page's body
	repeated int               // rows in the pages since that were the same
}

const maxRepeated = 500

// Page reads the page at a cursor.
func (w *activityWalk) Page(ctx context.Context, at activity.Cursor) (activity.Page[Activity], error) {
	page, err := w.pages.Page(ctx, at)
	if err != nil || page.Next == "" {
		return page, err
	}
	if sum := sha256.Sum256(page.Raw); sum == w.last {
		w.repeated += len(page.Items)
	} else {
		w.last, w.repeated = sum, 0
	}
	if w.repeated >= maxRepeated {
		return activity.Page[Activity]{Total: -1}, w.pages.api.Fail(opListActivities, activity.ErrCursorLoop,
			"the service answers every page number with the same rows")
	}
	return page, nil
}
