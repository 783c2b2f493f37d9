package fake

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Handler answers a request that no fault and no quota refuses. It gets the body that was read
// already; r.Body is another reader of the same bytes. It runs without the server's lock.
type Handler func(w http.ResponseWriter, r *http.Request, body []byte)

// Server is the part of a fake that is the same for every vendor. It records requests, keeps the
// quota, and applies faults. It answers in memory ([Server.Transport]) and on a loopback socket
// ([Server.URL]) in the same way. TokenPath and Quota must not change after the first request.
type Server struct {
	// TokenPath reports whether an escaped path is that of the token endpoint. Requests to it do
	// not count for the quota unless [Quota.CountTokens] is set, have no rate headers, and have
	// their own faults. If TokenPath is nil, there is no token endpoint. It must be safe for
	// concurrent use.
	TokenPath func(path string) bool

	// Quota limits the requests to the API.
	Quota Quota

	handler  Handler
	loopback loopback

	mu          sync.Mutex
	window      quotaWindow
	apiFaults   []Fault
	tokenFaults []Fault
	failWith    func(Request) *Fault
	onRequest   func(Request)
	requests    []*Request
	arrived     int
	closed      bool
}

// NewServer returns a server that answers with h. It opens no socket and starts no goroutine.
func NewServer(h Handler) *Server { return &Server{handler: h} }

// Fail queues faults. Each applies to one request, in order of arrival. Faults with Token set have
// their own queue, for requests to the token endpoint. A fault takes precedence over the quota.
func (s *Server) Fail(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range faults {
		if f.Token {
			s.tokenFaults = append(s.tokenFaults, f.clone())
		} else {
			s.apiFaults = append(s.apiFaults, f.clone())
		}
	}
}

// FailWith calls f for each request to which no queued fault applies. A nil fault lets the request
// through, and so does one whose Token does not match the request. A nil f ends this. f runs
// without locks and must be safe for concurrent use.
func (s *Server) FailWith(f func(r Request) *Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failWith = f
}

// OnRequest calls f when a request arrives, before it is answered, so that f can change the fake's
// rows between two pages. f replaces the previous function; a nil f ends this. f runs without locks
// and must be safe for concurrent use. The request has taken its place in the quota and its fault
// from the queue before f runs, so that a fault that f queues applies to a later request.
func (s *Server) OnRequest(f func(r Request)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onRequest = f
}

// Requests returns copies of all requests so far, in order of arrival. Requests that were refused
// or failed are included.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Request, len(s.requests))
	for i, r := range s.requests {
		out[i] = r.clone()
	}
	return out
}

// ResetRequests forgets the requests so far. N goes on counting.
func (s *Server) ResetRequests() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = nil
}

// Close stops the listener, if there is one, and refuses further connections, in memory too. The
// recorded requests stay readable. Close may be called more than once.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.loopback.stop()
}

func (s *Server) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// arrival is what is decided when a request arrives.
type arrival struct {
	request   Request
	recorded  *Request // guarded by the server's lock
	token     bool
	fault     *Fault // the queued one, if any
	quota     quotaState
	onRequest func(Request)
	failWith  func(Request) *Fault
}

// arrive records a request, counts it for the quota and takes its fault from the queue. All three
// happen under one lock, so that they agree on the order of requests.
func (s *Server) arrive(r Request) arrival {
	a := arrival{token: s.TokenPath != nil && s.TokenPath(r.Path)}

	s.mu.Lock()
	defer s.mu.Unlock()
	s.arrived++
	r.N, r.Time = s.arrived, time.Now()
	a.request, a.recorded = r, new(r)
	s.requests = append(s.requests, a.recorded)

	queue := &s.apiFaults
	if a.token {
		queue = &s.tokenFaults
	}
	if len(*queue) > 0 {
		a.fault, *queue = &(*queue)[0], (*queue)[1:]
	}
	if !a.token || s.Quota.CountTokens {
		a.quota = s.window.count(s.Quota, r.Time)
	}
	a.onRequest, a.failWith = s.onRequest, s.failWith
	return a
}

// serve answers one request. The error is that of the request's context, if the client stopped
// waiting.
func (s *Server) serve(r *http.Request, body []byte) (*response, error) {
	path, query := splitTarget(r.RequestURI)
	a := s.arrive(Request{
		Method: r.Method, Host: r.Host, Path: path, RawQuery: query,
		Header: r.Header.Clone(), Body: slices.Clone(body),
	})
	if a.onRequest != nil {
		a.onRequest(a.request.clone())
	}
	fault := a.chooseFault()
	if err := wait(r.Context(), fault.Delay); err != nil {
		return nil, err
	}
	if fault.Reset {
		return &response{reset: true}, nil
	}

	w := newRecorder()
	if s.Quota.Headers && s.Quota.Limit > 0 && !a.token {
		s.Quota.writeHeaders(w.Header(), a.quota)
	}
	switch {
	case fault.replacesAnswer():
		fault.writeAnswer(w)
	case a.quota.refused:
		s.Quota.writeRefusal(w, a.quota)
	default:
		r.Body = io.NopCloser(bytes.NewReader(body))
		s.handler(w, r, body)
	}
	out := w.response()
	fault.apply(out)
	out.complete()

	s.mu.Lock()
	a.recorded.Status = out.status
	s.mu.Unlock()
	return out, nil
}

// chooseFault returns the fault that applies to the request, or the zero Fault.
func (a arrival) chooseFault() Fault {
	if a.fault != nil {
		return *a.fault
	}
	if a.failWith != nil {
		if f := a.failWith(a.request.clone()); f != nil && f.Token == a.token {
			return f.clone()
		}
	}
	return Fault{}
}

// wait returns early, with an error, if the context ends.
func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
