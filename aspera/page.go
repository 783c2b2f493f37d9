package aspera

import (
	"github.com/activity-sdk/activity/internal/paging"
	"github.com/activity-sdk/activity/internal/wire"
)

// frame is what stands around the records of a page.
type frame struct {
	next  string
	total int
}

// member reads the next value if its name is one of a frame's. The name of a list's total is
// derived from that of its records.
func (f *frame) member(r *wire.Reader, name, records string) (err error) {
	switch name {
	case "next":
		f.next, err = readLink(r)
	case "total_" + records:
		var total int64
		var ok bool
		if total, ok, err = r.Int(); ok && total >= 0 {
			f.total = int(total)
		}
	}
	return err
}

// readLink reads a link to another page: an object with a href, or the href alone. What the last
// page has in its place is not documented (probe: aspera.last): null, an object without href and an
// empty href are all no link. Anything else is a *wire.ShapeError, since a list that ends too early
// would not be noticed.
func readLink(r *wire.Reader) (href string, err error) {
	switch kind := r.Kind(); kind {
	case wire.Null:
		return "", r.Skip()
	case wire.String:
		href, _, err = r.Text()
		return href, err
	case wire.Object:
		err = r.Object(func(name string) (err error) {
			if name == "href" {
				href, err = readHref(r)
			}
			return err
		})
		return href, err
	default:
		return "", shape("next", kind.String(), "a link")
	}
}

func readHref(r *wire.Reader) (href string, err error) {
	switch kind := r.Kind(); kind {
	case wire.Null:
		return "", r.Skip()
	case wire.String:
		href, _, err = r.Text()
		return href, err
	default:
		return "", shape("next.href", kind.String(), "a string")
	}
}

func shape(where, found, want string) error {
	return &wire.ShapeError{Where: where, Found: found, Want: want}
}

// pages returns the decoder of a list whose records stand in the array of that name. Since the
// names are not documented for all endpoints (probe: aspera.shapes), an object with one array of
// another name, and an array instead of the object, are read as well.
func pages[T any](name string, c *wire.Codec[T]) func(r *wire.Reader) (paging.Linked[T], error) {
	return func(r *wire.Reader) (paging.Linked[T], error) {
		records, f, err := readPage(r, name, c)
		if err != nil {
			return paging.Linked[T]{}, err
		}
		return paging.Linked[T]{Items: records, Next: f.next, Total: f.total}, nil
	}
}

func readPage[T any](r *wire.Reader, name string, c *wire.Codec[T]) (records []T, f frame, err error) {
	f.total = -1
	if r.Kind() == wire.Array {
		if records, err = wire.Records(r, c); err == nil {
			err = r.End()
		}
		return records, f, err
	}
	named := false
	others, other := 0, []byte(nil)
	err = r.Object(func(member string) (err error) {
		switch {
		case member == name:
			named = true
			records, err = wire.Records(r, c)
		case r.Kind() == wire.Array && member != "next":
			others++
			other, err = r.Value()
		default:
			err = f.member(r, member, name)
		}
		return err
	})
	if err == nil {
		err = r.End()
	}
	switch {
	case err != nil || named:
	case others == 1:
		records, err = wire.Records(r.Within(other), c)
	default:
		err = shape(name, "missing", "an array")
	}
	return records, f, err
}
