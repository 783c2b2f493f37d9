// Package paging holds the ways of paging that more than one vendor has.
package paging

import (
	"cmp"
	"context"
	"iter"
	"net/http"
	"net/url"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/cursor"
	"github.com/activity-sdk/activity/internal/transport"
)

// Links is the source of a list in which every page holds a link to the next. The list ends with a page that holds none; a page that is
// short or empty does not end it.
type Links[T any] struct {
	Client *transport.Client
	List   cursor.List
	Op     string
	Path   string     // below the base
	Params url.Values // of the first request; the links bring theirs along
	// Decode reads a page's body.
	Decode func(body []byte) (Linked[T], error)
	// NoContent is the body of a page without records; an answer with status 204 is taken for one.
	NoContent []byte
	// Problems gives a record's; a page with odd records is logged.
	Problems func(*T) []activity.FieldProblem
	// Follow turns a link into the request for the next page: a path below the base and an encoded query.
	Follow func(href string) (path, query string, err error)
	// Remember, if set, makes the memory of a walk from the note in the cursor that the walk begins at; nil is no note. False: the note
	// is damaged.
	Remember func(note jsontext.Value) (Memory[T], bool)
	// Plan, if set, gives the queries of the links that lie behind one, of a list that ends where it ends, in their order. They are made
	// as the service makes them. total is its count of the list, and size how many items a page has. A walk with a memory then has
	// several pages on their way.
	Plan func(query string, total, size int) iter.Seq[string]
	// Ended, if set, tells whether the failure of a request for a link means that the list has ended before that page.
	Ended func(err error) bool
}

// Linked is a page with the link that it holds.
type Linked[T any] struct {
	Items []T
	Next  string // "" on the last page
	Total int    // -1: the page does not say
	Early bool   // it was loaded ahead, and [Memory.Follows]
}

var _ activity.Prefetcher = (*Links[any])(nil)

// linkPosition is what a cursor stores of a link: never its host.
type linkPosition struct {
	Path  string         `json:"u,omitzero"` // "" where it is the list's own
	Query string         `json:"q"`
	Note  jsontext.Value `json:"n,omitzero"` // what the walk remembers, if it does
}

// Prefetch is the client's.
func (l *Links[T]) Prefetch() int { return l.Client.Prefetch() }

// Page reads the page at a cursor. What it remembers is what stands in the cursor.
func (l *Links[T]) Page(ctx context.Context, at activity.Cursor) (activity.Page[T], error) {
	none := activity.Page[T]{Total: -1}
	from, err := l.locate(at)
	if err != nil {
		return none, err
	}
	memory, err := l.recall(from)
	if err != nil {
		return none, err
	}
	page, err := l.fetch(ctx, from.link())
	return l.deliver(ctx, page, err, at != "", memory)
}

// recall gives the memory that a position carries; nil if nothing is remembered.
func (l *Links[T]) recall(p linkPosition) (Memory[T], error) {
	if l.Remember == nil {
		return nil, nil //nolint:nilnil // no memory is a good one
	}
	memory, ok := l.Remember(p.Note)
	if !ok {
		return nil, l.List.Mismatch()
	}
	return memory, nil
}

// link is where a page is.
type link struct{ path, query string }

func (p linkPosition) link() link { return link{p.Path, p.Query} }

// linkedPage is a page as it was received.
type linkedPage[T any] struct {
	Linked[T]
	next linkPosition
	body []byte
	date time.Time
}

// fetch requests a page. It neither knows nor changes what a walk remembers.
func (l *Links[T]) fetch(ctx context.Context, at link) (linkedPage[T], error) {
	var page linkedPage[T]
	answer, err := l.Client.Do(ctx, transport.Call{
		Op:        l.Op,
		Method:    http.MethodGet,
		Path:      cmp.Or(at.path, l.Path),
		Query:     at.query,
		Read:      true,
		NoContent: l.NoContent,
		Decode: func(body []byte) (err error) {
			if page.Linked, err = l.Decode(body); err != nil {
				return err
			}
			page.next, err = l.next(page.Next)
			return err
		},
	})
	if err != nil {
		return linkedPage[T]{}, err
	}
	page.body, page.date = answer.Body, answer.Date()
	return page, nil
}

// deliver makes a page of what a request for it gave. linked says that a link led to it.
func (l *Links[T]) deliver(ctx context.Context, page linkedPage[T], err error, linked bool, memory Memory[T],
) (activity.Page[T], error) {
	none := activity.Page[T]{Total: -1}
	switch {
	case err == nil:
	case linked && l.ended(err):
		page = linkedPage[T]{Linked: Linked[T]{Total: -1}}
	default:
		return none, err
	}
	transport.WarnOdd(ctx, l.Client, l.Op, page.Items, l.Problems)
	if memory != nil {
		if page.Items, err = memory.Sift(page.Linked); err != nil {
			return none, l.Client.Reject(l.Op, err)
		}
		page.next.Note = memory.Note()
	}
	result := activity.Page[T]{Items: page.Items, Total: page.Total, Raw: page.body, Date: page.date}
	if page.Next != "" {
		if result.Next, err = cursor.At(l.List, page.next); err != nil {
			return none, err
		}
	}
	return result, nil
}

func (l *Links[T]) ended(err error) bool { return l.Ended != nil && l.Ended(err) }

// locate gives the position of a cursor.
func (l *Links[T]) locate(at activity.Cursor) (linkPosition, error) {
	if at == "" {
		return linkPosition{Query: transport.Encode(l.Params)}, nil
	}
	p, err := cursor.Position[linkPosition](l.List, at)
	if err != nil {
		return linkPosition{}, err
	}
	// A cursor may come from anywhere, so it gets no further than a link from the service would.
	path := cmp.Or(p.Path, l.Path)
	if to, query, err := l.Follow(l.Client.Address(path) + "?" + p.Query); err != nil || to != path || query != p.Query {
		return linkPosition{}, l.List.Mismatch()
	}
	return p, nil
}

// next gives the position that a link leads to.
func (l *Links[T]) next(href string) (linkPosition, error) {
	if href == "" {
		return linkPosition{}, nil
	}
	path, query, err := l.Follow(href)
	if err != nil {
		return linkPosition{}, err
	}
	if path == l.Path {
		path = ""
	}
	return linkPosition{Path: path, Query: query}, nil
}
