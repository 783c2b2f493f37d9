package transport_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
	"github.com/activity-sdk/activity/internal/wire"
)

// script is a transport that answers each request with the next step, and all further ones with the
// last step.
type script struct {
	steps []step

	mu       sync.Mutex
	requests []sent
}

type step func(req *http.Request) (*http.Response, error)

type sent struct {
	at   time.Time
	req  *http.Request
	body string
}

func (s *script) RoundTrip(req *http.Request) (*http.Response, error) {
	body := ""
	if req.Body != nil {
		text, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		_ = req.Body.Close()
		body = string(text)
	}
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	next := s.steps[min(len(s.requests), len(s.steps)-1)]
	s.requests = append(s.requests, sent{time.Now(), req, body})
	s.mu.Unlock()
	return next(req)
}

func (s *script) sent() []sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]sent(nil), s.requests...)
}

// answer is a whole answer with pairs of header names and values.
func answer(status int, body string, headers ...string) step {
	return func(*http.Request) (*http.Response, error) {
		h := http.Header{"Content-Type": {"application/json"}}
		for i := 0; i < len(headers); i += 2 {
			h.Set(headers[i], headers[i+1])
		}
		return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}, nil
	}
}

// broken is a connection that fails before any answer.
func broken(err error) step {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

// cut is an answer whose body breaks off.
func cut(body string) step {
	return func(*http.Request) (*http.Response, error) {
		h := http.Header{"Content-Type": {"application/json"}}
		return &http.Response{StatusCode: http.StatusOK, Header: h, ContentLength: int64(len(body)) + 10,
			Body: io.NopCloser(io.MultiReader(strings.NewReader(body), brokenReader{io.ErrUnexpectedEOF}))}, nil
	}
}

// silence never answers.
func silence(req *http.Request) (*http.Response, error) {
	<-req.Context().Done()
	return nil, req.Context().Err()
}

// late answers after a while.
func late(d time.Duration, then step) step {
	return func(req *http.Request) (*http.Response, error) {
		select {
		case <-time.After(d):
			return then(req)
		case <-req.Context().Done():
			return nil, req.Context().Err()
		}
	}
}

type brokenReader struct{ err error }

func (r brokenReader) Read([]byte) (int, error) { return 0, r.err }

const key = "canary-key"

func newClient(t *testing.T, rt http.RoundTripper, opts ...activity.Option) *transport.Client {
	t.Helper()
	return newClientWith(t, transport.Static(transport.Bearer(), key), rt, opts...)
}

func newClientWith(t *testing.T, c *transport.Credentials, rt http.RoundTripper, opts ...activity.Option) *transport.Client {
	t.Helper()
	client, err := transport.New(transport.Config{Vendor: "acme", BaseURL: "https://api.example.com/v1", Credentials: c, QuotaWindow: time.Minute},
		append([]activity.Option{activity.WithTransport(rt)}, opts...)...)
	require.NoError(t, err)
	return client
}

var errNoArray = &wire.ShapeError{Where: "things", Found: "nothing", Want: "an array"}

// list is a call that only succeeds with an object that has things.
func list() transport.Call {
	return transport.Call{Op: "list things", Path: "/things", Query: "limit=2", Read: true, Decode: func(r *wire.Reader) error {
		found := false
		if err := r.Object(func(name string) error {
			found = found || name == "things"
			return nil
		}); err != nil {
			return err
		}
		if !found {
			return errNoArray
		}
		return r.End()
	}}
}

const things = `{"things":[1]}`

func do(ctx context.Context, c *transport.Client) (*transport.Answer, error) {
	return c.Do(ctx, list())
}

func asError(t *testing.T, err error) *activity.Error {
	t.Helper()
	require.Error(t, err)
	var e *activity.Error
	require.ErrorAs(t, err, &e)
	return e
}

// pass lets virtual time pass.
func pass(d time.Duration) { <-time.After(d) }

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }
