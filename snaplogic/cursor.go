package snaplogic

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/cursor"
)

const (
	// maxCursorKeys limits the keys in a cursor. Sixteen of their rows may vanish before the list
	// is resumed; the last one finds the place again.
	maxCursorKeys = 17
	// maxOffset limits the numbers that are accepted from a cursor or a service.
	maxOffset = 1_000_000_000
	// maxEnd is the last millisecond of the year 9999.
	maxEnd = 253_402_300_799_999
	// maxKeyLen limits a key in a cursor, in bytes.
	maxKeyLen = 32
)

// position is what a cursor stores of a walk.
type position struct {
	Offset    int   `json:"o"`          // of the next row
	End       int64 `json:"e"`          // the pinned end in Unix milliseconds; noTime: none
	Total     int   `json:"t"`          // the service's last count; -1: it does not count
	RowsRead  int   `json:"p"`          // how many different rows were read
	CountDrop int   `json:"f,omitzero"` // the sum of all decreases of the count
	// Earliest is the earliest time of the rows that were read, in Unix microseconds; 0: none of
	// them has a time.
	Earliest int64 `json:"r,omitzero"`
	Ties     int   `json:"n,omitzero"` // how many of the rows that were read have the time Earliest
	// Unstable reports that rows moved although the count stayed the same or is not known, or that
	// they came in another order.
	Unstable bool `json:"u,omitzero"`
	// Unsorted reports that the list does not have the newest rows first: a row is later than the
	// one before it, or has no time.
	Unsorted bool `json:"s,omitzero"`
	// Keys are those of the rows that were read last, in the order of the list. The last of them is
	// that of the row before Offset. If rows of one time changed places, delivered rows may come
	// after Offset; as long as the list is sorted, the rows with the time Earliest are the last of
	// Keys all the same, except that one.
	Keys []rowKey `json:"k"`
	// Apart is how many of the first Keys need not be of rows directly before those of the others.
	Apart int `json:"a,omitzero"`
}

// decode returns the position in a cursor.
func (s *activitySource) decode(from activity.Cursor) (position, error) {
	p, err := cursor.Position[position](s.cursors, from)
	if err == nil && !p.valid(s) {
		err = s.cursors.Mismatch()
	}
	return p, err
}

// valid reports whether a walk over s can have written the position.
func (p position) valid(s *activitySource) bool {
	for _, n := range []int{p.Offset, p.RowsRead, p.CountDrop, p.Ties, p.Apart} {
		if n < 0 || n > maxOffset {
			return false
		}
	}
	if p.Offset < 1 || p.Total < -1 || p.Total > maxOffset || len(p.Keys) < 1 || len(p.Keys) > maxCursorKeys || p.Apart >= len(p.Keys) {
		return false
	}
	for _, k := range p.Keys {
		if k == "" || len(k) > maxKeyLen {
			return false
		}
	}
	return p.End == s.end || p.End >= max(s.start, 0) && p.End <= maxEnd && (s.end == noTime || p.End < s.end)
}

// rowKey identifies a row within a walk: a hash of its _id, or of its bytes if it has none. Cursors
// store keys, so a key is never the _id itself: a service may put anything into an _id.
type rowKey string

// The first character of a key is the kind of its hash.
const (
	idPrefix        = "#" // of an _id
	noIDPrefix      = "~" // of the bytes of a row without an _id
	duplicatePrefix = "=" // of the bytes of a row whose _id another row has too
)

func keyOf(row *Activity) rowKey {
	if row.ID == "" {
		return noIDPrefix + hash(row.Raw)
	}
	return idPrefix + hash([]byte(row.ID))
}

// keyOfBytes returns the key of a row whose _id another row has too.
func keyOfBytes(raw []byte) rowKey { return duplicatePrefix + hash(raw) }

func hash(data []byte) rowKey {
	sum := sha256.Sum256(data)
	return rowKey(base64.RawURLEncoding.EncodeToString(sum[:12]))
}

func (k rowKey) withoutID() bool { return strings.HasPrefix(string(k), noIDPrefix) }
