package fake

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// URL returns the base URL, for instance "http://127.0.0.1:41234", of a
// listener on the loopback interface, which is started on first use and runs
// until [Server.Close]. It answers as [Server.Transport] does. Every answer
// closes its connection: net/http repeats a request by itself when a kept
// connection breaks, which would hide the faults. It panics if the machine has
// no loopback interface to listen on.
func (s *Server) URL() string {
	url := s.loopback.start(s)
	if s.isClosed() { // a URL where nobody answers
		s.loopback.stop()
	}
	return url
}

// loopback is the listener of a Server, if it has one.
type loopback struct {
	mu       sync.Mutex
	listener net.Listener
	server   *http.Server
}

func (l *loopback) start(s *Server) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.listener != nil {
		return "http://" + l.listener.Addr().String()
	}
	listen := func(network, address string) (net.Listener, error) {
		return (&net.ListenConfig{}).Listen(context.Background(), network, address)
	}
	listener, err := listen("tcp", "127.0.0.1:0")
	if err != nil {
		if listener, err = listen("tcp6", "[::1]:0"); err != nil {
			panic(fmt.Sprintf("fake: no port to listen on at the loopback interface: %v", err))
		}
	}
	l.listener = listener
	l.server = &http.Server{Handler: http.HandlerFunc(s.serveLoopback), ReadHeaderTimeout: time.Minute}
	l.server.SetKeepAlivesEnabled(false)
	// Serve always returns an error: that it was closed.
	go func(server *http.Server) { _ = server.Serve(listener) }(l.server)
	return "http://" + listener.Addr().String()
}

// stop breaks the connections, which ends the delays under way. It does not
// wait for handlers, so that a hook may close the fake it runs in.
func (l *loopback) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.listener == nil {
		return
	}
	// The listener is closed here too: the server does not know it before Serve
	// has begun. Nothing is lost by an error from what is given up.
	_ = l.listener.Close()
	_ = l.server.Close()
}

// serveLoopback brings an answer onto the socket. A panic with
// http.ErrAbortHandler is net/http's way to break a connection.
func (s *Server) serveLoopback(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	a, err := s.serve(r, body)
	switch {
	case err != nil:
		panic(http.ErrAbortHandler)
	case a.reset:
		reset(w)
		return
	}
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body[:a.sent]) // fails if the caller is gone, who then needs no answer
	if a.cut() {
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

// reset closes the connection so that the peer gets ECONNRESET: a TCP
// connection that is closed without lingering sends RST instead of FIN.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// splitTarget splits the target of a request line into path and query, both as
// they were sent.
func splitTarget(target string) (path, query string) {
	path, query, _ = strings.Cut(target, "?")
	return path, query
}
