package paging

import (
	"hash/maphash"
	"math"
)

// Recent remembers the keys of the rows that a walk read last: at least a given number of them, and
// less than twice as many. A walk leaves a row out only because Recent has the row's own key.
type Recent[K comparable] struct {
	min       int
	seed      maphash.Seed
	current   map[K]Entry
	previous  map[K]Entry // what was current when it had min rows last
	forgotten float64     // the highest place of a row that is no longer remembered
}

// Entry is what is remembered of a row.
type Entry struct {
	Place float64 // a number that the walk assigned to the row when it read it last
	hash  uint64  // of the row's bytes; 0: unknown
}

// Match is the result of a lookup.
type Match int

// The values of Match.
const (
	NoMatch      Match = iota // no row with the key was read
	SameRow                   // the row was read before
	DuplicateKey              // another row with the key was read: the service repeats an id
)

// NewRecent returns a Recent that remembers at least n rows.
func NewRecent[K comparable](n int) *Recent[K] {
	return &Recent[K]{min: n, seed: maphash.MakeSeed(), current: map[K]Entry{}, previous: map[K]Entry{}, forgotten: math.Inf(-1)}
}

// Note remembers a row, or the new place of a row that was read again. raw has the row's bytes; nil
// if they are unknown.
func (r *Recent[K]) Note(key K, place float64, raw []byte) {
	entry := Entry{Place: place}
	if raw != nil {
		entry.hash = maphash.Bytes(r.seed, raw)
	}
	r.current[key] = entry
	if len(r.current) < r.min {
		return
	}
	for k, old := range r.previous {
		if _, again := r.current[k]; !again {
			r.forgotten = max(r.forgotten, old.Place)
		}
	}
	clear(r.previous)
	r.current, r.previous = r.previous, r.current
}

func (r *Recent[K]) get(key K) (entry Entry, ok bool) {
	if entry, ok = r.current[key]; !ok {
		entry, ok = r.previous[key]
	}
	return entry, ok
}

// sameBytes reports whether a row has the bytes of an entry. Unknown bytes count as the same.
func (r *Recent[K]) sameBytes(entry Entry, raw []byte) bool {
	return entry.hash == 0 || entry.hash == maphash.Bytes(r.seed, raw)
}

// Lookup looks a row up by its key and its bytes, and returns the key under which it is remembered.
// If another row has the key, the row is looked up by keyOfBytes(raw) instead.
func (r *Recent[K]) Lookup(key K, raw []byte, keyOfBytes func([]byte) K) (K, Entry, Match) {
	entry, ok := r.get(key)
	switch {
	case !ok:
		return key, entry, NoMatch
	case r.sameBytes(entry, raw):
		return key, entry, SameRow
	}
	other := keyOfBytes(raw)
	if entry, ok = r.get(other); ok {
		return other, entry, SameRow
	}
	return key, Entry{}, DuplicateKey
}

// Len returns how many rows are remembered.
func (r *Recent[K]) Len() int { return len(r.current) + len(r.previous) }

// Forgotten returns the highest place of a row that is no longer remembered, or negative infinity
// if all rows are. All rows with a higher place are remembered.
func (r *Recent[K]) Forgotten() float64 { return r.forgotten }
