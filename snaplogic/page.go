package snaplogic

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
	"github.com/activity-sdk/activity/internal/wire"
)

// span is a part of the list, as it is asked for.
type span struct {
	offset, limit int
	end           int64 // of the list, in Unix milliseconds; noTime: none
}

// answer is what the service has there at the moment.
type answer struct {
	span
	rows  []Activity
	total int // of the whole list; -1: the service does not say
	body  []byte
	date  time.Time // when it was given, by the service's clock
}

// reach is the offset behind the answer's last row. It counts the rows that came: a service may
// list fewer than were asked for.
func (a answer) reach() int { return a.offset + len(a.rows) }

// fetch requests a part of the list. It neither knows nor changes the state of a walk.
func (s *activitySource) fetch(ctx context.Context, part span) (answer, error) {
	var page envelope
	got, err := s.api.Do(ctx, transport.Call{
		Op:        opListActivities,
		Method:    http.MethodGet,
		Path:      s.path,
		Query:     transport.Encode(part.paged(s.filter)),
		Read:      true,
		NoContent: []byte(`{"entries":[]}`),
		Decode: func(r *wire.Reader) (err error) {
			page, err = readEnvelope(r)
			return err
		},
	})
	if err != nil {
		return answer{}, err
	}
	return answer{span: part, rows: page.rows, total: page.total, body: got.Body, date: got.Date()}, nil
}

// envelope is what stands around the entries of an answer. The vendor's older page shows it
// wrapped, together with a status:
//
//	{"response_map": {"total": 2, "offset": 0, "limit": 100, "entries": [ … ]}, "http_status_code": 200}
//
// and a later one shows what is in response_map alone (probe: snaplogic.envelope). Both are read.
// The answer's own offset and limit are not: the one repeats the request, and what the other means
// is not clear (probe: snaplogic.limit).
type envelope struct {
	rows    []Activity
	total   int // -1: the answer does not say
	entries bool
	wrapped bool
	shape   *wire.ShapeError // the first part of another shape than it should have
	status  *int64           // http_status_code
}

// readEnvelope reads an answer. A status inside it that means failure is a [transport.InnerStatus],
// whatever the rest looks like.
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
			return e.tolerate(r, r.Object(func(name string) error { return e.member(r, name) }))
		default:
			return e.member(r, name)
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

func (e *envelope) member(r *wire.Reader, name string) (err error) {
	switch name {
	case "entries":
		e.entries = true // of entries that come twice the last count
		e.rows, err = wire.Records(r, activityCodec)
		return e.tolerate(r, err)
	case "total":
		total, ok, err := r.Int()
		if ok && total >= 0 && total <= maxOffset {
			e.total = int(total)
		}
		return err
	}
	return nil
}

// tolerate goes on behind a value of the wrong shape: it matters only if the answer claims to be a
// good one, which may stand further on.
func (e *envelope) tolerate(r *wire.Reader, err error) error {
	shape, ok := errors.AsType[*wire.ShapeError](err)
	if !ok {
		return err
	}
	if e.shape == nil {
		e.shape = shape
	}
	return r.Skip()
}

// problem returns why an answer that could be read is no page; nil if it is one.
func (e *envelope) problem() error {
	if e.status != nil && *e.status/100 != 2 {
		if *e.status >= 100 && *e.status <= 599 {
			return transport.InnerStatus(*e.status)
		}
		return &activity.Error{Kind: activity.ErrMalformed, Message: "http_status_code in the answer is no HTTP status"}
	}
	switch {
	case e.shape != nil:
		return e.shape
	case e.entries:
		return nil
	case e.wrapped:
		return &wire.ShapeError{Where: "response_map.entries", Found: "missing", Want: wire.Array.String()}
	default:
		return &wire.ShapeError{Where: "entries", Found: "missing", Want: wire.Array.String()}
	}
}
