// Package paging holds the ways of paging that more than one vendor has.
package paging

import (
	"cmp"
	"context"
	"net/http"
	"net/url"

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
	// Problems gives a record's; a page with odd records is logged.
	Problems func(*T) []activity.FieldProblem
	// Follow turns a link into the request for the next page: a path below the base and an encoded query.
	Follow func(href string) (path, query string, err error)
	// Remember, if set, makes the memory of a walk from the note in the cursor that the walk begins at; nil is no note. False: the note
	// is damaged.
	Remember func(note jsontext.Value) (Memory[T], bool)
	// Ended, if set, tells whether the failure of a request for a link means that the list has ended before that page.
	Ended func(err error) bool
}

// Linked is a page with the link that it holds.
type Linked[T any] struct {
	Items []T
	Next  string // "" on the last page
	Total int    // -1: the page does not say
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
	return l.load(ctx, from, at != "", memory)
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

// load reads one page. linked says that it is one that a link led to.
func (l *Links[T]) load(ctx context.Context, from linkPosition, linked bool, memory Memory[T]) (activity.Page[T], error) {
	none := activity.Page[T]{Total: -1}
	var page Linked[T]
	var next linkPosition
	answer, err := l.Client.Do(ctx, transport.Call{
		Op:     l.Op,
		Method: http.MethodGet,
		Path:   cmp.Or(from.Path, l.Path),
		Query:  from.Query,
		Read:   true,
		Decode: func(body []byte) (err error) {
			if page, err = l.Decode(body); err != nil {
				return err
			}
			next, err = l.next(page.Next)
			return err
		},
	})
	switch {
	case err == nil:
	case linked && l.Ended != nil && l.Ended(err):
		return none, nil
	default:
		return none, err
	}
	transport.WarnOdd(ctx, l.Client, l.Op, page.Items, l.Problems)
	if memory != nil {
		if page.Items, err = memory.Sift(page); err != nil {
			return none, l.Client.Reject(l.Op, err)
		}
		next.Note = memory.Note()
	}
	result := activity.Page[T]{Items: page.Items, Total: page.Total, Raw: answer.Body, Date: answer.Date()}
	if page.Next != "" {
		if result.Next, err = cursor.At(l.List, next); err != nil {
			return none, err
		}
	}
	return result, nil
}

// locate gives the position of a cursor.
func (l *Links[T]) locate(at activity.Cursor) (linkPosition, error) {
	if at == "" {
		return linkPosition{Query: l.Params.Encode()}, nil
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
