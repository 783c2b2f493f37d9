package snaplogic

import (
	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/cursor"
)

const (
	// keptInCursor is how many keys a cursor holds: sixteen of them may vanish, and one more must be there to find the place again.
	keptInCursor = 17
	// maxOffset bounds what a cursor or a service may claim.
	maxOffset = 1_000_000_000
	// maxKey bounds a key in a cursor, in bytes.
	maxKey = 32
)

// position is what a cursor stores of a walk. Its form never changes: cursors are kept for a long time.
type position struct {
	Offset int   `json:"o"`          // of the row that comes next
	End    int64 `json:"e"`          // the pinned end, in Unix milliseconds
	Total  int   `json:"t"`          // rows in the list when it was at Offset; -1: unknown
	Keys   []key `json:"k"`          // of the rows delivered last, in order
	Whole  bool  `json:"w,omitzero"` // no row was delivered but those in Keys
}

// valid tells whether a walk over s can have left the position.
func (p position) valid(s *activitySource) bool {
	if p.Offset < 1 || p.Offset > maxOffset || p.Total < -1 || p.Total > maxOffset || len(p.Keys) < 1 || len(p.Keys) > keptInCursor {
		return false
	}
	for _, k := range p.Keys {
		if k == "" || len(k) > maxKey {
			return false
		}
	}
	return p.End >= max(s.start, 0) && (s.end == noTime || p.End <= s.end)
}

// locate reads the position at a cursor of s.
func (s *activitySource) locate(at activity.Cursor) (position, error) {
	p, err := cursor.Position[position](s.cursors, at)
	if err == nil && !p.valid(s) {
		err = s.cursors.Mismatch()
	}
	return p, err
}
