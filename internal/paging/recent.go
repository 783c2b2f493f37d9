package paging

import (
	"hash/maphash"
	"math"
)

// Recent remembers the rows that a walk met last, by their keys: at least room of them, and never
// more than twice as many. A walk leaves a row out only because it finds the row's own key here.
type Recent[K comparable] struct {
	room        int
	seed        maphash.Seed
	now, before map[K]Met // when now has room rows, it becomes before
	forgotten   float64   // the highest place of a row that is not remembered any more
}

// Met is what is remembered of a row.
type Met struct {
	Place float64 // where the walk met it last: a number that the walk chooses
	hash  uint64  // of its bytes; 0: unknown
}

// NewRecent returns a memory of at least room rows.
func NewRecent[K comparable](room int) *Recent[K] {
	return &Recent[K]{room: room, seed: maphash.MakeSeed(), now: map[K]Met{}, before: map[K]Met{}, forgotten: math.Inf(-1)}
}

// Note remembers a row, or where it was met again. raw is nil where its bytes are not known.
func (r *Recent[K]) Note(key K, place float64, raw []byte) {
	met := Met{Place: place}
	if raw != nil {
		met.hash = maphash.Bytes(r.seed, raw)
	}
	r.now[key] = met
	if len(r.now) < r.room {
		return
	}
	for k, met := range r.before {
		if _, again := r.now[k]; !again {
			r.forgotten = max(r.forgotten, met.Place)
		}
	}
	clear(r.before)
	r.now, r.before = r.before, r.now
}

// Find returns what is remembered of a row.
func (r *Recent[K]) Find(key K) (met Met, known bool) {
	if met, known = r.now[key]; !known {
		met, known = r.before[key]
	}
	return met, known
}

// Same reports whether bytes are those of the row that was met. Where its bytes are not known they
// are taken for the same.
func (r *Recent[K]) Same(met Met, raw []byte) bool {
	return met.hash == 0 || met.hash == maphash.Bytes(r.seed, raw)
}

// Len returns how many rows are remembered.
func (r *Recent[K]) Len() int { return len(r.now) + len(r.before) }

// Forgotten returns the highest place of a row that is not remembered any more; negative infinity
// if all are. So every row that was met behind that place is remembered.
func (r *Recent[K]) Forgotten() float64 { return r.forgotten }
