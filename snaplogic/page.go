package snaplogic

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
	"github.com/activity-sdk/activity/internal/wire"
)

// pageRequest is a request for a part of the list.
type pageRequest struct {
	offset, limit int
	end           int64 // of the list, in Unix milliseconds; noTime: none
}

// params returns the parameters of the request. query has those of the list.
func (r pageRequest) params(query url.Values) url.Values {
	params := maps.Clone(query)
	params.Set("limit", strconv.Itoa(r.limit))
	params.Set("offset", strconv.Itoa(r.offset))
	if r.end != noTime {
		params.Set("end", strconv.FormatInt(r.end, 10))
	}
	return params
}

// response is a part of the list as the service has it at the time of the request.
type response struct {
	pageRequest
	rows  []Activity
	total int // of the whole list; -1: the service does not count
	body  []byte
	date  time.Time // the service's clock
}

// nextOffset returns the offset after the last row. The service may list fewer rows than were
// requested.
func (r response) nextOffset() int { return r.offset + len(r.rows) }

// fetch sends a request. It does not use the state of a walk, so it can run concurrently.
func (s *activitySource) fetch(ctx context.Context, req pageRequest) (response, error) {
	var page envelope
	got, err := s.api.Do(ctx, transport.Call{
		Op:        opListActivities,
		Method:    http.MethodGet,
		Path:      s.path,
		Query:     transport.Encode(req.params(s.params)),
		Read:      true,
		NoContent: []byte(`{"entries":[]}`),
		Decode: func(r *wire.Reader) (err error) {
			page, err = readEnvelope(r)
			return err
		},
	})
	if err != nil {
		return response{}, err
	}
	return response{pageRequest: req, rows: page.rows, total: page.total, body: got.Body, date: got.Date()}, nil
}

// envelope is the object in which the service sends a page. The vendor's older documentation shows
// the page in response_map, beside a status:
//
//	{"response_map": {"total": 2, "offset": 0, "limit": 100, "entries": [ … ]},
//	 "http_status_code": 200}
//
// The newer shows only what is in response_map (probe: snaplogic.envelope). Both are read, except
// their offset, which repeats the request, and their limit, whose meaning is not clear
// (probe: snaplogic.limit).
type envelope struct {
	rows       []Activity
	total      int // -1: the service does not count
	hasEntries bool
	wrapped    bool             // in response_map
	shapeErr   *wire.ShapeError // of the first member that has the wrong type
	status     *int64           // http_status_code
}

// readEnvelope reads the body of a response. If it has a status that means failure, the error is a
// [transport.InnerStatus], whatever else is in the body.
func readEnvelope(r *wire.Reader) (envelope, error) {
	e := envelope{total: -1}
	err := r.Object(func(name string) error {
		switch name {
		case "http_status_code":
			status, ok, err := r.Int()
			if ok {
				e.status = &status
			}
			return err
		case "response_map":
			e.wrapped = true
			return e.skipMisshapen(r, r.Object(func(name string) error { return e.readMember(r, name) }))
		default:
			return e.readMember(r, name)
		}
	})
	if err == nil {
		err = r.End()
	}
	if err == nil {
		err = e.problem()
	}
	return e, err
}

func (e *envelope) readMember(r *wire.Reader, name string) (err error) {
	switch name {
	case "entries":
		e.hasEntries = true // if there are several, the last one counts
		e.rows, err = wire.Records(r, activityCodec)
		return e.skipMisshapen(r, err)
	case "total":
		total, ok, err := r.Int()
		if ok && total >= 0 && total <= maxOffset {
			e.total = int(total)
		}
		return err
	}
	return nil
}

// skipMisshapen keeps an error about the type of a value for later and skips the value. The error
// only matters if the status, which may follow, is good.
func (e *envelope) skipMisshapen(r *wire.Reader, err error) error {
	shape, ok := errors.AsType[*wire.ShapeError](err)
	if !ok {
		return err
	}
	if e.shapeErr == nil {
		e.shapeErr = shape
	}
	return r.Skip()
}

// problem returns an error if the envelope has no page.
func (e *envelope) problem() error {
	if e.status != nil && *e.status/100 != 2 {
		if *e.status >= 100 && *e.status <= 599 {
			return transport.InnerStatus(*e.status)
		}
		return &activity.Error{Kind: activity.ErrMalformed, Message: "http_status_code in the response is no HTTP status"}
	}
	switch {
	case e.shapeErr != nil:
		return e.shapeErr
	case e.hasEntries:
		return nil
	case e.wrapped:
		return &wire.ShapeError{Where: "response_map.entries", Found: "missing", Want: wire.Array.String()}
	default:
		return &wire.ShapeError{Where: "entries", Found: "missing", Want: wire.Array.String()}
	}
}
