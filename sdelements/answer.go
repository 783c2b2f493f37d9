package sdelements

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"time"

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

// pin fixes the end of a walk whose pages are numbered, so that what comes in later moves no row:
// at the moment of the first answer, by the service's clock, and not before any activity in it. The
// query's own end counts if it is earlier. A list that does not begin with its newest activities is
// not bounded: others that are dated ahead may follow.
func (w *activityWalk) pin(a answer) {
	if place, _ := url.ParseQuery(a.place); !place.Has("page") {
		return
	}
	end := a.date
	if end.IsZero() {
		end = time.Now()
	}
	end = end.Truncate(time.Second).Add(time.Second)
	var before time.Time
	for i := range a.items {
		at := a.items[i].Date
		if at.IsZero() {
			continue
		}
		if !before.IsZero() && at.After(before) {
			return
		}
		if before = at; !at.Before(end) {
			end = at.Add(unit)
		}
	}
	if w.dateTo.IsZero() || end.Before(w.dateTo) {
		w.Bound = ceil(end)
	}
}

// mayEnd reports whether a cursor's pinned end is one that a walk can have written: none, or one
// that the query's own end includes.
func (s *activitySource) mayEnd(bound string) bool {
	if bound == "" {
		return true
	}
	t, err := time.Parse(time.RFC3339Nano, bound)
	return err == nil && timestamp(t) == bound && (s.dateTo.IsZero() || !t.After(transport.Ceil(s.dateTo, unit)))
}
