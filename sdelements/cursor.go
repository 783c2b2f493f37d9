package sdelements

import (
	"encoding/binary"
	"slices"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/cursor"
	"github.com/activity-sdk/activity/internal/transport"
)

// position is what a cursor stores of a walk.
type position struct {
	Place     string `json:"q,omitzero"` // the parameters that select the next page
	Size      int    `json:"s"`          // the page size
	End       string `json:"b,omitzero"` // the pinned end, sent as date_to; "": none
	Count     int    `json:"c"`          // the service's count on the last page; -1: it does not count
	FullPages bool   `json:"f,omitzero"` // every page so far had as many activities as were asked for

	RowsRead  int  `json:"p,omitzero"` // how many different rows were read
	CountDrop int  `json:"l,omitzero"` // the sum of all decreases of the count
	Overlap   int  `json:"m,omitzero"` // how many of the next rows may be rows that were read and moved
	Unstable  bool `json:"u,omitzero"` // rows came again although the count did not change

	Keys    []byte `json:"k,omitzero"` // the last keys that were read, packed
	KeysCut bool   `json:"t,omitzero"` // Keys has no room for all of them

	// Narrow reports that the service covers less time than was asked for. If Place is empty, the
	// next page is the error that says so.
	Narrow bool `json:"n,omitzero"`
}

// decode returns the position in a cursor and the keys that it holds.
func (s *activitySource) decode(from activity.Cursor) (position, []rowKey, error) {
	p, err := cursor.Position[position](s.cursors, from)
	if err != nil {
		return position{}, nil, err
	}
	keys, ok := unpackKeys(p.Keys)
	if !ok || !p.valid() || !s.validEnd(p.End) || p.Place != "" && !s.Valid(p.Place) {
		return position{}, nil, s.cursors.Mismatch()
	}
	return p, keys, nil
}

// maxNumber limits the numbers that are accepted from a cursor or a service.
const maxNumber = 1 << 30

// valid reports whether a walk can have written the position. It does not check Place, End and
// Keys.
func (p position) valid() bool {
	for _, n := range []int{p.RowsRead, p.CountDrop, p.Overlap} {
		if n < 0 || n > maxNumber {
			return false
		}
	}
	return (p.Place != "" || p.Narrow) && p.Size > 0 && p.Size <= maxPageSize && p.Count >= -1
}

// validEnd reports whether a walk of this list can have pinned the end: there is none, or it is not
// after the query's own.
func (s *activitySource) validEnd(end string) bool {
	if end == "" {
		return true
	}
	t, err := time.Parse(time.RFC3339Nano, end)
	return err == nil && timestamp(t) == end && (s.dateTo.IsZero() || !t.After(transport.Ceil(s.dateTo, precision)))
}

// maxPackedKeys limits the bytes that packKeys returns, so that they fit a cursor.
const maxPackedKeys = 4 << 10

// packKeys encodes keys, the last one first, each as the difference from the one before. Ids that
// follow one another take a byte or two. cut reports that there was no room for the first keys.
func packKeys(keys []rowKey) (packed []byte, cut bool) {
	var previous rowKey
	for i, k := range slices.Backward(keys) {
		packed = binary.AppendVarint(packed, int64(k-previous))
		if len(packed) > maxPackedKeys-binary.MaxVarintLen64 && i > 0 {
			return packed, true
		}
		previous = k
	}
	return packed, false
}

// unpackKeys decodes what packKeys returned. ok is false if packed is not that.
func unpackKeys(packed []byte) (keys []rowKey, ok bool) {
	if len(packed) > maxPackedKeys {
		return nil, false
	}
	var k rowKey
	for len(packed) > 0 {
		difference, size := binary.Varint(packed)
		if size <= 0 {
			return nil, false
		}
		k += rowKey(difference)
		keys, packed = append(keys, k), packed[size:]
	}
	slices.Reverse(keys)
	return keys, true
}
