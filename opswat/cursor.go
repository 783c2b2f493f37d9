package opswat

import (
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/cursor"
)

// position is a place in a list, as a cursor stores it: a page by its number, which means something
// only together with the size, and with the end of a list that reaches to the present. Another end
// would put other activities in front of the page, or fewer, and some could be skipped.
type position struct {
	Page int64  `json:"n"`
	Size int    `json:"s"`
	End  string `json:"e,omitzero"` // as it is sent; "": the request says, or there is none
}

// maxPage bounds what a cursor from outside may ask for.
const maxPage = 1 << 40

// startPosition returns the position in a cursor.
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

// validEnd reports whether the end in a cursor is one that the list could have.
func (l *activityList) validEnd(end string) bool {
	if l.openSince.IsZero() {
		return end == ""
	}
	at, err := time.Parse(dateLayout, end)
	return err == nil && at.After(l.openSince)
}
