package conformance_test

import (
	"io"
	"math"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake"
)

// TestInvalidResponses checks that a body which is no page of records ends the list with
// ErrMalformed, on the first page and on a later one. It is never taken for an empty list.
func TestInvalidResponses(t *testing.T) {
	for name, fault := range map[string]fake.Fault{
		"a login page":      {Body: "<html><title>Sign in</title></html>"},
		"plain text":        {Body: "OK", ContentType: "application/json"},
		"an empty answer":   {Status: http.StatusOK, ContentType: "application/json"},
		"null":              {Body: "null", ContentType: "application/json"},
		"a text":            {Body: `"[]"`, ContentType: "application/json"},
		"another shape":     {Body: `{"error":"no"}`},
		"half an answer":    {Truncate: 20},
		"two answers":       {Body: "[] []"},
		"too deeply nested": {Body: strings.Repeat("[", 20_001)},
	} {
		t.Run(name, func(t *testing.T) {
			everyVendor(t, func(t *testing.T, a *adapter) {
				for before := range 2 {
					s := a.fill(13)
					l := s.client(t, activity.WithRetry(activity.RetryPolicy{MaxAttempts: 2})).list(bounded(5))
					for range before {
						s.Fail(fake.Fault{})
					}
					s.Fail(fault, fault)
					ids, err := readIDs(t.Context(), l, "")
					require.ErrorIs(t, err, activity.ErrMalformed)
					_ = asError(t, a, err)
					assert.Equal(t, descending(13, 1)[:5*before], append([]int{}, ids...))
				}
			})
		})
	}
}

// TestCharsets reads responses in the charset that they declare.
func TestCharsets(t *testing.T) {
	for _, charset := range []string{"iso-8859-1", "utf-16le", "utf-16be"} {
		t.Run(charset, func(t *testing.T) {
			everyReading(t, adapters, func(t *testing.T, a *adapter, r reading) {
				s := a.fill(13)
				fault := a.insertMember(t, 7, "café")
				fault.Charset = charset
				s.failAll(fault)
				records, err := r.all(t, s, 5)
				require.NoError(t, err)
				require.Equal(t, descending(13, 1), idsOf(records))
				for _, got := range records {
					assert.Empty(t, got.problems)
					assert.Equal(t, got.id == 7, strings.Contains(string(got.raw), `"zz":"café"`))
				}
			})
		})
	}
}

// TestMislabelledResponses checks that pages and tokens are read whatever their Content-Type says,
// and that nothing is requested twice.
func TestMislabelledResponses(t *testing.T) {
	labelled := func(label string) fake.Fault { return fake.Fault{Header: http.Header{"Content-Type": {label}}} }
	for name, fault := range map[string]fake.Fault{
		"text":            labelled("text/plain"),
		"HTML":            labelled("text/html"),
		"no label":        {Header: http.Header{"Content-Type": nil}},
		"no semicolon":    labelled("application/json charset=utf-8"),
		"byte order mark": {BOM: true},
		"deflate":         {Deflate: true},
		"all at once":     {BOM: true, Deflate: true, Header: http.Header{"Content-Type": {"text/plain"}}},
	} {
		t.Run(name, func(t *testing.T) {
			everyReading(t, adapters, func(t *testing.T, a *adapter, r reading) {
				s := a.fill(13)
				_, err := r.all(t, s, 5)
				require.NoError(t, err)
				requests := len(s.Requests())
				s.ResetRequests()

				token := fault
				token.Token = true
				s.FailWith(func(r fake.Request) *fake.Fault {
					if isTokenRequest(r) {
						return &token
					}
					return &fault
				})
				records, err := r.all(t, s, 5)
				require.NoError(t, err)
				assert.Equal(t, descending(13, 1), idsOf(records))
				assert.Len(t, s.Requests(), requests)
			})
		})
	}
}

// TestNoContent checks that status 204 is a page without records and is not requested again.
func TestNoContent(t *testing.T) {
	everyReading(t, adapters, func(t *testing.T, a *adapter, r reading) {
		empty, s := a.fill(0), a.fill(3)
		s.failAll(fake.Fault{Status: http.StatusNoContent})
		for _, s := range []*service{empty, s} {
			records, err := r.all(t, s, 5)
			require.NoError(t, err)
			assert.Empty(t, records)
		}
		assert.Len(t, s.calls(), len(empty.calls()))
	})
}

// endlessBody is a body of unknown length that counts the bytes read.
type endlessBody struct{ read atomic.Int64 }

func (b *endlessBody) Read(p []byte) (int, error) {
	if b.read.Load() >= 64<<20 {
		return 0, io.EOF
	}
	for i := range p {
		p[i] = ' '
	}
	b.read.Add(int64(len(p)))
	return len(p), nil
}

func (*endlessBody) Close() error { return nil }

// TestEndlessBody checks that no more than the limit is read of a body without an end.
func TestEndlessBody(t *testing.T) {
	everyReading(t, adapters, func(t *testing.T, a *adapter, r reading) {
		body := &endlessBody{}
		endless := activity.WithMiddleware(func(http.RoundTripper) http.RoundTripper {
			return roundTripper(func(req *http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: body, ContentLength: -1, Request: req}, nil
			})
		})
		_, err := r.all(t, a.fill(3), 5, activity.WithMaxResponseBytes(1<<20), endless)
		require.ErrorIs(t, err, activity.ErrResponseTooLarge)
		assert.Equal(t, 1, asError(t, a, err).Attempts)
		assert.LessOrEqual(t, body.read.Load(), int64(1<<20+1))
	})
}

// TestResponseTooLarge checks that a response beyond the limit is an error and is not requested
// again.
func TestResponseTooLarge(t *testing.T) {
	everyVendor(t, func(t *testing.T, a *adapter) {
		s := a.fill(50)
		c := s.client(t, activity.WithMaxResponseBytes(1000))
		_, err := readIDs(t.Context(), c.list(bounded(50)), "")
		require.ErrorIs(t, err, activity.ErrResponseTooLarge)
		assert.Equal(t, 1, asError(t, a, err).Attempts)
	})
}

// changeAnswers returns a transport whose answers a function may change, those to token requests
// too.
func changeAnswers(s *service, change func(resp *http.Response)) activity.Option {
	return activity.WithTransport(roundTripper(func(req *http.Request) (*http.Response, error) {
		resp, err := s.Transport().RoundTrip(req)
		if err == nil {
			change(resp)
		}
		return resp, err
	}))
}

// TestAnnouncedLength checks that an announced length, however large, does no harm: a refusal
// counts by its status, and any other answer is too large.
func TestAnnouncedLength(t *testing.T) {
	everyLogin(t, anyLogin, func(t *testing.T, s *service, l login) {
		for _, length := range []int64{math.MaxInt64, math.MaxInt64 - 1} {
			for _, limit := range []int64{1 << 20, math.MaxInt64 - 1} {
				c := s.clientWith(t, l.credentials(), activity.WithMaxResponseBytes(limit), changeAnswers(s, func(resp *http.Response) {
					resp.ContentLength = length
				}))
				for _, token := range []bool{l.fetchesToken, false} {
					s.FailWith(func(r fake.Request) *fake.Fault {
						if isTokenRequest(r) && !token {
							return nil
						}
						return &fake.Fault{Token: token, Status: 404}
					})
					_, err := readIDs(t.Context(), c.list(bounded(5)), "")
					if l.fetchesToken && !token { // its token comes with such a length
						require.ErrorIs(t, err, activity.ErrResponseTooLarge)
					} else {
						require.ErrorIs(t, err, activity.ErrNotFound)
					}
				}
			}
		}
	})
}

// TestSwitchedProtocol checks that an answer 101, behind which comes whatever a server likes, ends
// the call at once.
func TestSwitchedProtocol(t *testing.T) {
	everyLogin(t, anyLogin, func(t *testing.T, s *service, l login) {
		var open connection
		c := s.clientWith(t, l.credentials(), changeAnswers(s, func(resp *http.Response) {
			open = make(connection)
			resp.StatusCode, resp.Body, resp.ContentLength = http.StatusSwitchingProtocols, open, -1
		}))
		begun := time.Now()
		_, err := readIDs(t.Context(), c.list(bounded(5)), "")
		e := asError(t, s.adapter, err)
		assert.Equal(t, http.StatusSwitchingProtocols, e.StatusCode)
		assert.Contains(t, e.Message, "base URL")
		assert.False(t, e.Temporary())
		assert.Zero(t, time.Since(begun))
		<-open
	})
}

// connection is a body that says nothing for an hour, whatever becomes of the request's context. It
// is closed by Close.
type connection chan struct{}

func (c connection) Read([]byte) (int, error) {
	select {
	case <-c:
		return 0, net.ErrClosed
	case <-time.After(time.Hour):
		return 0, io.EOF
	}
}

func (c connection) Close() error { close(c); return nil }
