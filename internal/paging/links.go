// Package paging holds the ways of paging that more than one vendor has.
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

// Links describes a list in which every page holds a link to the next. The list ends with a page
// that holds none; a page that is short or empty does not end it.
type Links[T any] struct {
	transport.Places
	// Resolve returns the Path to send, for a list whose path is known only when it is read. A walk
	// calls it once, when its cursor is found good; Path stands for it until then. nil: Path is it.
	Resolve func(ctx context.Context) (path string, err error)

	List cursor.List
	Op   string
	// Decode reads a page's body.
	Decode func(r *wire.Reader) (Linked[T], error)
	// NoContent is the body of a page without records; an answer with status 204 is taken for one.
	NoContent []byte
}

// Linked is a page with the link that it holds.
type Linked[T any] struct {
	Items []T
	Next  string // "" on the last page
	Total int    // -1: the page does not say
}

// position is what a cursor stores.
type position struct {
	Place string `json:"q"` // of the page that comes next
}

// Source returns the list's pages, one requested ahead if the user wants that.
func (l *Links[T]) Source() activity.Source[T] {
	return ReadAhead(l.pages, l.Client.Prefetch())
}

func (l *Links[T]) pages(ctx context.Context, from activity.Cursor) iter.Seq2[activity.Page[T], error] {
	return func(yield func(activity.Page[T], error) bool) {
		at, err := l.locate(from)
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

// locate returns the place in a cursor.
func (l *Links[T]) locate(at activity.Cursor) (place string, err error) {
	if at == "" {
		return "", nil
	}
	p, err := cursor.Position[position](l.List, at)
	if err == nil && !l.Valid(p.Place) {
		err = l.List.Mismatch()
	}
	return p.Place, err
}
