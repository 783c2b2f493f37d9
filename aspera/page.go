package aspera

import (
	"github.com/activity-sdk/activity/internal/paging"
	"github.com/activity-sdk/activity/internal/wire"
)

// envelope is what a page has besides its records.
type envelope struct {
	next  string
	total int
}

// readMember reads the next value if it belongs to the envelope. The name of a list's total
// contains that of its records.
func (e *envelope) readMember(r *wire.Reader, name, records string) (err error) {
	switch name {
	case "next":
		e.next, err = readLink(r)
	case "total_" + records:
		var total int64
		var ok bool
		if total, ok, err = r.Int(); ok && total >= 0 {
			e.total = int(total)
		}
	}
	return err
}

// readLink returns the link to the next page: the href of an object, or a string. Null, an object
// without href, and an empty href are no link, since the form of the last page is not documented
// (probe: aspera.last). Anything else is a *wire.ShapeError: otherwise nobody would notice a list
// that ends too early.
func readLink(r *wire.Reader) (href string, err error) {
	if r.Kind() != wire.Object {
		return readHref(r, "next", "a link")
	}
	err = r.Object(func(name string) (err error) {
		if name == "href" {
			href, err = readHref(r, "next.href", "a string")
		}
		return err
	})
	return href, err
}

func readHref(r *wire.Reader, where, want string) (href string, err error) {
	switch kind := r.Kind(); kind {
	case wire.Null:
		return "", r.Skip()
	case wire.String:
		href, _, err = r.Text()
		return href, err
	default:
		return "", shapeError(where, kind.String(), want)
	}
}

func shapeError(where, found, want string) error {
	return &wire.ShapeError{Where: where, Found: found, Want: want}
}

// pageDecoder returns the decoder of a list. Its records are in the array with this name. Since the
// names are not documented for all endpoints (probe: aspera.shapes), it also reads an object with a
// single array of another name, and an array without an object.
func pageDecoder[T any](name string, c *wire.Codec[T]) func(r *wire.Reader) (paging.Linked[T], error) {
	return func(r *wire.Reader) (paging.Linked[T], error) {
		records, e, err := readPage(r, name, c)
		if err != nil {
			return paging.Linked[T]{}, err
		}
		return paging.Linked[T]{Items: records, Next: e.next, Total: e.total}, nil
	}
}

func readPage[T any](r *wire.Reader, name string, c *wire.Codec[T]) (records []T, e envelope, err error) {
	e.total = -1
	if r.Kind() == wire.Array {
		if records, err = wire.Records(r, c); err == nil {
			err = r.End()
		}
		return records, e, err
	}
	named := false
	otherArrays, otherArray := 0, []byte(nil)
	err = r.Object(func(member string) (err error) {
		switch {
		case member == name:
			named = true
			records, err = wire.Records(r, c)
		case r.Kind() == wire.Array && member != "next":
			otherArrays++
			otherArray, err = r.Value()
		default:
			err = e.readMember(r, member, name)
		}
		return err
	})
	if err == nil {
		err = r.End()
	}
	switch {
	case err != nil || named:
	case otherArrays == 1:
		records, err = wire.Records(r.Within(otherArray), c)
	default:
		err = shapeError(name, "missing", "an array")
	}
	return records, e, err
}
