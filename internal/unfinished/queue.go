// Package unfinished holds references to records of a feed that may still change, so that they are
// read again until they are final.
package unfinished

import "container/list"

const (
	// maxRecords and maxSize bound how many records are kept, and what they take in a checkpoint.
	maxRecords = 10_000
	maxSize    = 300_000
	// maxRef is the longest reference that is kept, in bytes.
	maxRef = 256
)

// Record is a record that is to be read again.
type Record struct {
	Ref  string // by which it can be read
	Hash uint64 // of the key under which it was read last
}

// Queue is the records that are to be read again, the one that has waited longest first. Each is
// wanted once a round.
type Queue struct {
	order  *list.List // of *entry
	byRef  map[string]*list.Element
	size   int
	round  int
	cached []Record // what Records returns; nil: it changed
}

type entry struct {
	Record
	lastRound int // in which it was read; 0: before the queue was made
}

// NewQueue returns a queue with some records, in its first round.
func NewQueue(records []Record) *Queue {
	q := &Queue{order: list.New(), byRef: map[string]*list.Element{}, round: 1}
	for _, r := range records {
		q.add(r, 0)
	}
	return q
}

// NextRound begins the next round, in which no record was read yet.
func (q *Queue) NextRound() { q.round++ }

// Note takes note of a record that was read in this round: one that is open goes to the end, and
// any other leaves. One whose reference is too long is not kept. Note returns false if the record
// that waited longest had to make room.
func (q *Queue) Note(r Record, open bool) bool {
	q.Remove(r.Ref)
	if !open || len(r.Ref) > maxRef {
		return true
	}
	q.add(r, q.round)
	fits := true
	for q.Count() > maxRecords || q.size > maxSize {
		q.Remove(q.order.Front().Value.(*entry).Ref)
		fits = false
	}
	return fits
}

// Postpone sends a record to the end, as it is. It is not wanted any more in this round.
func (q *Queue) Postpone(ref string) {
	if e, known := q.byRef[ref]; known {
		e.Value.(*entry).lastRound = q.round
		q.order.MoveToBack(e)
		q.cached = nil
	}
}

// Contains reports whether a record was read last under the same key.
func (q *Queue) Contains(r Record) bool {
	e, known := q.byRef[r.Ref]
	return known && e.Value.(*entry).Hash == r.Hash
}

// Overdue returns the references of up to n records that were not read in this round, the one that
// has waited longest first.
func (q *Queue) Overdue(n int) []string {
	var refs []string
	for e := q.order.Front(); e != nil && len(refs) < n; e = e.Next() {
		if r := e.Value.(*entry); r.lastRound != q.round {
			refs = append(refs, r.Ref)
		}
	}
	return refs
}

func (q *Queue) add(r Record, lastRound int) {
	q.byRef[r.Ref] = q.order.PushBack(&entry{Record: r, lastRound: lastRound})
	q.size += packedSize(r.Ref)
	q.cached = nil
}

// Remove takes a record out, if it is there.
func (q *Queue) Remove(ref string) {
	if e, known := q.byRef[ref]; known {
		q.order.Remove(e)
		delete(q.byRef, ref)
		q.size -= packedSize(ref)
		q.cached = nil
	}
}

// Count returns how many records there are.
func (q *Queue) Count() int { return len(q.byRef) }

// Size returns how many bytes the records take in a checkpoint, at most.
func (q *Queue) Size() int { return q.size }

// Records returns the records in their order. The slice does not change later.
func (q *Queue) Records() []Record {
	if q.cached == nil {
		for e := q.order.Front(); e != nil; e = e.Next() {
			q.cached = append(q.cached, e.Value.(*entry).Record)
		}
	}
	return q.cached
}
