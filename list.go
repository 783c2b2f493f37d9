package activity

import (
	"context"
	"encoding/json"
	"iter"
	"time"
)

// List is a vendor's list: a query that is read when it is ranged over. Making one sends nothing. A List is immutable and safe for
// concurrent use; ranging over it twice reads it twice and gives the same records, as far as the service does.
//
// Each record comes once, in the service's order. No record of a page is delivered before the whole page was received and
// understood. Where a vendor's rows can move while they are read, its package says what is guaranteed.
type List[T any] struct {
	source Source[T]
	start  Cursor
}

// Source is where a [List] gets its pages from. The vendor packages have theirs; write one to put another service, or a test, behind
// the same iterators. Page returns the page that begins at a cursor: "" is the first, any other value is one that an earlier page
// gave as Next. It is called by several goroutines at once if the list is. Its errors reach the caller as they are: return an [*Error] if
// programs should be able to tell what failed.
type Source[T any] interface {
	Page(ctx context.Context, at Cursor) (Page[T], error)
}

// Walker is a [Source] that remembers more over one walk than a cursor can hold, or loads several pages side by side. Walk begins a walk:
// the Source it returns serves one range over the list and is asked for one page after the other, each at the cursor that the page
// before gave. All of them get the same context, which ends with the range. If the Source is an [io.Closer] as well, it is closed once,
// after its last page; by then nothing that it started may be running. The error of Close is ignored.
type Walker[T any] interface {
	Source[T]
	Walk() Source[T]
}

// Prefetcher is a [Source] whose next page may be loaded while one is being consumed: it is, if Prefetch is above 0. The list itself
// loads no more than that one ahead, since a cursor is known only with the page before it. A [Walker] that knows more, such as how many
// records there are and at which offset each page begins, can have the pages behind that one on their way: Prefetch - 1 of them, so that
// it is as many as Prefetch in all.
type Prefetcher interface {
	Prefetch() int
}

// Page is one answer of the service. Raw of each record is a part of Raw of its page, so that keeping one keeps all: Detach of a vendor's
// record gives it bytes of its own.
type Page[T any] struct {
	Items []T             // in the service's order; may be empty although more pages follow
	Next  Cursor          // where the next page begins; "" on the last page, which From takes for the beginning
	Total int             // how many records the whole list has, as the service says; -1: it does not say
	Raw   json.RawMessage // the answer's body as sent
	Date  time.Time       // when the service answered, by its own clock; zero: it does not say

	records iter.Seq2[T, error] // of a page that is too large to hold them all beside Raw, with Items nil
}

// Defer gives the page with its records made one after the other, each time that records is ranged over, instead of held in Items. It is
// for a [Source] whose pages are so large that the records would take much memory beside Raw. The source must have read the page as a
// whole before: an error of records ends the list, and is meant for a Raw that was changed meanwhile. [List.All] and [List.Collect] make
// the records as they go; [List.Pages] and [List.Page] make all of them, and give them in Items.
func (p Page[T]) Defer(records iter.Seq2[T, error]) Page[T] {
	p.Items, p.records = nil, records
	return p
}

// all gives the records, held or not.
func (p Page[T]) all() iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, item := range p.Items {
			if !yield(item, nil) {
				return
			}
		}
		if p.records == nil {
			return
		}
		for item, err := range p.records {
			if err != nil {
				yield(*new(T), listError(ErrMalformed, "the page cannot be read once more: were the bytes of Raw changed?", err))
				return
			}
			if !yield(item, nil) {
				return
			}
		}
	}
}

// whole gives the page with all its records in Items.
func (p Page[T]) whole() (Page[T], error) {
	if p.records == nil {
		return p, nil
	}
	var items []T
	for item, err := range p.all() {
		if err != nil {
			return Page[T]{Total: -1}, err
		}
		items = append(items, item)
	}
	p.Items, p.records = items, nil
	return p, nil
}

// Cursor is a place in a list from which reading can be resumed, by another process too. It is opaque, printable and safe to store:
// it names no host and holds no secret. It fits only the list it came from, or one made with the same parameters (the page size may
// differ); elsewhere it is [ErrCursorMismatch].
//
// "" is the beginning. Since it is also the Next of the last page, a program that stores Next has to store that it came to the end as
// well: otherwise its next run reads the whole list again. To go on with what is new, follow a [Feed].
type Cursor string

// NewList makes a list of a source. If the source is also a [Walker] or a [Prefetcher], the list makes use of it.
func NewList[T any](s Source[T]) List[T] {
	return List[T]{source: s}
}

// From gives the same list, begun at a cursor instead of its beginning.
func (l List[T]) From(at Cursor) List[T] {
	l.start = at
	return l
}

// Page reads the one page at a cursor; "" is the list's beginning (the cursor given to From, if any).
func (l List[T]) Page(ctx context.Context, at Cursor) (Page[T], error) {
	if isNil(l.source) {
		return Page[T]{Total: -1}, listError(ErrInvalid, "the list has no source: make it with NewList or a client", nil)
	}
	if at == "" {
		at = l.start
	}
	page, err := l.source.Page(ctx, at)
	if err != nil {
		return page, err
	}
	return page.whole()
}

// All iterates over the records. An error is yielded once, last, with the zero T; what came before it is good.
func (l List[T]) All(ctx context.Context) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for page, err := range l.pages(ctx) {
			if err != nil {
				yield(*new(T), err)
				return
			}
			for item, err := range page.all() {
				if !yield(item, err) || err != nil {
					return
				}
			}
		}
	}
}

// Collect reads up to limit records into memory; a limit of zero or less means all. With an error it returns what it got before.
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

// Pages iterates over the pages, for those who want totals, raw bodies or a cursor to store after each. An error is yielded once,
// last.
func (l List[T]) Pages(ctx context.Context) iter.Seq2[Page[T], error] {
	return func(yield func(Page[T], error) bool) {
		for page, err := range l.pages(ctx) {
			if err == nil {
				page, err = page.whole()
			}
			if !yield(page, err) || err != nil {
				return
			}
		}
	}
}

// pages is Pages with pages that may not be whole.
func (l List[T]) pages(ctx context.Context) iter.Seq2[Page[T], error] {
	return func(yield func(Page[T], error) bool) {
		w := l.walk(ctx)
		defer w.stop()
		for {
			page, err := w.next()
			if err != nil {
				yield(Page[T]{Total: -1}, err)
				return
			}
			if !yield(page, nil) || page.Next == "" {
				return
			}
		}
	}
}

func listError(kind error, message string, err error) *Error {
	return &Error{Op: "read list", Kind: kind, Message: message, Err: err}
}
