// Package seenkeys remembers which records of a feed were delivered, by hashes of their keys. It is
// what keeps a record from being delivered twice.
package seenkeys

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"
	"time"
)

const saltSize = 16

// Set is the keys that were delivered. Each is kept until a moment, with the precision of a minute.
type Set struct {
	salt      []byte
	floor     time.Time
	forgotten time.Time // keys that were kept until an earlier moment may be missing; may be after the floor

	keepUntil map[uint64]int64 // the minute until which a key is kept, by its hash
	perMinute map[int64]int    // how many keys are kept until a minute
	// sorted and recent hold what keepUntil holds, in a form that snapshots can share: sorted does
	// not change, recent grows at its end.
	sorted, recent []seenKey
}

// New returns an empty set for a feed that is read from a moment on.
func New(since time.Time) *Set {
	s := &Set{salt: make([]byte, saltSize), floor: since, keepUntil: map[uint64]int64{}, perMinute: map[int64]int{}}
	_, _ = rand.Read(s.salt) // never fails
	return s
}

// Floor is the moment from which on the set knows the keys that were delivered. Nothing before it
// may be read: its keys were never known, or were forgotten.
func (s *Set) Floor() time.Time { return s.floor }

// Hash shortens a key. The salt, which nobody else knows, keeps those who choose what a record says
// from making two keys look the same, so that the second record would pass for the first.
func (s *Set) Hash(key string) uint64 {
	h := sha256.New()
	h.Write(s.salt)
	h.Write([]byte(key))
	return binary.BigEndian.Uint64(h.Sum(make([]byte, 0, sha256.Size)))
}

// Count returns how many keys are kept until a moment or longer.
func (s *Set) Count(until time.Time) (n int) {
	for minute, count := range s.perMinute {
		if minute >= minuteOf(until) {
			n += count
		}
	}
	return n
}

// Note adds a key, or keeps it longer if it is there already. It reports whether the key is new.
func (s *Set) Note(hash uint64, keepUntil time.Time) bool {
	k := seenKey{minute: minuteOf(keepUntil), hash: hash}
	before, known := s.keepUntil[hash]
	if known && before >= k.minute {
		return false
	}
	s.keep(k)
	s.recent = append(s.recent, k)
	return !known
}

func (s *Set) keep(k seenKey) {
	before, known := s.keepUntil[k.hash]
	if known && before >= k.minute {
		return
	}
	if known {
		s.countDown(before)
	}
	s.keepUntil[k.hash] = k.minute
	s.perMinute[k.minute]++
}

// countDown counts one key less in a minute.
func (s *Set) countDown(minute int64) {
	if s.perMinute[minute]--; s.perMinute[minute] == 0 {
		delete(s.perMinute, minute)
	}
}

// sort renews sorted from what the set holds.
func (s *Set) sort() {
	s.sorted = make([]seenKey, 0, len(s.keepUntil))
	for hash, minute := range s.keepUntil {
		s.sorted = append(s.sorted, seenKey{minute: minute, hash: hash})
	}
	slices.SortFunc(s.sorted, seenKey.compare)
	s.recent = nil
}

// Forget raises the floor to a moment and forgets the keys that are not needed after that. A key is
// needed until the margin has passed, too: records may come with others that are so much later.
func (s *Set) Forget(before time.Time, margin time.Duration) {
	if before.After(s.floor) {
		s.floor = before
	}
	s.forgetBefore(minuteOf(s.floor.Add(-margin)))
	s.sort()
}

func (s *Set) forgetBefore(minute int64) {
	for hash, until := range s.keepUntil {
		if until < minute {
			delete(s.keepUntil, hash)
			s.countDown(until)
		}
	}
}

// Shrink forgets the earliest keys if the set takes more than that many bytes in a checkpoint, and
// a few more, so that it does not happen again at once. It raises the floor above what was
// forgotten, but not above the watermark: what lies after that is yet to be read. Call it after the
// watermark moved too. It reports whether it forgot any keys.
func (s *Set) Shrink(room int, watermark time.Time) bool {
	forgot := s.Size() > room && len(s.perMinute) > 0
	if forgot {
		s.forgetEarliest(room - room/10)
	}
	floor := s.forgotten
	if watermark.Before(floor) {
		floor = watermark
	}
	if floor.After(s.floor) {
		s.floor = floor
	}
	return forgot
}

// forgetEarliest forgets whole minutes, and of the last minute some keys if it is too full by
// itself.
func (s *Set) forgetEarliest(room int) {
	minutes := slices.Sorted(maps.Keys(s.perMinute))
	size, cut := s.Size(), 0
	for ; size > room && cut < len(minutes)-1; cut++ {
		size -= hashSize*s.perMinute[minutes[cut]] + minuteSize
	}
	s.forgetBefore(minutes[cut])
	missing := minutes[max(cut-1, 0)] // the last minute of which keys are forgotten
	if s.Size() > room {
		missing = minutes[cut]
	}
	for hash, minute := range s.keepUntil {
		if s.Size() <= room {
			break
		}
		delete(s.keepUntil, hash)
		s.countDown(minute)
	}
	if from := timeOf(missing + 1); from.After(s.forgotten) {
		s.forgotten = from
	}
	s.sort()
}

// Size returns how many bytes the keys take in a checkpoint, at most.
func (s *Set) Size() int { return hashSize*len(s.keepUntil) + minuteSize*len(s.perMinute) }

// KeepUntil returns until when the key of a record must be kept that was read between two moments:
// its time. A record with an earlier time, or without one, may be listed there again, so its key is
// kept as long as the newest. The key of a record that is dated ahead is kept until that date, but
// not if that is more than a month ahead.
func KeepUntil(t, from, to time.Time) time.Time {
	const month = 31 * 24 * time.Hour
	if t.Before(from) || t.After(to.Add(month)) {
		return to
	}
	return t
}
