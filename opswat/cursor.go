package opswat

import (
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/cursor"
)

// position is what a cursor stores: the number of the next page, with the page size and, for a list
// that reaches to the present, the end date. With another size or end, the same number would be
// another place in the list, and activities could be skipped.
type position struct {
	Page int64  `json:"n"`
	Size int    `json:"s"`
	End  string `json:"e,omitzero"` // end_date of an open-ended list; "" for other lists
}

// maxPage limits the page number that is accepted from a cursor.
const maxPage = 1 << 40

// startPosition returns the position in a cursor, or the first page without one.
func (l *activityList) startPosition(at activity.Cursor) (position, error) {
	if at == "" {
		p := position{Page: 1, Size: l.size}
		if !l.openSince.IsZero() {
			p.End, _ = openEndDate(l.openSince)
		}
		return p, nil
	}
	p, err := cursor.Position[position](l.cursors, at)
	if err == nil && (p.Page < 1 || p.Page > maxPage || p.Size < 1 || p.Size > maxPageSize || !l.validEnd(p.End)) {
		err = l.cursors.Mismatch()
	}
	return p, err
}

// validEnd reports whether the list can have had that end when a cursor was made.
func (l *activityList) validEnd(end string) bool {
	if l.openSince.IsZero() {
		return end == ""
	}
	at, err := time.Parse(dateLayout, end)
	return err == nil && at.After(l.openSince)
}
