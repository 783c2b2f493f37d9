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

// request is one that the probe makes. A zero field is as the SDK sends it.
type request struct {
	path   string
	query  *string // as it stands behind the question mark
	body   []byte
	header map[string]string
	call   func(ctx context.Context) error // sends it, from the SDK's own path; nil: the wire's list
}

// exchange is a request that was sent, and what came back.
type exchange struct {
	names  []string // of the query's parameters
	status int      // 0: nothing came back
	header http.Header
	body   []byte
	date   time.Time // the service's clock
	sent   time.Time
	took   time.Duration
	tls    *tls.ConnectionState
	err    error // of the SDK, redacted; also where it does not understand the answer
}

// wire sends requests of the probe's own through a client of the SDK, which authorizes them, waits
// for its quota and redacts its errors. Middleware puts them in the place of the one that a list
// sends.
type wire struct {
	list func(ctx context.Context) error // reads one record of a list, in one request

	mu       sync.Mutex
	requests int // all that were sent, those for tokens included
	budget   int // the most that may be sent; 0: not known yet
}

const maxBody = 8 << 20

// ask sends one request. It is repeated only if the service refuses the token.
func (w *wire) ask(ctx context.Context, r request) exchange {
	p := &pending{request: r}
	call := w.list
	if r.call != nil {
		call = r.call
	}
	p.exchange.err = call(context.WithValue(ctx, pendingKey{}, p))
	if errors.Is(p.exchange.err, errOnce) {
		p.exchange.err = nil
	}
	return p.exchange
}

// pending is a request that is to be sent, and then its exchange.
type pending struct {
	request  request
	exchange exchange
}

type pendingKey struct{}

// notAsked is the error of a call that sends nothing. It says why.
type notAsked string

func (n notAsked) Error() string { return string(n) }

// errOnce ends a call of the SDK that wants to send more than the probe's request.
var errOnce = errors.New("the probe sends one request")

// options are those of a client that this wire sends through. transport is the way to the service;
// nil is that of the SDK's own clients.
func (w *wire) options(transport http.RoundTripper) []activity.Option {
	if transport == nil {
		transport = newTransport()
	}
	return []activity.Option{
		activity.WithMiddleware(func(next http.RoundTripper) http.RoundTripper { return replacing{next} }),
		activity.WithTransport(counting{w, transport}),
		activity.WithRetry(activity.RetryPolicy{MaxAttempts: 1}),
		activity.WithAttemptTimeout(30 * time.Second),
		activity.WithUserAgent("activity-probe"),
	}
}

// newTransport returns a way to a service on which each request is sent once, and each answer comes
// as it was sent. net/http itself repeats a request on a connection that was closed meanwhile.
func newTransport() *http.Transport {
	own := http.DefaultTransport.(*http.Transport).Clone()
	own.DisableCompression, own.DisableKeepAlives = true, true
	return own
}

func (w *wire) sent() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.requests
}

// counting counts what goes out.
type counting struct {
	wire *wire
	next http.RoundTripper
}

func (c counting) RoundTrip(req *http.Request) (*http.Response, error) {
	if !c.wire.spend() {
		return nil, &activity.Error{Op: "probe", Kind: activity.ErrInvalid, Err: errBudget}
	}
	return c.next.RoundTrip(req)
}

// errBudget ends what would send more than the user agreed to. A token that is refused again and
// again needs requests that no question has counted.
var errBudget = errors.New("all requests that were announced are sent")

// spend counts a request, or reports false if there may be none.
func (w *wire) spend() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.budget > 0 && w.requests >= w.budget {
		return false
	}
	w.requests++
	return true
}

// replacing puts the probe's request in the place of the SDK's, and keeps the answer.
type replacing struct{ next http.RoundTripper }

func (r replacing) RoundTrip(req *http.Request) (*http.Response, error) {
	p, ok := req.Context().Value(pendingKey{}).(*pending)
	if !ok {
		return r.next.RoundTrip(req)
	}
	if status := p.exchange.status; status != 0 && status != http.StatusUnauthorized {
		return nil, &activity.Error{Op: "probe", Kind: activity.ErrInvalid, Err: errOnce}
	}
	req = p.request.apply(req)
	p.exchange = exchange{sent: time.Now(), names: names(req.URL)}
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

func names(u *url.URL) (all []string) {
	for name := range u.Query() {
		all = append(all, name)
	}
	return all
}
