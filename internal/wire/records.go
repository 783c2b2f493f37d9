package wire

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"

	"github.com/activity-sdk/activity"
)

// Records consumes an array and makes a record of every element, whatever it is: an element that is
// not an object becomes a record that says so in its Problems, and so does one with damaged
// strings. null stands for no records. Any other kind is a [*ShapeError]; with an error there are
// no records.
func Records[T any](r *Reader, c *Codec[T]) ([]T, error) {
	if r.Kind() == Null {
		return nil, r.Skip()
	}
	var records []T
	begin := r.offset()
	err := elements(r, newFiller(c.rules), c, func(read func(*T) error) error {
		if len(records) == cap(records) {
			records = grown(records, r.offset()-begin, len(r.text)-begin)
		}
		records = append(records, *new(T))
		return read(&records[len(records)-1])
	})
	if err != nil {
		return nil, err
	}
	return records, nil
}

// maxRecords bounds the records of one array. No service has pages nearly as long, and within the
// usual bound of an answer no more real records find room. But an element can be written in two
// bytes and takes hundreds as a record, so that the bytes alone bound little.
const maxRecords = 1 << 20

// elements consumes an array and calls next for each element, which has to call read for a record
// that is zero.
func elements[T any](r *Reader, f *filler, c *Codec[T], next func(read func(*T) error) error) error {
	isArray, count, whole := r.Kind() == Array, 0, 0
	read := func(v *T) error { return readRecord(r, f, c, v) }
	err := r.Array(func() error {
		if count++; count > maxRecords {
			return &activity.Error{Kind: activity.ErrResponseTooLarge,
				Message: fmt.Sprintf("the answer holds more than %d records; ask for smaller pages", maxRecords)}
		}
		err := next(read)
		if err == nil {
			whole++
		}
		return err
	})
	if broken, ok := errors.AsType[*SyntaxError](err); ok && isArray {
		broken.record = whole + 1
	}
	return err
}

// grown makes room for as many more records as there will be if they are like those so far, which
// took so many of all the bytes.
func grown[T any](records []T, took, all int) []T {
	const first, factor = 16, 8
	room := first
	if n := len(records); n > 0 {
		room = min(n*factor, int(int64(n)*int64(all)/int64(took))+1, maxRecords)
	}
	return append(make([]T, 0, room), records...)
}

// readRecord consumes the next value and makes v, which must be zero, of it.
func readRecord[T any](r *Reader, f *filler, c *Codec[T], v *T) error {
	if r.Kind() != Object {
		raw, err := r.Value()
		if err == nil {
			c.decodeOdd(raw, v)
		}
		return err
	}
	_ = r.take()
	depth, begin := r.dec.StackDepth(), r.next()
	fits := f.record(r.dec, reflect.ValueOf(c.plain(v)).Elem()) == nil
	for r.dec.StackDepth() > depth { // the rest of a record with a member that does not fit
		if _, err := r.dec.ReadToken(); err != nil {
			return r.fail(err)
		}
	}
	raw := r.slice(begin, r.offset())
	if fits && r.damage(begin, r.offset()) == 0 {
		*c.kept(v).Raw = raw
	} else {
		c.decodeOdd(raw, v)
	}
	return nil
}

// next returns the offset of the next value in the text.
func (r *Reader) next() int {
	return len(r.text) - len(bytes.TrimLeft(r.text[r.offset():], ":, \t\r\n"))
}
