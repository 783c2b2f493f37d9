package seenkeys

import (
	"cmp"
	"encoding/binary"
	"slices"
	"time"
)

// seenKey is the hash of a key, and the minute until which it is kept.
type seenKey struct {
	minute int64 // since 1970
	hash   uint64
}

func (k seenKey) compare(other seenKey) int {
	return cmp.Or(cmp.Compare(k.minute, other.minute), cmp.Compare(k.hash, other.hash))
}

func minuteOf(t time.Time) int64 { return t.Unix() / 60 }

func timeOf(minute int64) time.Time { return time.Unix(minute*60, 0).UTC() }

const (
	hashSize   = 8
	minuteSize = 6 // for a number of minutes and a number of keys, each below two million
)

// Snapshot is a Set as it was at one moment. Nothing in it changes any more.
type Snapshot struct {
	salt             []byte
	floor, forgotten time.Time
	sorted, recent   []seenKey
}

// Snapshot takes a snapshot. It copies no keys.
func (s *Set) Snapshot() Snapshot {
	return Snapshot{salt: s.salt, floor: s.floor, forgotten: s.forgotten, sorted: s.sorted, recent: s.recent}
}

// Resume returns a set that goes on where the snapshot was taken.
func (s Snapshot) Resume() *Set {
	set := &Set{salt: s.salt, floor: s.floor, forgotten: s.forgotten, keepUntil: map[uint64]int64{}, perMinute: map[int64]int{}}
	for _, k := range slices.Concat(s.sorted, s.recent) {
		set.keep(k)
	}
	set.sort()
	return set
}

// Salt is what the keys are hashed with.
func (s Snapshot) Salt() []byte { return s.salt }

// Floor is that of the set.
func (s Snapshot) Floor() time.Time { return s.floor }

// Forgotten is the moment before which keys may be missing, if that is after the floor. It is zero
// if none are.
func (s Snapshot) Forgotten() time.Time {
	if s.forgotten.After(s.floor) {
		return s.forgotten
	}
	return time.Time{}
}

// Pack writes the keys: for each minute in order, how many minutes it comes after the one before,
// how many keys it has, and their hashes. A key that was noted twice has its later minute.
func (s Snapshot) Pack() []byte {
	latest := make(map[uint64]int64, len(s.recent))
	for _, k := range s.recent {
		latest[k.hash] = k.minute // which only grows
	}
	all := slices.DeleteFunc(slices.Clone(s.sorted), func(k seenKey) bool { _, again := latest[k.hash]; return again })
	for hash, minute := range latest {
		all = append(all, seenKey{minute: minute, hash: hash})
	}
	if len(latest) > 0 {
		slices.SortFunc(all, seenKey.compare)
	}

	packed := make([]byte, 0, len(all)*(hashSize+1))
	for before := int64(0); len(all) > 0; {
		minute := all[0].minute
		n := slices.IndexFunc(all, func(k seenKey) bool { return k.minute != minute })
		if n < 0 {
			n = len(all)
		}
		packed = binary.AppendVarint(packed, minute-before)
		packed = binary.AppendUvarint(packed, uint64(n))
		for _, k := range all[:n] {
			packed = binary.BigEndian.AppendUint64(packed, k.hash)
		}
		before, all = minute, all[n:]
	}
	return packed
}

// Unpack returns the snapshot with a salt, a floor and a Forgotten, whose keys Pack wrote. It
// returns false if that cannot be.
func Unpack(salt []byte, floor, forgotten time.Time, packed []byte) (Snapshot, bool) {
	keys, ok := unpackKeys(packed)
	if !ok || len(salt) != saltSize || floor.IsZero() {
		return Snapshot{}, false
	}
	return Snapshot{salt: salt, floor: floor.UTC(), forgotten: forgotten.UTC(), recent: keys}, true
}

func unpackKeys(packed []byte) (all []seenKey, ok bool) {
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
		if count > uint64(len(packed))/hashSize {
			return nil, false
		}
		minute += delta
		for range count {
			all = append(all, seenKey{minute: minute, hash: binary.BigEndian.Uint64(packed)})
			packed = packed[hashSize:]
		}
	}
	return all, true
}
