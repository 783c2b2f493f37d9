package snaplogictest

// Except for the package clause, this file is the same in all fakes. A test of internal/fake
// compares the copies. Each fake declares these types itself so that its documentation shows them.

import (
	"net/http"
	"net/url"
	"time"

	"github.com/activity-sdk/activity/internal/fake"
)

// Fault is one misbehaviour, for [Server.Fail] or [Server.FailWith]. Its fields apply in the order
// in which they stand here. The zero Fault changes nothing. For details see
// [github.com/activity-sdk/activity/internal/fake.FaultFields].
type Fault struct {
	Token       bool                     // applies to the token endpoint instead of the API
	Delay       time.Duration            // passes before anything else happens
	Reset       bool                     // breaks the connection before the answer
	Status      int                      // is sent with Body; the fake does not handle the request
	Body        string                   // is sent with Status, or with 200 if Status is 0
	ContentType string                   // of Body; the default is what Body looks like
	Damage      func(body []byte) []byte // returns what is sent instead of a body
	Charset     string                   // of the body: "iso-8859-1", "utf-16le" or "utf-16be"
	BOM         bool                     // puts a byte order mark before the body
	Deflate     bool                     // compresses the body, even if the client did not ask
	Header      http.Header              // is set on the answer; a name without values is removed
	Truncate    int                      // shortens the body, and Content-Length, to that length
	CutBody     int                      // breaks the connection after that much of the body
}

// Request is one request as the fake received it, credentials included. For details see
// [github.com/activity-sdk/activity/internal/fake.RequestFields].
type Request struct {
	Method   string      // the HTTP method
	Host     string      // where the request was sent; in memory, the fake answers for any host
	Path     string      // the path as it was sent, with its escapes
	RawQuery string      // the query as it was sent, without the question mark
	Header   http.Header // the header as a server sees it
	Body     []byte      // the whole body
	Time     time.Time   // the time of arrival
	Status   int         // of the answer; 0 if there is none, or none yet
	N        int         // counts the requests from 1
}

// Line returns the request line without the protocol, such as "GET /path?query".
func (r Request) Line() string { return fake.Request(r).Line() }

// Query returns the decoded query, without what is malformed.
func (r Request) Query() url.Values { return fake.Request(r).Query() }

// Transport returns a round tripper that reaches the fake in memory, whatever the host.
func (s *Server) Transport() http.RoundTripper { return s.service.Transport() }

// URL returns the address of a listener on the loopback interface, which the first call starts.
func (s *Server) URL() string { return s.service.URL() }

// Close stops the listener and refuses further connections, in memory too. Requests stay readable.
func (s *Server) Close() { s.service.Close() }

// Fail queues faults. Each applies to one request, in order of arrival.
func (s *Server) Fail(faults ...Fault) { s.service.Fail(fake.Faults[fake.Fault](faults)...) }

// FailWith calls f for each request to which no queued fault applies. A nil fault lets the request
// through. f replaces the previous function, may be nil, and must be safe for concurrent use.
func (s *Server) FailWith(f func(r Request) *Fault) {
	s.service.FailWith(fake.Decision[fake.Request, fake.Fault](f))
}

// OnRequest calls f when a request arrives, before the answer, so that f can add and delete rows
// between two pages. A fault that f queues applies to a later request. f replaces the previous
// function, may be nil, and must be safe for concurrent use.
func (s *Server) OnRequest(f func(r Request)) { s.service.OnRequest(fake.Hook[fake.Request](f)) }

// Requests returns copies of all requests so far, in order of arrival.
func (s *Server) Requests() []Request { return fake.Requests[Request](s.service.Requests()) }

// ResetRequests forgets the requests so far. N goes on counting.
func (s *Server) ResetRequests() { s.service.ResetRequests() }
