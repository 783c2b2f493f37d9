package fake

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// Fault is one misbehaviour of the server. The zero Fault changes nothing, and so lets one request
// through. Each public fake declares the type again, so that its documentation shows the fields:
// see [AnyFault].
type Fault FaultFields

// FaultFields are the fields of a Fault, here and in every public fake. They apply in the order in
// which they stand here.
//
// A token endpoint that refuses with status 200 is
//
//	Fault{Token: true, Body: `{"error":"invalid_client"}`}
//
// An answer of SnapLogic whose status is in a header is
//
//	Fault{Header: http.Header{"X-SL-StatusCode": {"403"}}}
type FaultFields = struct {
	// Token makes the fault apply to a request to the token endpoint instead of one to the API. A
	// fake without a token endpoint never uses such a fault.
	Token bool

	// Delay passes before anything else happens, but after the request was recorded. It ends early
	// if the client stops waiting.
	Delay time.Duration

	// Reset breaks the connection before any byte of the answer. The client gets an error for which
	// errors.Is(err, syscall.ECONNRESET) is true. The fake does not handle the request, and its
	// state does not change.
	Reset bool

	// Status, if above zero, is sent with Body instead of the fake's own answer. A 200 with an
	// empty Body is possible. The fake does not handle the request, and its state does not change.
	Status int

	// Body is sent with Status, or with 200 if Status is not set. A Body replaces the fake's own
	// answer too, even without a Status.
	Body string

	// ContentType is the type of Body. The default is application/json for a Body that starts with
	// { or [, text/html for one that starts with <, none for an empty one, and text/plain for any
	// other.
	ContentType string

	// Damage returns the body that is sent instead of the given one, which it may change in place:
	// a raw tab in a string, a comma too many.
	Damage func(body []byte) []byte

	// Charset is the encoding of the body, which is UTF-8 until then, and the charset in
	// Content-Type: "iso-8859-1", "utf-16le" or "utf-16be". Characters that ISO 8859-1 lacks become
	// JSON escapes. Any other name only changes Content-Type.
	Charset string

	// BOM puts a byte order mark before the body: that of UTF-8, or of the Charset if that is one
	// of UTF-16.
	BOM bool

	// Deflate compresses the body with Content-Encoding: deflate, even if the request does not
	// accept that.
	Deflate bool

	// Header replaces headers of the answer. A name without values removes the header. It cannot
	// change Content-Length: see CutBody and Truncate.
	Header http.Header

	// Truncate, if above zero, shortens the body to that many bytes. Content-Length is the new
	// length, so that the client sees a complete answer with a damaged body.
	Truncate int

	// CutBody, if above zero, breaks the connection after that many bytes of the body, although
	// Content-Length is that of the whole body. The client gets io.ErrUnexpectedEOF. A body that is
	// not longer arrives whole.
	CutBody int
}

func (f Fault) clone() Fault {
	f.Header = f.Header.Clone()
	return f
}

// replacesAnswer reports whether the fault has an answer of its own.
func (f Fault) replacesAnswer() bool { return f.Status > 0 || f.Body != "" }

// writeAnswer writes the fault's own answer.
func (f Fault) writeAnswer(w http.ResponseWriter) {
	status := f.Status
	if status <= 0 {
		status = http.StatusOK
	}
	WriteRaw(w, status, f.contentType(), []byte(f.Body))
}

func (f Fault) contentType() string {
	if f.ContentType != "" || f.Body == "" {
		return f.ContentType
	}
	switch start := strings.TrimSpace(f.Body); {
	case strings.HasPrefix(start, "{"), strings.HasPrefix(start, "["):
		return "application/json"
	case strings.HasPrefix(start, "<"):
		return "text/html; charset=utf-8"
	default:
		return "text/plain; charset=utf-8"
	}
}

// apply changes a response, whether it is the fake's own answer or the fault's.
func (f Fault) apply(r *response) {
	f.encode(r)
	for name, values := range f.Header {
		r.header[http.CanonicalHeaderKey(name)] = slices.Clone(values)
	}
	if f.Truncate > 0 {
		r.body = r.body[:min(f.Truncate, len(r.body))]
	}
	r.sent = len(r.body)
	if f.CutBody > 0 {
		r.sent = min(f.CutBody, r.sent)
	}
}
