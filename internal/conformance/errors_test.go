package conformance_test

import (
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake"
)

// Each status has its kind, and is repeated or not; what the service says about it is in the error.
func TestStatuses(t *testing.T) {
	for _, c := range []struct {
		status    int
		kind      error
		attempts  int
		temporary bool
	}{
		{400, activity.ErrInvalid, 1, false},
		{401, activity.ErrUnauthorized, 1, false},
		{403, activity.ErrForbidden, 1, false},
		{404, activity.ErrNotFound, 1, false},
		{405, activity.ErrInvalid, 1, false},
		{406, activity.ErrInvalid, 1, false},
		{408, nil, 3, true},
		{409, nil, 1, false},
		{415, activity.ErrInvalid, 1, false},
		{422, activity.ErrInvalid, 1, false},
		{429, activity.ErrRateLimited, 3, true},
		{500, activity.ErrServer, 3, true},
		{501, activity.ErrServer, 1, false},
		{502, activity.ErrServer, 3, true},
		{503, activity.ErrServer, 3, true},
		{504, activity.ErrServer, 3, true},
	} {
		t.Run(fmt.Sprint(c.status), func(t *testing.T) {
			every(t, func(t *testing.T, a *adapter) {
				s := a.fill(3)
				body := `{"code":"E7","message":"no such luck"}`
				s.FailWith(func(fake.Request) *fake.Fault {
					return &fake.Fault{Status: c.status, Body: body, Header: http.Header{"X-Request-Id": {"r-1"}}}
				})
				_, err := idsUntil(t.Context(), s.client(t, activity.WithRetry(activity.RetryPolicy{MaxAttempts: 3})).list(query{}), "")
				e := failure(t, a, err)
				assert.Equal(t, c.kind, e.Kind)
				assert.Equal(t, c.status, e.StatusCode)
				assert.Equal(t, "E7", e.Code)
				assert.Equal(t, "no such luck", e.Message)
				assert.Equal(t, "r-1", e.RequestID)
				assert.Equal(t, c.attempts, e.Attempts)
				assert.Equal(t, c.temporary, e.Temporary())
				assert.Equal(t, body, string(e.Body))
				calls := s.calls()
				assert.Equal(t, calls[0].Method, e.Method)
				assert.Equal(t, calls[0].Path, e.Path)
				if c.status != 401 { // which may be repeated with another token
					assert.Len(t, calls, c.attempts)
				}
			})
		})
	}
}

// A failure that may pass is repeated, at any page, until it has passed. For ever, it ends the
// list.
func TestRepeatedUntilGood(t *testing.T) {
	for name, fault := range map[string]fake.Fault{
		"no connection":  {Reset: true},
		"a cut answer":   {CutBody: 10},
		"half an answer": {Truncate: 10},
		"an empty one":   {Status: http.StatusOK, ContentType: "application/json"},
		"no answer":      {Delay: 2 * time.Minute},
		"408":            {Status: 408},
		"429":            {Status: 429},
		"500":            {Status: 500, Body: "[]"},
		"a cut refusal":  {Status: 404, Body: `{"message":"not there"}`, CutBody: 5},
		"503 in HTML":    {Status: 503, Body: "<html><title>Maintenance</title></html>"},
	} {
		t.Run(name, func(t *testing.T) {
			every(t, func(t *testing.T, a *adapter) {
				s := a.fill(13)
				l := s.client(t).list(bounded(5))
				for before := range 3 {
					s.ResetRequests()
					for range before {
						s.Fail(fake.Fault{})
					}
					s.Fail(fault, fault)
					assert.Equal(t, down(13, 1), collect(t, l))
					assert.Len(t, s.calls(), a.requests(13, 5)+2)
				}
				s.FailWith(func(fake.Request) *fake.Fault { return &fault })
				_, err := idsUntil(t.Context(), l, "")
				e := failure(t, a, err)
				assert.Equal(t, 5, e.Attempts)
				assert.True(t, e.Temporary(), "%v", e)
			})
		})
	}
}

// The service is never asked sooner than it wants to be, and not asked at all when that would take
// too long.
func TestRetryAfter(t *testing.T) {
	for name, header := range map[string]string{"seconds": "60", "a date": "date"} {
		for _, status := range []int{429, 503} {
			t.Run(fmt.Sprint(status, " with ", name), func(t *testing.T) {
				every(t, func(t *testing.T, a *adapter) {
					s := a.fill(3)
					c := s.client(t)
					require.Len(t, collect(t, c.list(bounded(5))), 3)
					value := header
					if value == "date" {
						value = time.Now().Add(time.Minute).UTC().Format(http.TimeFormat)
					}
					s.Fail(fake.Fault{Status: status, Header: http.Header{"Retry-After": {value}}})
					start := time.Now()
					assert.Len(t, collect(t, c.list(bounded(5))), 3)
					assert.Equal(t, time.Minute, time.Since(start))

					s.Fail(fake.Fault{Status: status, Header: http.Header{"Retry-After": {"3600"}}})
					_, err := idsUntil(t.Context(), c.list(bounded(5)), "")
					e := failure(t, a, err)
					assert.Equal(t, time.Hour, e.RetryAfter)
					assert.Equal(t, 1, e.Attempts)
					assert.True(t, e.Temporary())
					assert.Equal(t, time.Minute, time.Since(start))
				})
			})
		}
	}
}

// endless is a body of no known length. It counts what is read of it.
type endless struct{ read atomic.Int64 }

func (b *endless) Read(p []byte) (int, error) {
	if b.read.Load() >= 64<<20 {
		return 0, io.EOF
	}
	for i := range p {
		p[i] = ' '
	}
	b.read.Add(int64(len(p)))
	return len(p), nil
}

func (*endless) Close() error { return nil }

// Of an answer without an end, no more is read than its bound.
func TestEndlessAnswer(t *testing.T) {
	eachReading(t, adapters, func(t *testing.T, a *adapter, r reading) {
		body := &endless{}
		between := activity.WithMiddleware(func(http.RoundTripper) http.RoundTripper {
			return tripper(func(req *http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: body, ContentLength: -1, Request: req}, nil
			})
		})
		_, err := r.all(t, a.fill(3), 5, activity.WithMaxResponseBytes(1<<20), between)
		require.ErrorIs(t, err, activity.ErrResponseTooLarge)
		assert.Equal(t, 1, failure(t, a, err).Attempts)
		assert.LessOrEqual(t, body.read.Load(), int64(1<<20+1))
	})
}

// An answer that is larger than allowed is not read, nor asked for again.
func TestResponseTooLarge(t *testing.T) {
	every(t, func(t *testing.T, a *adapter) {
		s := a.fill(50)
		c := s.client(t, activity.WithMaxResponseBytes(1000))
		_, err := idsUntil(t.Context(), c.list(bounded(50)), "")
		require.ErrorIs(t, err, activity.ErrResponseTooLarge)
		assert.Equal(t, 1, failure(t, a, err).Attempts)
	})
}
