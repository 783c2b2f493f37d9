package sdelements

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
	"github.com/activity-sdk/activity/internal/wire"
)

// response is a page as the service has it at the time of the request.
type response struct {
	envelope
	nextPlace string // the parameters that select the next page; "": this is the last one
	pastEnd   bool   // the page does not exist any more
	body      []byte
	date      time.Time // the service's clock

	firstPage int // the number of the page with which the items begin
	overlap   int // how many of the first items may have been delivered before
}

// fetch requests the page at a place.
func (w *activityWalk) fetch(ctx context.Context, place string) (response, error) {
	return w.fetchSized(ctx, place, w.Size)
}

func (w *activityWalk) fetchSized(ctx context.Context, place string, size int) (response, error) {
	var resp response
	var noContent []byte
	if place == "" { // a later page is there, since the service links to it
		noContent = []byte(`{"results":[]}`)
	}
	got, err := w.Client.Do(ctx, transport.Call{
		Op:        w.op,
		Method:    http.MethodGet,
		Path:      w.Path,
		Query:     w.query(place, size),
		Read:      true,
		NoContent: noContent,
		Decode: func(r *wire.Reader) (err error) {
			if resp.envelope, err = readPage(r); err == nil && resp.nextLink != "" {
				resp.nextPlace, err = w.Of(resp.nextLink)
			}
			return err
		},
	})
	switch {
	case pastEnd(err) && numbered(place):
		return response{envelope: envelope{count: -1}, pastEnd: true}, nil
	case err != nil:
		return response{}, err
	}
	resp.body, resp.date = got.Body, got.Date()
	w.checkRange(ctx, resp)
	return resp, nil
}

func (w *activityWalk) query(place string, size int) string {
	params := w.Query(place)
	params.Set("page_size", strconv.Itoa(size))
	if w.End != "" {
		params.Set("date_to", w.End)
	}
	return transport.Encode(params)
}

// checkRange compares the time range that the service covers with the one that was asked for. If it
// covers less, the logger gets a warning, once for each walk. If DateFrom or DateTo asked for more,
// activities are missing, and the walk will end with an error.
func (w *activityWalk) checkRange(ctx context.Context, resp response) {
	covered, asked := resp.covered, timeRange{w.dateFrom, w.dateTo}
	if w.End != "" {
		asked.to, _ = time.Parse(time.RFC3339Nano, w.End)
	}
	beginsLate := covered.from.After(asked.from.Add(precision))
	now := resp.date
	if now.IsZero() {
		now = time.Now()
	}
	// A range that ends about now leaves nothing out, however far ahead DateTo is.
	endsEarly := !covered.to.IsZero() && covered.to.Before(asked.to.Add(-precision)) && covered.to.Before(now.Add(-time.Minute))
	if !beginsLate && !endsEarly {
		return
	}
	w.Narrow = w.Narrow || endsEarly || beginsLate && !w.dateFrom.IsZero()
	if !w.warned {
		w.warned = true
		w.Client.Logger().LogAttrs(ctx, slog.LevelWarn, "the service covers less time than was asked for",
			slog.String("op", w.op), slog.Time("from", covered.from), slog.Time("to", covered.to))
	}
}

// envelope is the object in which the service sends a page.
type envelope struct {
	items    []Activity
	nextLink string    // "" on the last page
	count    int       // the number of activities in the list; -1: the service does not count
	covered  timeRange // what the list covers, if the service says so
}

// timeRange is a span of time. A zero bound is none.
type timeRange struct{ from, to time.Time }

// readPage reads an object with the array "results". It may also have "count", "next", "date_from"
// and "date_to". Other members, such as "previous", are ignored.
func readPage(r *wire.Reader) (envelope, error) {
	page := envelope{count: -1}
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
			page.nextLink, err = readLink(r)
		case "date_from":
			page.covered.from, err = readDate(r)
		case "date_to":
			page.covered.to, err = readDate(r)
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
		err = shapeError("results", "missing", wire.Array)
	}
	return page, err
}

// readDate reads a date. It returns the zero time for a date that is missing or malformed.
func readDate(r *wire.Reader) (time.Time, error) {
	text, ok, err := r.Text()
	if !ok || err != nil {
		return time.Time{}, err
	}
	at, _ := wire.ParseTime(text, time.UTC)
	return at, nil
}

// readResults reads an array of activities. null is an error, since it must not look like the end
// of the list.
func readResults(r *wire.Reader) ([]Activity, error) {
	if r.Kind() == wire.Null {
		return nil, shapeError("results", wire.Null.String(), wire.Array)
	}
	return wire.Records(r, activityCodec)
}

// readLink reads the address of the next page. It returns "" for null and an empty string. Any
// other type is a *wire.ShapeError, since nobody would notice a list that ends too early.
func readLink(r *wire.Reader) (string, error) {
	switch kind := r.Kind(); kind {
	case wire.Null:
		return "", r.Skip()
	case wire.String:
		href, _, err := r.Text()
		return href, err
	case wire.Invalid:
		return "", r.Skip() // which returns the error
	default:
		return "", shapeError("next", kind.String(), wire.String)
	}
}

// readActivity reads a body that is one activity.
func readActivity(r *wire.Reader) (Activity, error) {
	kind := r.Kind()
	a, err := wire.Record(r, activityCodec)
	if err == nil {
		err = r.End()
	}
	if err == nil && kind != wire.Object {
		err = shapeError("body", kind.String(), wire.Object)
	}
	if err != nil {
		return Activity{}, err
	}
	if a.ID == 0 && len(a.Problems) == 0 {
		return Activity{}, shapeError("id", "missing", wire.Number)
	}
	return a, nil
}

func shapeError(where, found string, want wire.Kind) error {
	return &wire.ShapeError{Where: where, Found: found, Want: want.String()}
}

// pastEnd reports whether the service answered that a page does not exist (probe: sdelements.past).
// It answers so to a link that it sent itself, if activities vanished since. Its message depends on
// the language of the service.
func pastEnd(err error) bool {
	e, ok := errors.AsType[*activity.Error](err)
	return ok && e.StatusCode == http.StatusNotFound && errors.Is(e.Kind, activity.ErrNotFound)
}

// numbered reports whether a place is the number of a page.
func numbered(place string) bool {
	params, _ := url.ParseQuery(place) // which Places has made or checked
	return params.Has("page")
}
