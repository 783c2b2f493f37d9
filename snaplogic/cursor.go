package snaplogic

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/cursor"
)

const (
	// keptInCursor is how many keys a cursor holds: sixteen of them may vanish, and one more must
	// be there to find the place again.
	keptInCursor = 17
	// maxOffset bounds what a cursor or a service may claim.
	maxOffset = 1_000_000_000
	// maxEnd is the last millisecond of the year 9999.
	maxEnd = 253_402_300_799_999
	// maxKey bounds a key in a cursor, in bytes.
	maxKey = 32
)

// position is where a walk is, and what a cursor stores of it.
type position struct {
	Offset int   `json:"o"`          // of the row that comes next
	End    int64 `json:"e"`          // the pinned end, in Unix milliseconds; noTime: none
	Total  int   `json:"t"`          // rows in the list when it was at Offset; -1: unknown
	Passed int   `json:"p"`          // how many different rows were delivered
	Fell   int   `json:"f,omitzero"` // by how much the total fell so far, in all
	// Reached is the earliest time of the rows that were read, in Unix microseconds; 0: none has a
	// time.
	Reached int64 `json:"r,omitzero"`
	// Unstable: rows moved although the total stayed as it was, or came in another order.
	Unstable bool     `json:"u,omitzero"`
	Keys     []rowKey `json:"k"` // of the rows in front of Offset, in order
}

// valid reports whether a walk over s can have left the position.
func (p position) valid(s *activitySource) bool {
	for _, n := range []int{p.Offset, p.Passed, p.Fell} {
		if n < 0 || n > maxOffset {
			return false
		}
	}
	if p.Offset < 1 || p.Total < -1 || p.Total > maxOffset || len(p.Keys) < 1 || len(p.Keys) > keptInCursor {
		return false
	}
	for _, k := range p.Keys {
		if k == "" || len(k) > maxKey {
			return false
		}
	}
	return p.End == s.end || p.End >= max(s.start, 0) && p.End <= maxEnd && (s.end == noTime || p.End < s.end)
}

// locate reads the position at a cursor of s.
func (s *activitySource) locate(at activity.Cursor) (position, error) {
	p, err := cursor.Position[position](s.cursors, at)
	if err == nil && !p.valid(s) {
		err = s.cursors.Mismatch()
	}
	return p, err
}

// rowKey tells the rows of a walk apart: a hash of a row's _id, or of its bytes where it has none.
// It is no _id itself, since it stands in cursors, and a service may put anything into an _id.
type rowKey string

const (
	identified = "#" // begins the hash of an _id
	anonymous  = "~" // begins the hash of a row without an _id
	repeated   = "=" // begins the hash of a row whose _id was delivered with another
)

// keyOfBytes is the key of a row whose id another row has as well.
func keyOfBytes(raw []byte) rowKey { return repeated + hash(raw) }

func keyOf(row *Activity) rowKey {
	if row.ID == "" {
		return anonymous + hash(row.Raw)
	}
	return identified + hash([]byte(row.ID))
}

func hash(data []byte) rowKey {
	sum := sha256.Sum256(data)
	return rowKey(base64.RawURLEncoding.EncodeToString(sum[:12]))
}

func (k rowKey) anonymous() bool { return strings.HasPrefix(string(k), anonymous) }
