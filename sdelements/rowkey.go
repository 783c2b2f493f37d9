package sdelements

import (
	"encoding/binary"
	"hash/fnv"
	"slices"
)

// rowKey tells the rows of a walk apart: the id of an activity, or a negative hash of its bytes
// where it has none.
type rowKey int64

func keyOf(a *Activity) rowKey {
	if a.ID > 0 {
		return rowKey(a.ID)
	}
	return keyOfBytes(a.Raw)
}

// keyOfBytes is the key of an activity without an id, and of one whose id another has as well.
func keyOfBytes(raw []byte) rowKey {
	h := fnv.New64a()
	_, _ = h.Write(raw)
	return -rowKey(h.Sum64()>>1) - 1
}

func keysOf(items []Activity) []rowKey {
	keys := make([]rowKey, len(items))
	for i := range items {
		keys[i] = keyOf(&items[i])
	}
	return keys
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
