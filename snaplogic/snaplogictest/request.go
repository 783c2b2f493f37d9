package snaplogictest

import (
	"net/http"
	"net/url"
	"time"

	"github.com/activity-sdk/activity/internal/fake"
)

// Request is one request as the fake received it, credentials included.
type Request struct {
	// Method is the HTTP method.
	Method string
	// Host is where the request was sent, with the port. In memory, the fake answers for any host.
	Host string
	// Path is the path as it was sent, escapes included.
	Path string
	// RawQuery is the query as it was sent, without the question mark.
	RawQuery string
	// Header is the header as a server sees it.
	Header http.Header
	// Body is the whole body.
	Body []byte
	// Time is that of arrival.
	Time time.Time
	// Status is that of the answer; 0: none yet, or none at all.
	Status int
	// N counts from 1 on.
	N int
}

// Line returns the request line without the protocol, such as "GET /path?query".
func (r Request) Line() string { return fake.Request(r).Line() }

// Query returns the decoded query, without what is malformed.
func (r Request) Query() url.Values { return fake.Request(r).Query() }

// Requests returns copies of the requests so far, in order of arrival, refused and failed ones
// included.
func (s *Server) Requests() []Request { return fake.Requests[Request](s.service.Requests()) }

// ResetRequests forgets the requests so far. Their numbers go on.
func (s *Server) ResetRequests() { s.service.ResetRequests() }

// OnRequest has f called when a request arrives, before it is answered, so that f can add and
// delete rows in the middle of a walk. A fault that f queues meets a later request. It replaces the
// f set before; nil ends it. f must be safe for concurrent use.
func (s *Server) OnRequest(f func(r Request)) { s.service.OnRequest(fake.Hook[fake.Request](f)) }
