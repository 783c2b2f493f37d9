package wire

import (
	"errors"
	"iter"
	"slices"
)

// deferFrom is the size of a body, in bytes, from which on its records are not held all at once: beside their bytes they take about as much
// memory once more.
const deferFrom = 4 << 20

// Batch is the records of an array. Those of a usual body are made at once. Those of a large one are read once, which is how they are
// known to be whole, and made anew, one after the other, whenever they are ranged over.
type Batch[T any] struct {
	records []T
	later   iter.Seq2[T, error] // nil: the records are made
	count   int
}

// errStopped ends the making of records that nobody wants any more.
var errStopped = errors.New("wire: stopped")

// ReadBatch is [Records] that puts off what is large. It calls visit for each record in order, which must not keep it.
func ReadBatch[T any](r *Reader, c *Codec[T], visit func(*T)) (Batch[T], error) {
	if len(r.body) >= deferFrom && r.Kind() == Array {
		return deferred(r, c, visit)
	}
	records, err := Records(r, c)
	for i := range records {
		visit(&records[i])
	}
	return BatchOf(records), err
}

// BatchOf is a batch of records that are made already.
func BatchOf[T any](records []T) Batch[T] {
	return Batch[T]{records: records, count: len(records)}
}

func deferred[T any](r *Reader, c *Codec[T], visit func(*T)) (Batch[T], error) {
	begin, count := r.next(), 0
	var record T
	f := newFiller(c.rules)
	err := elements(r, f, c, func(read func(*T) error) error {
		count++
		record = *new(T)
		err := read(&record)
		if err == nil {
			visit(&record)
		}
		return err
	})
	if err != nil {
		return Batch[T]{}, err
	}
	array := r.slice(begin, r.offset())
	return Batch[T]{count: count, later: func(yield func(T, error) bool) {
		var record T
		err := elements(NewReader(array), newFiller(c.rules), c, func(read func(*T) error) error {
			record = *new(T)
			if err := read(&record); err != nil {
				return err
			}
			if !yield(record, nil) {
				return errStopped
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStopped) {
			yield(*new(T), err)
		}
	}}, nil
}

// Len is the number of records.
func (b Batch[T]) Len() int { return b.count }

// Records gives the records if they are made, and otherwise how to make them. That fails, with a [*SyntaxError] or a [*ShapeError], only
// where somebody has changed the body meanwhile.
func (b Batch[T]) Records() ([]T, iter.Seq2[T, error]) { return b.records, b.later }

// Pick gives the records at some places, which are in order. Those that are made are not copied if no other lies between them.
func (b Batch[T]) Pick(places []int) Batch[T] {
	n := len(places)
	switch {
	case n == b.count:
		return b
	case b.later != nil:
		return Batch[T]{count: n, later: b.pickLater(places)}
	case n > 0 && places[n-1]+1-places[0] == n:
		return BatchOf(slices.Clip(b.records[places[0] : places[n-1]+1]))
	}
	some := make([]T, n)
	for i, place := range places {
		some[i] = b.records[place]
	}
	return BatchOf(some)
}

func (b Batch[T]) pickLater(places []int) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		rest, place := places, -1
		for record, err := range b.later {
			if err != nil {
				yield(record, err)
				return
			}
			if place++; len(rest) == 0 || place < rest[0] {
				continue
			}
			if rest = rest[1:]; !yield(record, nil) || len(rest) == 0 {
				return
			}
		}
	}
}
