package sdelements

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
	"github.com/activity-sdk/activity/internal/wire"
)

// answer is what the service has at a place at the moment.
type answer struct {
	listed
	place string // of the next page; "": there is none
	gone  bool   // there is no such page any more
	body  []byte
	date  time.Time // when it was given, by the service's clock

	first        int // the number of the page with which it begins
	mayHaveMoved int // how many of its first rows may have been delivered before
}

func (w *activityWalk) fetch(ctx context.Context, place string) (answer, error) {
	return w.fetchSized(ctx, place, w.Size)
}

func (w *activityWalk) fetchSized(ctx context.Context, place string, size int) (answer, error) {
	var a answer
	got, err := w.Client.Do(ctx, transport.Call{
		Op:        w.op,
		Method:    http.MethodGet,
		Path:      w.Path,
		Query:     w.sized(place, size),
		Read:      true,
		NoContent: []byte(`{"results":[]}`),
		Decode: func(r *wire.Reader) (err error) {
			if a.listed, err = readPage(r); err == nil && a.next != "" {
				a.place, err = w.Of(a.next)
			}
			return err
		},
	})
	switch {
	case pastEnd(err) && place != "":
		return answer{listed: listed{count: -1}, gone: true}, nil
	case err != nil:
		return answer{}, err
	}
	a.body, a.date = got.Body, got.Date()
	w.compare(ctx, a)
	return a, nil
}

// sized returns the query of a page of that size.
func (w *activityWalk) sized(place string, size int) string {
	params := w.Query(place)
	params.Set("page_size", strconv.Itoa(size))
	if w.Bound != "" {
		params.Set("date_to", w.Bound)
	}
	return transport.Encode(params)
}

// compare warns, once, of a service that covers less time than was asked for. Where the query
// itself asked for more, records are missing.
func (w *activityWalk) compare(ctx context.Context, a answer) {
	covered, asked := a.bounds, bounds{w.dateFrom, w.dateTo}
	if w.Bound != "" {
		asked.to, _ = time.Parse(time.RFC3339Nano, w.Bound)
	}
	late := covered.from.After(asked.from.Add(unit))
	// An end about now leaves nothing out, however far ahead DateTo is.
	early := !covered.to.IsZero() && covered.to.Before(asked.to.Add(-unit)) && covered.to.Before(a.date.Add(-time.Minute))
	if !late && !early {
		return
	}
	w.Narrow = w.Narrow || early || late && !w.dateFrom.IsZero()
	if !w.warned {
		w.warned = true
		w.Client.Logger().LogAttrs(ctx, slog.LevelWarn, "the service covers less time than was asked for",
			slog.String("op", w.op), slog.Time("from", covered.from), slog.Time("to", covered.to))
	}
}

// listed is a page as the service lists it.
type listed struct {
	items  []Activity
	next   string // the link to the next page; "" on the last one
	count  int    // of the whole list; -1: the service does not say
	bounds bounds // the dates that the list covers, where the service says so
}

// bounds are those of a list's dates; zero: none.
type bounds struct{ from, to time.Time }

// readPage reads an object with the array "results" and, if the service pages, "count" and "next"
// beside it, or the bounds of the dates. What else stands there, such as "previous", is ignored.
func readPage(r *wire.Reader) (listed, error) {
	page := listed{count: -1}
	found := false
	err := r.Object(func(name string) (err error) {
		switch name {
		case "count":
			var n int64
			var ok bool
			if n, ok, err = r.Int(); ok && n >= 0 && n <= math.MaxInt {
				page.count = int(n)
			}
		case "next":
			page.next, err = readLink(r)
		case "date_from":
			page.bounds.from, err = readDate(r)
		case "date_to":
			page.bounds.to, err = readDate(r)
		case "results":
			found = true
			page.items, err = readResults(r)
		}
		return err
	})
	if err == nil {
		err = r.End()
	}
	if err == nil && !found {
		err = shape("results", "missing", wire.Array)
	}
	return page, err
}

// readDate reads a date; one that is missing or cannot be read is zero.
func readDate(r *wire.Reader) (time.Time, error) {
	text, ok, err := r.Text()
	if !ok || err != nil {
		return time.Time{}, err
	}
	at, _ := wire.ParseTime(text, time.UTC)
	return at, nil
}

// readResults takes nothing but an array: null could be any mistake, and must not look like the end
// of the list.
func readResults(r *wire.Reader) ([]Activity, error) {
	if r.Kind() == wire.Null {
		return nil, shape("results", wire.Null.String(), wire.Array)
	}
	return wire.Records(r, activityCodec)
}

// readLink reads the address of the next page. Null and an empty text are none. Anything else
// except a text is a *wire.ShapeError, since a list that ends too early would not be noticed.
func readLink(r *wire.Reader) (string, error) {
	switch kind := r.Kind(); kind {
	case wire.Null:
		return "", r.Skip()
	case wire.String:
		href, _, err := r.Text()
		return href, err
	case wire.Invalid:
		return "", r.Skip() // which says what is wrong
	default:
		return "", shape("next", kind.String(), wire.String)
	}
}

// readActivity reads one activity that stands alone.
func readActivity(r *wire.Reader) (Activity, error) {
	kind := r.Kind()
	a, err := wire.Record(r, activityCodec)
	if err == nil {
		err = r.End()
	}
	if err == nil && kind != wire.Object {
		err = shape("body", kind.String(), wire.Object)
	}
	if err != nil {
		return Activity{}, err
	}
	if a.ID == 0 && len(a.Problems) == 0 {
		return Activity{}, shape("id", "missing", wire.Number)
	}
	return a, nil
}

func shape(where, found string, want wire.Kind) error {
	return &wire.ShapeError{Where: where, Found: found, Want: want.String()}
}

// pastEnd reports whether the service says that there is no such page (probe: sdelements.past).
// That happens behind a link if activities vanished after the link was made.
func pastEnd(err error) bool {
	e, ok := errors.AsType[*activity.Error](err)
	return ok && e.StatusCode == http.StatusNotFound && errors.Is(e.Kind, activity.ErrNotFound) &&
		strings.EqualFold(strings.TrimRight(e.Message, "."), "invalid page")
}
