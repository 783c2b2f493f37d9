package sdelements

import (
	"encoding/binary"
	"slices"
	"time"

	"github.com/activity-sdk/activity/internal/transport"
)

// position is what a cursor stores of a walk.
type position struct {
	Place string `json:"q,omitzero"` // what is added to the list's parameters for the page that comes next
	Size  int    `json:"s"`          // how many activities a page is asked for
	Bound string `json:"b,omitzero"` // the pinned end, as date_to; "": none
	Count int    `json:"c"`          // the service's, when the last page was listed; -1: it does not count
	Full  bool   `json:"f,omitzero"` // all pages so far were as long as they were asked to be

	Passed   int  `json:"p,omitzero"` // how many different rows were read
	Fell     int  `json:"l,omitzero"` // by how much the count fell so far, in all
	Pushed   int  `json:"m,omitzero"` // how many of the rows that come next may have been pushed there
	Unstable bool `json:"u,omitzero"` // rows came again although the count did not change

	Keys []byte `json:"k,omitzero"` // the walk's last, packed
	Cut  bool   `json:"t,omitzero"` // Keys has no room for all of them

	// Narrow says that the service covers less time than was asked for. Without a Place, that is
	// all which is left to say.
	Narrow bool `json:"n,omitzero"`
}

// most bounds what a cursor or a service may claim.
const most = 1 << 30

// valid reports whether a walk can have left the position, whatever its Place and Bound are.
func (p position) valid() bool {
	for _, n := range []int{p.Passed, p.Fell, p.Pushed} {
		if n < 0 || n > most {
			return false
		}
	}
	return (p.Place != "" || p.Narrow) && p.Size > 0 && p.Size <= maxPageSize && p.Count >= -1
}

// mayEnd reports whether a cursor's pinned end is one that a walk can have written: none, or one
// that the query's own end includes.
func (s *activitySource) mayEnd(bound string) bool {
	if bound == "" {
		return true
	}
	t, err := time.Parse(time.RFC3339Nano, bound)
	return err == nil && timestamp(t) == bound && (s.dateTo.IsZero() || !t.After(transport.Ceil(s.dateTo, unit)))
}

// mostPacked bounds what packKeys writes, in bytes, so that a cursor has room for it.
const mostPacked = 4 << 10

// packKeys writes keys for a cursor, from the last one back, each as its distance from the one
// before: ids that follow one another take a byte or two. cut reports whether there was no room for
// all.
func packKeys(keys []rowKey) (packed []byte, cut bool) {
	var before rowKey
	for i, k := range slices.Backward(keys) {
		packed = binary.AppendVarint(packed, int64(k-before))
		if len(packed) > mostPacked-binary.MaxVarintLen64 && i > 0 {
			return packed, true
		}
		before = k
	}
	return packed, false
}

// unpackKeys reads what packKeys wrote; ok is false if it is something else.
func unpackKeys(packed []byte) (keys []rowKey, ok bool) {
	if len(packed) > mostPacked {
		return nil, false
	}
	var k rowKey
	for len(packed) > 0 {
		distance, used := binary.Varint(packed)
		if used <= 0 {
			return nil, false
		}
		k += rowKey(distance)
		keys, packed = append(keys, k), packed[used:]
	}
	slices.Reverse(keys)
	return keys, true
}
