package wire

import (
	"errors"
	"math"
	"reflect"
)

// Records consumes an array and returns a record for each element. If an element is not an object,
// or has strings that JSON does not allow, the Problems of its record say so. For null, Records
// returns no records. For any other value it returns a [*ShapeError]. With an error it returns no
// records.
func Records[T any](r *Reader, c *Codec[T]) ([]T, error) {
	if r.Kind() == Null {
		return nil, r.Skip()
	}
	var f *fastDecoder // set at the first object
	defer func() {
		if f != nil {
			c.fastDecoders.Put(f)
		}
	}()
	var records []T
	isArray, begin, whole := r.Kind() == Array, r.offset(), 0
	err := r.Array(func() (err error) {
		if len(records) == cap(records) {
			if records, err = growRecords(r, records, r.offset()-begin, len(r.text)-begin); err != nil {
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

// Record consumes the next value, of any kind, and returns a record of it: see [Records].
func Record[T any](r *Reader, c *Codec[T]) (T, error) {
	f := c.fastDecoders.Get().(*fastDecoder)
	defer c.fastDecoders.Put(f)
	var v T
	if err := readRecord(r, f, c, &v); err != nil {
		return *new(T), err
	}
	return v, nil
}

// growRecords returns records with capacity for those of the whole array, which it estimates: the
// records so far have took bytes, and the array has at most all bytes. The capacity grows by at
// least half, since short records may follow a long one.
func growRecords[T any](r *Reader, records []T, took, all int) ([]T, error) {
	const first, factor = 16, 8
	n, room := len(records), first
	if n > 0 {
		expected := int(min(int64(n)*int64(all)/int64(took), math.MaxInt32))
		room = max(min(expected+expected/16, n*factor), n+n/2)
	}
	size := int(reflect.TypeFor[T]().Size())
	if affordable := r.memoryLeft / int64(max(size, 1)); affordable > int64(n) {
		room = int(min(int64(room), affordable))
	}
	if err := r.spend(room, size); err != nil {
		return nil, err
	}
	return append(make([]T, 0, room), records...), nil
}

// readRecord consumes the next value and decodes it into v, which must be zero. It counts the bytes
// of the value as memory, since its strings take no more.
func readRecord[T any](r *Reader, f *fastDecoder, c *Codec[T], v *T) error {
	isObject, fits := r.Kind() == Object, false
	if err := r.consume(); err != nil {
		return err
	}
	begin := r.valueOffset()
	if isObject {
		depth := r.dec.StackDepth()
		fits = f.record(r, reflect.ValueOf(c.plain(v)).Elem()) == nil
		if err := r.skipTo(depth); err != nil { // the rest of a record with a member that does not fit
			return err
		}
	} else if _, err := r.value(); err != nil {
		return err
	}
	end := r.offset()
	if r.err = r.spend(end-begin, 1); r.err != nil {
		return r.err
	}
	if fits && r.defects(begin, end) == 0 {
		*c.kept(v).Raw = r.bodySlice(begin, end)
	} else {
		r.err = c.decodeSlow(r.slice(begin, end), r.limits, v)
	}
	if r.err == nil {
		r.problemCount.note(c.finished(v))
	}
	return r.err
}
