package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/activity-sdk/activity"
)

// request is a request of the probe. What a zero field stands for is sent as the SDK sends it.
type request struct {
	path   string
	query  *string // the encoded query, without the question mark
	body   []byte
	header map[string]string
	call   func(ctx context.Context) error // the SDK's call that sends it; nil: the sender's list
}

// exchange is a request that was sent, and its answer.
type exchange struct {
	names  []string // of the query's parameters
	status int      // 0: no answer
	header http.Header
	body   []byte
	date   time.Time // the service's clock
	sent   time.Time
	took   time.Duration
	tls    *tls.ConnectionState
	err    error // of the SDK, redacted; also set if the SDK does not understand the answer
}

// sender sends the probe's requests through a client of the SDK. The client authorizes them, keeps
// to its quota and redacts its errors. Middleware replaces the client's own request by the probe's.
type sender struct {
	list func(ctx context.Context) error // reads one record of a list, in one request

	mu       sync.Mutex
	requests int // sent so far, including those for tokens
	budget   int // the most that may be sent; 0: not known yet
}

const maxBody = 8 << 20

// send sends one request. It is repeated only if the service refuses the token.
func (s *sender) send(ctx context.Context, r request) exchange {
	p := &pending{request: r}
	call := s.list
	if r.call != nil {
		call = r.call
	}
	p.exchange.err = call(context.WithValue(ctx, pendingKey{}, p))
	if errors.Is(p.exchange.err, errOneRequest) {
		p.exchange.err = nil
	}
	return p.exchange
}

// pending is a request to send, and then its exchange.
type pending struct {
	request  request
	exchange exchange
}

type pendingKey struct{}

// notAsked is the error of a call that sends nothing. Its text is the reason.
type notAsked string

func (n notAsked) Error() string { return string(n) }

// errOneRequest stops a call of the SDK that tries to send a second request.
var errOneRequest = errors.New("the probe sends one request")

// options returns the options of a client that sends through s. If transport is nil, newTransport
// is used.
func (s *sender) options(transport http.RoundTripper) []activity.Option {
	if transport == nil {
		transport = newTransport()
	}
	return []activity.Option{
		activity.WithMiddleware(func(next http.RoundTripper) http.RoundTripper { return replacingTransport{next} }),
		activity.WithTransport(countingTransport{s, transport}),
		activity.WithRetry(activity.RetryPolicy{MaxAttempts: 1}),
		activity.WithAttemptTimeout(30 * time.Second),
		activity.WithUserAgent("activity-probe"),
	}
}

// newTransport returns a transport that sends each request once and leaves answers as they are.
// With keep-alives, net/http repeats a request whose connection was closed meanwhile.
func newTransport() *http.Transport {
	own := http.DefaultTransport.(*http.Transport).Clone()
	own.DisableCompression, own.DisableKeepAlives = true, true
	return own
}

func (s *sender) sent() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

// countingTransport counts the requests and keeps to the budget.
type countingTransport struct {
	sender *sender
	next   http.RoundTripper
}

func (c countingTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	if !c.sender.spend() {
		return nil, &activity.Error{Op: "probe", Kind: activity.ErrInvalid, Err: errBudget}
	}
	return c.next.RoundTrip(req)
}

// errBudget refuses a request beyond the number that the user agreed to. No question plans for
// tokens that are refused again and again.
var errBudget = errors.New("all announced requests were sent")

// spend counts a request. It reports false if the budget is used up.
func (s *sender) spend() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.budget > 0 && s.requests >= s.budget {
		return false
	}
	s.requests++
	return true
}

// replacingTransport sends the probe's request instead of the SDK's, and keeps the answer.
type replacingTransport struct{ next http.RoundTripper }

func (r replacingTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	p, ok := req.Context().Value(pendingKey{}).(*pending)
	if !ok {
		return r.next.RoundTrip(req)
	}
	if status := p.exchange.status; status != 0 && status != http.StatusUnauthorized {
		return nil, &activity.Error{Op: "probe", Kind: activity.ErrInvalid, Err: errOneRequest}
	}
	req = p.request.apply(req)
	p.exchange = exchange{sent: time.Now(), names: parameterNames(req.URL)}
	resp, err := r.next.RoundTrip(req)
	p.exchange.took = time.Since(p.exchange.sent)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	_ = resp.Body.Close()
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	p.exchange.status, p.exchange.header, p.exchange.body, p.exchange.tls = resp.StatusCode, resp.Header.Clone(), body, resp.TLS
	p.exchange.date, _ = http.ParseTime(resp.Header.Get("Date")) // zero if there is none
	return resp, nil
}

func (r request) apply(req *http.Request) *http.Request {
	req = req.Clone(req.Context())
	req.Header.Set("Accept-Encoding", "identity")
	if r.path != "" {
		req.URL.Path, req.URL.RawPath = r.path, ""
	}
	if r.query != nil {
		req.URL.RawQuery = *r.query
	}
	if r.body != nil {
		req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(r.body)), int64(len(r.body))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(r.body)), nil }
	}
	for name, value := range r.header {
		req.Header.Set(name, value)
	}
	return req
}

func parameterNames(u *url.URL) (all []string) {
	for name := range u.Query() {
		all = append(all, name)
	}
	return all
}
