package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// sharedPool serves every client that has no transport of its own.
var sharedPool http.RoundTripper = newPool(newConnections)

func newConnections() *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          100,
		MaxIdleConnsPerHost:   16,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
		// A connection that a proxy or firewall has dropped still accepts requests, and never
		// answers. HTTP/2 would send all further requests on it.
		HTTP2: &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 15 * time.Second},
	}
}

// errAttemptTimeout is the cause of a context that ends with the attempt's own time. net/http
// returns it, and middleware recognizes context.DeadlineExceeded in it.
var errAttemptTimeout = fmt.Errorf("the attempt's time is up: %w", context.DeadlineExceeded)

// pool replaces its connections when an attempt runs out of time on one of them: all further
// attempts get a new one. Requests in flight on the old ones continue. net/http itself closes such
// a connection only if it is HTTP/1.
type pool struct {
	dial    func() *http.Transport // returns an empty set of connections
	current atomic.Pointer[http.Transport]
}

func newPool(dial func() *http.Transport) *pool {
	p := &pool{dial: dial}
	p.current.Store(dial())
	return p
}

func (p *pool) RoundTrip(req *http.Request) (*http.Response, error) {
	used := p.current.Load()
	resp, err := used.RoundTrip(req)
	if err != nil {
		p.leave(req.Context(), used)
		return resp, err
	}
	resp.Body = pooledBody{resp.Body, func() { p.leave(req.Context(), used) }}
	return resp, nil
}

// leave replaces the connections if the attempt's time is up, once for all attempts on the same
// ones.
func (p *pool) leave(ctx context.Context, used *http.Transport) {
	if errors.Is(context.Cause(ctx), errAttemptTimeout) && p.current.CompareAndSwap(used, p.dial()) {
		used.CloseIdleConnections()
	}
}

// pooledBody tells the pool when a body cannot be read to its end.
type pooledBody struct {
	io.ReadCloser
	failed func()
}

func (b pooledBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		b.failed()
	}
	return n, err
}
