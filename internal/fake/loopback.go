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

// URL returns the base URL of a listener on the loopback interface, such as
// "http://127.0.0.1:41234". The first call starts the listener, and [Server.Close] stops it. It
// answers as [Server.Transport] does. Each answer closes its connection, since net/http repeats a
// request when a kept connection breaks, which would hide faults. URL panics if it cannot listen on
// the loopback interface.
func (s *Server) URL() string {
	url := s.loopback.start(s)
	if s.isClosed() { // return a URL at which nothing listens
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
	// Serve always returns an error, here http.ErrServerClosed.
	go func(server *http.Server) { _ = server.Serve(listener) }(l.server)
	return "http://" + listener.Addr().String()
}

// stop breaks the connections, which ends delays. It does not wait for handlers, so that a hook may
// close its own fake.
func (l *loopback) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.listener == nil {
		return
	}
	// The server does not know the listener until Serve has begun, so close that too.
	_ = l.listener.Close()
	_ = l.server.Close()
}

// serveLoopback writes an answer to the socket. To break a connection, a handler of net/http panics
// with http.ErrAbortHandler.
func (s *Server) serveLoopback(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	answer, err := s.serve(r, body)
	switch {
	case err != nil:
		panic(http.ErrAbortHandler)
	case answer.reset:
		reset(w)
		return
	}
	maps.Copy(w.Header(), answer.header)
	w.WriteHeader(answer.status)
	_, _ = w.Write(answer.body[:answer.sent]) // fails only if the client is gone
	if answer.cut() {
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

// reset closes the connection so that the client gets ECONNRESET: without lingering, TCP sends RST
// instead of FIN.
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

// splitTarget splits the target of a request line into path and query.
func splitTarget(target string) (path, query string) {
	path, query, _ = strings.Cut(target, "?")
	return path, query
}
