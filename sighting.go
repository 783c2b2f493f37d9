package activity

import (
	"cmp"
	"encoding/binary"
	"slices"
	"time"
)

// sighting is a key that was met, and the minute until which it is kept.
type sighting struct {
	minute int64 // since 1970
	hash   uint64
}

func (s sighting) compare(other sighting) int {
	return cmp.Or(cmp.Compare(s.minute, other.minute), cmp.Compare(s.hash, other.hash))
}

func minuteOf(t time.Time) int64 { return t.Unix() / 60 }

func timeOf(minute int64) time.Time { return time.Unix(minute*60, 0).UTC() }

const (
	sightingSize = 8
	minuteSize   = 6 // for a number of minutes and a number of keys, each below two million
)

// packSightings writes, for each minute in order, how many minutes it comes after the one before,
// how many keys it has, and these. Settled sightings are in order; a key that was met again since
// stands with its latest minute.
func packSightings(settled, recent []sighting) []byte {
	latest := make(map[uint64]int64, len(recent))
	for _, s := range recent {
		latest[s.hash] = s.minute // which only grows
	}
	sorted := slices.DeleteFunc(slices.Clone(settled), func(s sighting) bool { _, again := latest[s.hash]; return again })
	for hash, minute := range latest {
		sorted = append(sorted, sighting{minute: minute, hash: hash})
	}
	if len(latest) > 0 {
		slices.SortFunc(sorted, sighting.compare)
	}

	packed := make([]byte, 0, len(sorted)*(sightingSize+1))
	for before := int64(0); len(sorted) > 0; {
		minute := sorted[0].minute
		n := slices.IndexFunc(sorted, func(s sighting) bool { return s.minute != minute })
		if n < 0 {
			n = len(sorted)
		}
		packed = binary.AppendVarint(packed, minute-before)
		packed = binary.AppendUvarint(packed, uint64(n))
		for _, s := range sorted[:n] {
			packed = binary.BigEndian.AppendUint64(packed, s.hash)
		}
		before, sorted = minute, sorted[n:]
	}
	return packed
}

// unpackSightings reads what packSightings wrote. It returns false for anything else.
func unpackSightings(packed []byte) (all []sighting, ok bool) {
	for minute := int64(0); len(packed) > 0; {
		delta, used := binary.Varint(packed)
		if used <= 0 {
			return nil, false
		}
		packed = packed[used:]
		count, used := binary.Uvarint(packed)
		if used <= 0 {
			return nil, false
		}
		packed = packed[used:]
		if count > uint64(len(packed))/sightingSize {
			return nil, false
		}
		minute += delta
		for range count {
			all = append(all, sighting{minute: minute, hash: binary.BigEndian.Uint64(packed)})
			packed = packed[sightingSize:]
		}
	}
	return all, true
}
