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

// List is a vendor's list: a query that is read when it is ranged over. Making one sends nothing. A
// List is immutable and safe for concurrent use. Ranging over it twice reads it twice and yields
// the same records, as far as the service does.
//
// Each record comes once, in the service's order. No record of a page is delivered before the whole
// page was received and understood. Where a vendor's rows can move while they are read, its package
// says what is guaranteed.
type List[T any] struct {
	source Source[T]
	start  Cursor
}

// Source is where a [List] gets its pages from. The vendor packages have theirs; write one to put
// another service, or a test, behind the same iterators.
//
// A Source returns the pages of one walk: from the page that begins at a cursor to the last one,
// which is the one without Next. "" is the first page; any other cursor is one that an earlier page
// had as its Next, maybe in another process. Each page is requested when the range asks for it. An
// error comes last and reaches the caller as it is: yield an [*Error] if programs should be able to
// tell what failed. The state of a walk is local to the function that it returns, so that a Source
// can be called by several goroutines at once and each range begins anew.
type Source[T any] func(ctx context.Context, from Cursor) iter.Seq2[Page[T], error]

// Page is one answer of the service. Raw of each record is a part of Raw of its page, so that
// keeping one keeps all: Detach of a vendor's record returns one with bytes of its own.
type Page[T any] struct {
	Items []T             // in the service's order; may be empty although more pages follow
	Next  Cursor          // where the next page begins; "" on the last page, which From takes for the beginning
	Total int             // how many records the whole list has, as the service says; -1: it does not say
	Raw   json.RawMessage // the answer's body as sent
	Date  time.Time       // when the service answered, by its own clock; zero: it does not say
}

// Cursor is a place in a list from which reading can be resumed, by another process too. It is
// opaque, printable and safe to store. It holds the tenant's name, unless that is the host of the
// address, and no secret. It fits only the list that it came from, or one made with the same
// parameters for the same tenant (the page size may differ); elsewhere it is [ErrCursorMismatch].
//
// "" is the beginning. Since it is also the Next of the last page, a program that stores Next has
// to store that it came to the end as well: otherwise its next run reads the whole list again. To
// go on with what is new, follow a [Feed].
type Cursor string

// NewList returns the list of a source.
func NewList[T any](s Source[T]) List[T] {
	return List[T]{source: s}
}

// ListOf returns a list of these items, on one page, for tests of programs that take a list.
func ListOf[T any](items ...T) List[T] {
	return NewList(func(context.Context, Cursor) iter.Seq2[Page[T], error] {
		return func(yield func(Page[T], error) bool) {
			yield(Page[T]{Items: slices.Clone(items), Total: len(items)}, nil)
		}
	})
}

// From returns the same list, begun at a cursor instead of its beginning.
func (l List[T]) From(at Cursor) List[T] {
	l.start = at
	return l
}

// Page reads the one page at a cursor; "" is the list's beginning (the cursor given to From, if
// any).
func (l List[T]) Page(ctx context.Context, at Cursor) (Page[T], error) {
	if at != "" {
		l.start = at
	}
	for page, err := range l.Pages(onepage.Context(ctx)) {
		return page, err
	}
	panic("activity: a list without a page and without an error")
}

// All iterates over the records. An error is yielded once, last, with the zero T; what came before
// it is good.
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

// Collect reads up to limit records into memory; a limit of zero or less means all. With an error
// it returns what it got before.
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

// Pages iterates over the pages, for those who want totals, raw bodies or a cursor to store after
// each. An error is yielded once, last.
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
			case ctx.Err() != nil: // the page was loaded ahead of the context's end
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

// cursorSet has a hash of each cursor that a walk met. It is a set, since a loop must be found
// before any page of it is delivered again.
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
