package activity

import (
	"context"
	"encoding/json"
	"hash/maphash"
	"iter"
	"slices"
	"time"

	"github.com/activity-sdk/activity/internal/onepage"
)

// List is a query for a vendor's records, which is read when you range over it. Making one sends
// nothing. A List is immutable and safe for concurrent use. Each range reads it again, and yields
// the same records if the service returns the same.
//
// Records come in the service's order. Each comes once, unless rows move while the list is read:
// each vendor's package says what is guaranteed then. A list yields no record of a page before it
// has received and understood the whole page.
type List[T any] struct {
	source Source[T]
	start  Cursor
}

// Source returns the pages of a [List], from the page that begins at a cursor to the last one. The
// vendor packages have their own. Write one to put another service, or the data of a test, behind
// the same iterators.
//
// The cursor "" is the first page. Any other cursor is the Next of an earlier page, possibly from
// another process. The last page is the one without Next. A Source requests each page when the
// range asks for it. An error comes last and reaches the caller as it is: yield an [*Error] if
// programs should be able to find out what failed.
//
// Several goroutines may call a Source at once, and each range begins again: keep the state of a
// range in variables of the function that the Source returns.
type Source[T any] func(ctx context.Context, from Cursor) iter.Seq2[Page[T], error]

// Page is one response of the service. Raw of each record is a part of the page's Raw: a program
// that keeps one record keeps the whole page in memory, unless it detaches the record (see the
// package documentation).
type Page[T any] struct {
	Items []T             // in the service's order; may be empty although more pages follow
	Next  Cursor          // where the next page begins; "" on the last page, which From takes for the beginning
	Total int             // how many records the whole list has, by the service's count; -1 if it does not say
	Raw   json.RawMessage // the response's body as sent
	Date  time.Time       // when the service answered, by its own clock; zero if it does not say
}

// Cursor is a place in a list from which reading can be resumed, even by another process. It is
// opaque, printable and safe to store: it holds no secret. It holds the tenant's name, unless that
// is the host of the address.
//
// A cursor fits only a list with the same parameters and the same tenant. The page size may differ.
// Any other list returns [ErrCursorMismatch].
//
// The cursor "" is the beginning. It is also the Next of the last page: a program that stores Next
// must store that it reached the end as well, or its next run reads the whole list again. To read
// what is new, use a [Feed].
type Cursor string

// NewList returns a list of the pages of s.
func NewList[T any](s Source[T]) List[T] {
	return List[T]{source: s}
}

// ListOf returns a list of items, on one page, for the tests of programs that take a list.
func ListOf[T any](items ...T) List[T] {
	return NewList(func(context.Context, Cursor) iter.Seq2[Page[T], error] {
		return func(yield func(Page[T], error) bool) {
			yield(Page[T]{Items: slices.Clone(items), Total: len(items)}, nil)
		}
	})
}

// From returns the part of the list that begins at a cursor.
func (l List[T]) From(at Cursor) List[T] {
	l.start = at
	return l
}

// Page reads one page, the one at a cursor; "" is the list's beginning, or the cursor that From was
// called with.
func (l List[T]) Page(ctx context.Context, at Cursor) (Page[T], error) {
	if at != "" {
		l.start = at
	}
	for page, err := range l.Pages(onepage.Context(ctx)) {
		return page, err
	}
	panic("activity: a list without a page and without an error")
}

// All returns an iterator over the records. It yields an error once, as its last step, with the
// zero T. What came before is good.
func (l List[T]) All(ctx context.Context) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for page, err := range l.Pages(ctx) {
			if err != nil {
				yield(*new(T), err)
				return
			}
			for _, item := range page.Items {
				if !yield(item, nil) {
					return
				}
			}
		}
	}
}

// Collect returns up to limit records; all, if limit is zero or less. Together with an error, it
// returns what it read before.
func (l List[T]) Collect(ctx context.Context, limit int) ([]T, error) {
	var items []T
	for item, err := range l.All(ctx) {
		if err != nil {
			return items, err
		}
		if items = append(items, item); len(items) == limit {
			break
		}
	}
	return items, nil
}

// Pages returns an iterator over the pages, for programs that need totals, bodies, or a cursor to
// store after each page. It yields an error once, as its last step.
func (l List[T]) Pages(ctx context.Context) iter.Seq2[Page[T], error] {
	return func(yield func(Page[T], error) bool) {
		end := func(err error) { yield(Page[T]{Total: -1}, err) }
		if l.source == nil {
			end(listError(ErrInvalid, "the list has no source: make it with NewList or a client", nil))
			return
		}
		followed := newCursorSet(l.start)
		for page, err := range l.source(ctx, l.start) {
			switch {
			case err != nil:
				end(err)
				return
			case ctx.Err() != nil: // the page was loaded ahead, before the context ended
				end(listError(nil, "", ctx.Err()))
				return
			case !yield(page, nil) || page.Next == "":
				return
			case !followed.add(page.Next):
				end(listError(ErrCursorLoop, "a page points to a cursor that was followed before; nothing is repeated", nil))
				return
			}
		}
		if ctx.Err() != nil {
			end(listError(nil, "", ctx.Err()))
			return
		}
		end(listError(ErrMalformed, "the list's source ended without a last page", nil))
	}
}

// cursorSet has a hash of each cursor that a range followed. It holds all of them, since a loop
// must be found before any of its pages is delivered again.
type cursorSet struct {
	seed   maphash.Seed
	hashes map[uint64]struct{}
}

func newCursorSet(start Cursor) cursorSet {
	s := cursorSet{maphash.MakeSeed(), map[uint64]struct{}{}}
	s.add(start)
	return s
}

// add reports whether the cursor is new.
func (s cursorSet) add(at Cursor) bool {
	hash := maphash.String(s.seed, string(at))
	_, known := s.hashes[hash]
	s.hashes[hash] = struct{}{}
	return !known
}

func listError(kind error, message string, err error) *Error {
	return &Error{Op: "read list", Kind: kind, Message: message, Err: err}
}
