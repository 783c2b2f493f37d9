// Package paging has what several vendors need to read a list or a feed page by page.
package paging

import (
	"context"
	"iter"
	"net/http"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/cursor"
	"github.com/activity-sdk/activity/internal/transport"
	"github.com/activity-sdk/activity/internal/wire"
)

// Links describes a list in which each page has a link to the next. The list ends with a page
// without a link. A page that is short or empty does not end it.
type Links[T any] struct {
	transport.Places
	// Resolve returns the path to request, for a list whose path is known only when it is read. A
	// walk calls it once, after it has checked its cursor against Path. If Resolve is nil, Path is
	// requested.
	Resolve func(ctx context.Context) (path string, err error)

	List cursor.List
	Op   string
	// Decode reads the body of a page.
	Decode func(r *wire.Reader) (Linked[T], error)
	// NoContent is the body that a response with status 204 counts as: a page without records.
	NoContent []byte
}

// Linked is a page and its link to the next.
type Linked[T any] struct {
	Items []T
	Next  string // "" on the last page
	Total int    // -1: the service does not count
}

// position is what a cursor stores.
type position struct {
	Place string `json:"q"` // the parameters that select the next page
}

// Source returns the pages of the list. If the user set a prefetch, one page is requested ahead.
func (l *Links[T]) Source() activity.Source[T] {
	return ReadAhead(l.pages, l.Client.Prefetch())
}

func (l *Links[T]) pages(ctx context.Context, from activity.Cursor) iter.Seq2[activity.Page[T], error] {
	return func(yield func(activity.Page[T], error) bool) {
		at, err := l.decode(from)
		walk := *l
		if err == nil && l.Resolve != nil {
			walk.Path, err = l.Resolve(ctx)
		}
		for err == nil {
			var page activity.Page[T]
			if page, at, err = walk.page(ctx, at); err == nil && (!yield(page, nil) || page.Next == "") {
				return
			}
		}
		yield(activity.Page[T]{Total: -1}, err)
	}
}

// page reads the page at a place, and returns the place of the next.
func (l *Links[T]) page(ctx context.Context, at string) (page activity.Page[T], next string, err error) {
	var linked Linked[T]
	answer, err := l.Client.Do(ctx, transport.Call{
		Op:        l.Op,
		Method:    http.MethodGet,
		Path:      l.Path,
		Query:     transport.Encode(l.Query(at)),
		Read:      true,
		NoContent: l.NoContent,
		Decode: func(r *wire.Reader) (err error) {
			if linked, err = l.Decode(r); err == nil && linked.Next != "" {
				next, err = l.Of(linked.Next)
			}
			return err
		},
	})
	if err != nil {
		return page, next, err
	}
	page = activity.Page[T]{Items: linked.Items, Total: linked.Total, Raw: answer.Body, Date: answer.Date()}
	if next != "" {
		page.Next, err = cursor.At(l.List, position{Place: next})
	}
	return page, next, err
}

// decode returns the place in a cursor.
func (l *Links[T]) decode(at activity.Cursor) (place string, err error) {
	if at == "" {
		return "", nil
	}
	p, err := cursor.Position[position](l.List, at)
	if err == nil && !l.Valid(p.Place) {
		err = l.List.Mismatch()
	}
	return p.Place, err
}
