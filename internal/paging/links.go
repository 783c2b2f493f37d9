// Package paging holds the ways of paging that more than one vendor has.
package paging

import (
	"cmp"
	"context"
	"iter"
	"net/http"
	"net/url"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/cursor"
	"github.com/activity-sdk/activity/internal/transport"
)

// Links describes a list in which every page holds a link to the next. The list ends with a page
// that holds none; a page that is short or empty does not end it.
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
	// Problems returns those of a record; a page with odd records is logged.
	Problems func(*T) []activity.FieldProblem
	// Follow turns a link on a page into the request for the next one: a path below the base and an
	// encoded query. from is the path of the page.
	Follow func(from, href string) (path, query string, err error)
}

// Linked is a page with the link that it holds.
type Linked[T any] struct {
	Items []T
	Next  string // "" on the last page
	Total int    // -1: the page does not say
}

// link is where a page is, and what a cursor stores: never the host.
type link struct {
	Path  string `json:"u,omitzero"` // "" where it is the list's own
	Query string `json:"q"`
}

// Source returns the list's pages, one requested ahead if the user wants that.
func (l *Links[T]) Source() activity.Source[T] {
	return ReadAhead(l.pages, l.Client.Prefetch())
}

func (l *Links[T]) pages(ctx context.Context, from activity.Cursor) iter.Seq2[activity.Page[T], error] {
	return func(yield func(activity.Page[T], error) bool) {
		at, err := l.locate(from)
		for err == nil {
			var page activity.Page[T]
			if page, at, err = l.page(ctx, at); err == nil && (!yield(page, nil) || page.Next == "") {
				return
			}
		}
		yield(activity.Page[T]{Total: -1}, err)
	}
}

// page reads the page at a link, and returns the link to the next.
func (l *Links[T]) page(ctx context.Context, at link) (page activity.Page[T], next link, err error) {
	var linked Linked[T]
	answer, err := l.Client.Do(ctx, transport.Call{
		Op:        l.Op,
		Method:    http.MethodGet,
		Path:      cmp.Or(at.Path, l.Path),
		Query:     at.Query,
		Read:      true,
		NoContent: l.NoContent,
		Decode: func(body []byte) (err error) {
			if linked, err = l.Decode(body); err == nil {
				next, err = l.follow(cmp.Or(at.Path, l.Path), linked.Next)
			}
			return err
		},
	})
	if err != nil {
		return page, next, err
	}
	transport.WarnOdd(ctx, l.Client, l.Op, linked.Items, l.Problems)
	page = activity.Page[T]{Items: linked.Items, Total: linked.Total, Raw: answer.Body, Date: answer.Date()}
	if linked.Next != "" {
		page.Next, err = cursor.At(l.List, next)
	}
	return page, next, err
}

// locate returns the link in a cursor.
func (l *Links[T]) locate(at activity.Cursor) (link, error) {
	if at == "" {
		return link{Query: transport.Encode(l.Params)}, nil
	}
	p, err := cursor.Position[link](l.List, at)
	if err != nil {
		return link{}, err
	}
	// A cursor may come from anywhere, so it gets no further than a link from the service would.
	path := cmp.Or(p.Path, l.Path)
	if to, query, err := l.Follow(path, "?"+p.Query); err != nil || to != path || query != p.Query {
		return link{}, l.List.Mismatch()
	}
	return p, nil
}

// follow returns the link that an address on a page stands for.
func (l *Links[T]) follow(from, href string) (link, error) {
	if href == "" {
		return link{}, nil
	}
	path, query, err := l.Follow(from, href)
	if err != nil {
		return link{}, err
	}
	if path == l.Path {
		path = ""
	}
	return link{Path: path, Query: query}, nil
}
