package transport

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

// quiet is a listener whose first connection can fall silent: it then reads nothing and sends
// nothing.
type quiet struct {
	net.Listener
	first  sync.Once
	silent chan struct{} // closed when the first connection falls silent
	over   chan struct{} // closed at the end of the test
}

func (l *quiet) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.first.Do(func() { conn = &quietConn{conn, l} })
	return conn, nil
}

type quietConn struct {
	net.Conn
	l *quiet
}

func (c *quietConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	select {
	case <-c.l.silent:
		<-c.l.over
		return 0, net.ErrClosed
	default:
		return n, err
	}
}

// quietServer is an HTTP/2 server with a quiet listener.
type quietServer struct {
	*quiet
	*pool // trusts the server
	url   string

	mu      sync.Mutex
	origins []string
}

// remotes returns the client addresses of the requests, which differ by connection.
func (s *quietServer) remotes() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.origins)
}

func newQuietServer(t *testing.T, change func(*http.Transport)) *quietServer {
	t.Helper()
	s := &quietServer{}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		assert.Equal(t, 2, r.ProtoMajor)
		s.origins = append(s.origins, r.RemoteAddr)
		_, _ = w.Write([]byte("{}"))
	}))
	s.quiet = &quiet{Listener: server.Listener, silent: make(chan struct{}), over: make(chan struct{})}
	server.Listener = s.quiet
	server.EnableHTTP2 = true
	server.StartTLS()
	s.url = server.URL
	trusting := server.Client().Transport.(*http.Transport).TLSClientConfig
	s.pool = newPool(func() *http.Transport {
		connections := newConnections()
		connections.TLSClientConfig = trusting.Clone()
		change(connections)
		t.Cleanup(connections.CloseIdleConnections)
		return connections
	})
	t.Cleanup(func() {
		close(s.over)
		server.Close()
	})
	return s
}

func (s *quietServer) client(t *testing.T, opts ...activity.Option) *Client {
	t.Helper()
	client, err := New(Config{Vendor: "acme", BaseURL: s.url, Credentials: Static(Bearer(), "canary")}, append(opts,
		activity.WithTransport(s.pool), activity.WithRetry(activity.RetryPolicy{MaxAttempts: 3, MinWait: 1, MaxWait: 1}))...)
	require.NoError(t, err)
	return client
}

func get(t *testing.T, c *Client) {
	t.Helper()
	_, err := c.Do(t.Context(), Call{Op: "list things", Path: "/things", Read: true, Decode: func(*wire.Reader) error { return nil }})
	require.NoError(t, err)
}

// After an attempt's timeout on a silent connection, the next attempt and the next call use another
// connection.
func TestSilentConnectionIsReplaced(t *testing.T) {
	s := newQuietServer(t, func(*http.Transport) {})
	var failures []error
	client := s.client(t, activity.WithAttemptTimeout(time.Second), activity.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(req *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(req)
			failures = append(failures, err)
			return resp, err
		})
	}))
	get(t, client)
	close(s.silent)
	get(t, client)
	require.Len(t, failures, 3, "one before the silence, one into it, one on a new connection")
	require.ErrorIs(t, failures[1], context.DeadlineExceeded)
	get(t, client)
	came := s.remotes()
	require.Len(t, came, 3)
	assert.NotEqual(t, came[0], came[1])
	assert.Equal(t, came[1], came[2], "the new connection is kept")
}

// The same holds for a connection that falls silent within a body.
func TestConnectionSilentInABodyIsReplaced(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte("{"))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	defer server.Close()
	p := newPool(newConnections)
	before := p.current.Load()
	client, err := New(Config{Vendor: "acme", BaseURL: server.URL, Credentials: Static(Bearer(), "canary")}, activity.WithTransport(p),
		activity.WithAttemptTimeout(50*time.Millisecond), activity.WithRetry(activity.RetryPolicy{MaxAttempts: 1}))
	require.NoError(t, err)
	_, err = client.Do(t.Context(), Call{Op: "list things", Path: "/things", Read: true, Decode: func(*wire.Reader) error { return nil }})
	require.Error(t, err)
	assert.NotSame(t, before, p.current.Load())
}

// Pings detect a silent connection before the attempt's time is up.
func TestSilentConnectionIsPinged(t *testing.T) {
	assert.Equal(t, &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 15 * time.Second}, newConnections().HTTP2)

	s := newQuietServer(t, func(connections *http.Transport) {
		connections.HTTP2 = &http.HTTP2Config{SendPingTimeout: 50 * time.Millisecond, PingTimeout: 500 * time.Millisecond}
	})
	client := s.client(t, activity.WithAttemptTimeout(time.Hour))
	get(t, client)
	close(s.silent)
	get(t, client)
	came := s.remotes()
	require.Len(t, came, 2)
	assert.NotEqual(t, came[0], came[1])
}

// Only an attempt's own timeout replaces the connections, and once for several attempts. A caller's
// deadline or cancellation does not.
func TestWhatReplacesConnections(t *testing.T) {
	p := newPool(newConnections)
	before := p.current.Load()
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	expired, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	for _, ctx := range []context.Context{t.Context(), cancelled, expired} {
		p.leave(ctx, before)
		assert.Same(t, before, p.current.Load())
	}
	late, cancel := context.WithTimeoutCause(t.Context(), 0, errAttemptTimeout)
	defer cancel()
	p.leave(late, before)
	after := p.current.Load()
	assert.NotSame(t, before, after)
	p.leave(late, before)
	assert.Same(t, after, p.current.Load())
}

// slots is a limiter that counts.
type slots struct{ taken int }

func (s *slots) Wait(context.Context) error {
	s.taken++
	return nil
}

// If a kept connection closes before the first byte of an answer, net/http sends a GET again by
// itself, and a POST not. The documentation of activity.WindowLimiter says so.
func TestKeptConnectionCloses(t *testing.T) {
	for _, c := range []struct {
		method string
		body   []byte
		unseen int // requests of which the limiter does not learn
	}{{http.MethodGet, nil, 9}, {http.MethodPost, []byte("{}"), 0}} {
		var mu sync.Mutex
		arrived, known := 0, map[string]bool{}
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			arrived++
			if known[r.RemoteAddr] {
				panic(http.ErrAbortHandler)
			}
			known[r.RemoteAddr] = true
			_, _ = w.Write([]byte("{}"))
		}))
		taken := new(slots)
		client, err := New(Config{Vendor: "acme", BaseURL: server.URL, Credentials: Static(Bearer(), "canary")}, activity.WithTransport(newPool(newConnections)),
			activity.WithRateLimiter(taken), activity.WithRetry(activity.RetryPolicy{MinWait: 1, MaxWait: 1}))
		require.NoError(t, err)
		for range 10 {
			_, err := client.Do(t.Context(), Call{Op: "list things", Path: "/things", Method: c.method, Body: c.body, Read: true,
				Decode: func(*wire.Reader) error { return nil }})
			require.NoError(t, err)
		}
		server.Close()
		assert.Equal(t, taken.taken+c.unseen, arrived, c.method)
	}
}
