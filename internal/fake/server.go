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

// Handler answers a request that met no fault. The body is read already and
// given beside the request, whose own Body is a fresh reader of the same bytes;
// r.URL is as received. It runs without the server's lock.
type Handler func(w http.ResponseWriter, r *http.Request, body []byte)

// Server is the part of a fake that is the same for every vendor: it records
// what arrives, keeps the quota, misbehaves on order, and answers either in
// memory ([Server.Transport]) or on a loopback socket ([Server.URL]), both in
// the same way.
type Server struct {
	handler  Handler
	loopback loopback

	mu          sync.Mutex
	tokenPath   func(path string) bool
	quota       *quota
	fixed       bool // the quota's windows
	countTokens bool
	rateHeaders bool
	resetEpoch  bool
	apiFaults   []Fault
	tokenFaults []Fault
	failWith    func(Request) *Fault
	onRequest   func(Request)
	requests    []*Request
	arrived     int
	closed      bool
}

// NewServer returns a server that answers with h what meets no fault. It opens
// no socket and starts no goroutine.
func NewServer(h Handler) *Server { return &Server{handler: h} }

// TokenPath says by their escaped path which requests go to the token endpoint: they are not
// counted by the quota unless [Server.CountTokens] says so, carry no rate headers and have faults
// of their own. Without it there is no token endpoint. match is called for every request and has to
// be safe for concurrent use.
func (s *Server) TokenPath(match func(path string) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokenPath = match
}

// SetQuota lets at most n requests to the API through in any span of length
// per, judged at their arrival, and has refuse answer the others; wait is the
// time from the arrival to the next free slot. A refused request is not
// counted, one that meets a fault is. The window starts empty. An n of zero or
// less means no quota, a nil refuse a bare 429.
func (s *Server) SetQuota(n int, per time.Duration, refuse func(w http.ResponseWriter, wait time.Duration)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.quota = nil
	if refuse == nil {
		refuse = func(w http.ResponseWriter, _ time.Duration) { w.WriteHeader(http.StatusTooManyRequests) }
	}
	if n > 0 {
		s.quota = &quota{n: n, per: per, refuse: refuse, fixed: s.fixed}
	}
}

// FixedWindows makes the quota count in windows that begin at multiples of its
// length, such as at each full minute, instead of in any span of that length.
// It holds for the next SetQuota. The default is off.
func (s *Server) FixedWindows(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fixed = on
}

// CountTokens makes requests to the token endpoint count for the quota, and be
// refused by it, like all others. The default is off.
func (s *Server) CountTokens(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.countTokens = on
}

// RateHeaders makes every answer of the API, while there is a quota, say how it
// stands: X-RateLimit-Limit, X-RateLimit-Remaining, and in
// X-RateLimit-Reset-Time the whole seconds, rounded up, from the arrival until
// the next slot that is taken becomes free. The default is off.
func (s *Server) RateHeaders(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rateHeaders = on
}

// ResetEpoch makes X-RateLimit-Reset-Time name a point in time, in whole seconds
// since 1970, instead of a distance from the arrival. The default is off.
func (s *Server) ResetEpoch(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.resetEpoch = on
}

// Fail queues faults: each meets one request, in order of arrival. Requests to
// the token endpoint meet those with Token set, requests to the API the others,
// each kind from a queue of its own. A fault goes before the quota's refusal.
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

// FailWith has f decide about every request that no queued fault meets: nil
// lets it through. As with queued ones, a fault meets a request to the token
// endpoint only with Token set, and a request to the API only without. A nil f
// switches it off. f is called without locks and has to be safe for concurrent
// use.
func (s *Server) FailWith(f func(r Request) *Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failWith = f
}

// OnRequest has f called when a request arrives, before it is answered, so that
// f can change what the fake holds in the middle of a walk. It replaces the
// function set before; nil switches it off. f is called without locks and has
// to be safe for concurrent use. The request's place in the quota and the queue
// of faults is settled before f: a fault that f queues meets a later request
// (see [Server.FailWith] for this one).
func (s *Server) OnRequest(f func(r Request)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onRequest = f
}

// Requests returns copies of all requests so far, refused and failed ones
// included, in order of arrival.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Request, len(s.requests))
	for i, r := range s.requests {
		out[i] = r.clone()
	}
	return out
}

// ResetRequests forgets the requests so far; their numbering goes on.
func (s *Server) ResetRequests() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = nil
}

// Close ends the service: the listener stops, if there is one, and whoever
// calls from now on, in memory too, is refused a connection. What was recorded
// stays readable. Closing twice does no harm.
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

// arrival is what is settled at the moment a request arrives.
type arrival struct {
	request   Request
	entry     *Request // the one that is recorded; guarded by the server's lock
	token     bool
	fault     *Fault
	verdict   verdict
	rated     bool // rate headers are wanted
	onRequest func(Request)
	failWith  func(Request) *Fault
}

// arrive records a request and takes its place in the quota and in the queue of
// faults, all at one instant, so that the three agree on the order.
func (s *Server) arrive(r Request) arrival {
	s.mu.Lock()
	match := s.tokenPath
	s.mu.Unlock()
	a := arrival{token: match != nil && match(r.Path)}

	s.mu.Lock()
	defer s.mu.Unlock()
	s.arrived++
	r.N, r.Time = s.arrived, time.Now()
	a.request, a.entry = r, new(r)
	s.requests = append(s.requests, a.entry)

	queue := &s.apiFaults
	if a.token {
		queue = &s.tokenFaults
	}
	if !a.token || s.countTokens {
		a.verdict = s.quota.admit(r.Time)
		a.verdict.epoch = s.resetEpoch
	}
	a.rated = !a.token && s.rateHeaders && s.quota != nil
	if len(*queue) > 0 {
		a.fault, *queue = &(*queue)[0], (*queue)[1:]
	}
	a.onRequest, a.failWith = s.onRequest, s.failWith
	return a
}

// serve answers one request, whichever way it came. The error is that of the
// request's context, if the caller gave up.
func (s *Server) serve(r *http.Request, body []byte) (*answer, error) {
	path, query := splitTarget(r.RequestURI)
	a := s.arrive(Request{
		Method: r.Method, Host: r.Host, Path: path, RawQuery: query,
		Header: r.Header.Clone(), Body: slices.Clone(body),
	})
	if a.onRequest != nil {
		a.onRequest(a.request.clone())
	}
	fault := a.meets()
	if err := wait(r.Context(), fault.Delay); err != nil {
		return nil, err
	}
	if fault.Reset {
		return &answer{reset: true}, nil
	}

	w := newRecorder()
	if a.rated {
		a.verdict.writeHeaders(w.Header())
	}
	switch {
	case fault.answers():
		fault.answer(w)
	case a.verdict.refuse != nil:
		a.verdict.refuse(w, a.verdict.reset)
	default:
		r.Body = io.NopCloser(bytes.NewReader(body))
		s.handler(w, r, body)
	}
	out := w.answer()
	fault.spoil(out)
	out.complete()

	s.mu.Lock()
	a.entry.Status = out.status
	s.mu.Unlock()
	return out, nil
}

// meets returns the fault that the request meets, the zero Fault if none.
func (a arrival) meets() Fault {
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
