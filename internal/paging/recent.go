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

// Recognized says what a walk knows of a row.
type Recognized int

// What Recognize reports.
const (
	Unknown Recognized = iota
	Itself             // the row was read before
	Another            // another row with its key was delivered: the service repeats an id
)

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

// find returns what is remembered of a row.
func (r *Recent[K]) find(key K) (met Met, known bool) {
	if met, known = r.now[key]; !known {
		met, known = r.before[key]
	}
	return met, known
}

// same reports whether bytes are those of the row that was met. Where its bytes are not known they
// are taken for the same.
func (r *Recent[K]) same(met Met, raw []byte) bool {
	return met.hash == 0 || met.hash == maphash.Bytes(r.seed, raw)
}

// Recognize looks a row up by its key and its bytes, and returns the key by which it is remembered.
// Where another row has its key, that is the one that ofBytes makes of the bytes.
func (r *Recent[K]) Recognize(key K, raw []byte, ofBytes func([]byte) K) (K, Met, Recognized) {
	met, known := r.find(key)
	switch {
	case !known:
		return key, met, Unknown
	case r.same(met, raw):
		return key, met, Itself
	}
	other := ofBytes(raw)
	if met, known = r.find(other); known {
		return other, met, Itself
	}
	return key, Met{}, Another
}

// Len returns how many rows are remembered.
func (r *Recent[K]) Len() int { return len(r.now) + len(r.before) }

// Forgotten returns the highest place of a row that is not remembered any more; negative infinity
// if all are. So every row that was met behind that place is remembered.
func (r *Recent[K]) Forgotten() float64 { return r.forgotten }
