package snaplogictest

import (
	"net/http"
	"time"

	"github.com/activity-sdk/activity/internal/fake"
)

// Fault is one misbehaviour, ordered with [Server.Fail] or [Server.FailWith]. Its fields combine in
// the order in which they stand here. The zero Fault lets one request through.
//
// A status that is neither that of HTTP nor in the body is
//
//	Fault{Header: http.Header{"X-SL-StatusCode": {"403"}}}
type Fault struct {
	// Token has no use here: it makes the fault wait for a request for a token, and there are none.
	Token bool
	// Delay passes before anything else; beyond the client's patience it is silence.
	Delay time.Duration
	// Reset breaks the connection before the answer. The request is not handled.
	Reset bool
	// Status, above zero, is answered with Body. The request is not handled.
	Status int
	// Body is answered with Status, or with 200 if there is none. The request is not handled.
	Body string
	// ContentType is that of Body. The default is what Body looks like.
	ContentType string
	// Damage returns what is sent instead of a body, of which it may keep or change the bytes.
	Damage func(body []byte) []byte
	// Charset encodes the body and is declared: "iso-8859-1", "utf-16le" or "utf-16be". Any other
	// name is declared only.
	Charset string
	// BOM puts a byte order mark in front of the body.
	BOM bool
	// Deflate compresses the body with Content-Encoding: deflate, asked for or not.
	Deflate bool
	// Header is set on the answer, such as Retry-After or Date. A name without values removes that
	// header.
	Header http.Header
	// Truncate, above zero, shortens the body to that many bytes, and Content-Length with it.
	Truncate int
	// CutBody, above zero, breaks the connection after that many bytes of the body.
	CutBody int
}

// Fail queues faults. Each meets one request, in order of arrival.
func (s *Server) Fail(faults ...Fault) { s.service.Fail(fake.Faults[fake.Fault](faults)...) }

// FailWith has f decide about each request that no queued fault meets: nil lets it through. It
// replaces the f set before; nil ends it. f must be safe for concurrent use.
func (s *Server) FailWith(f func(r Request) *Fault) {
	s.service.FailWith(fake.Decision[fake.Request, fake.Fault](f))
}
