package wire

import (
	"errors"
	"math"
	"reflect"
)

// Records consumes an array and makes a record of every element, whatever it is: an element that is
// not an object becomes a record that says so in its Problems, and so does one with damaged
// strings. null stands for no records. Any other kind is a [*ShapeError]; with an error there are
// no records.
func Records[T any](r *Reader, c *Codec[T]) ([]T, error) {
	if r.Kind() == Null {
		return nil, r.Skip()
	}
	var f *fastDecoder // once there is an object
	defer func() {
		if f != nil {
			c.fastDecoders.Put(f)
		}
	}()
	var records []T
	isArray, begin, whole := r.Kind() == Array, r.offset(), 0
	err := r.Array(func() (err error) {
		if len(records) == cap(records) {
			if records, err = grown(r, records, r.offset()-begin, len(r.text)-begin); err != nil {
				return err
			}
		}
		if f == nil && r.Kind() == Object {
			f = c.fastDecoders.Get().(*fastDecoder)
		}
		records = append(records, *new(T))
		if err = readRecord(r, f, c, &records[len(records)-1]); err == nil {
			whole++
		}
		return err
	})
	if broken, ok := errors.AsType[*SyntaxError](err); ok && isArray {
		broken.record = whole + 1
	}
	if err != nil {
		return nil, err
	}
	return records, nil
}

// Record consumes the next value and makes a record of it, whatever it is.
func Record[T any](r *Reader, c *Codec[T]) (T, error) {
	f := c.fastDecoders.Get().(*fastDecoder)
	defer c.fastDecoders.Put(f)
	var v T
	if err := readRecord(r, f, c, &v); err != nil {
		return *new(T), err
	}
	return v, nil
}

// grown makes room for the records of a whole array, judged by those so far: took is how many bytes
// they have, all how many the array may have. The room grows by half at least, since short records
// may follow a long one.
func grown[T any](r *Reader, records []T, took, all int) ([]T, error) {
	const first, factor = 16, 8
	n, room := len(records), first
	if n > 0 {
		expected := int(min(int64(n)*int64(all)/int64(took), math.MaxInt32))
		room = max(min(expected+expected/16, n*factor), n+n/2)
	}
	size := int(reflect.TypeFor[T]().Size())
	if affordable := r.left / int64(max(size, 1)); affordable > int64(n) {
		room = int(min(int64(room), affordable))
	}
	if err := r.spend(room, size); err != nil {
		return nil, err
	}
	return append(make([]T, 0, room), records...), nil
}

// readRecord consumes the next value and makes v, which must be zero, of it. Its texts take no more
// memory than its bytes, so that these are counted.
func readRecord[T any](r *Reader, f *fastDecoder, c *Codec[T], v *T) error {
	isObject, fits := r.Kind() == Object, false
	if err := r.take(); err != nil {
		return err
	}
	begin := r.next()
	if isObject {
		depth := r.dec.StackDepth()
		fits = f.record(r, reflect.ValueOf(c.plain(v)).Elem()) == nil
		if err := r.leave(depth); err != nil { // the rest of a record with a member that does not fit
			return err
		}
	} else if _, err := r.value(); err != nil {
		return err
	}
	end := r.offset()
	if r.err = r.spend(end-begin, 1); r.err != nil {
		return r.err
	}
	if fits && r.damage(begin, end) == 0 {
		*c.kept(v).Raw = r.slice(begin, end)
	} else {
		r.err = c.decodeByMember(r.part(begin, end), r.bounds, v)
	}
	if r.err == nil {
		r.problems.note(c.finished(v))
	}
	return r.err
}
