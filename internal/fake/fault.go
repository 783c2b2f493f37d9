package fake

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// Fault is one misbehaviour, ordered from a fake: write it as a literal. Its fields combine in the
// order in which they stand here. The zero Fault does nothing, and so lets one request through.
//
// The fakes declare the type anew, so that their documentation shows it. See [AnyFault].
type Fault faultFields

type faultFields = struct {
	// Token makes the fault meet requests to the token endpoint instead of requests to the API.
	Token bool

	// Delay passes before anything else happens, but after the arrival was recorded. It ends early
	// if the caller does not wait any longer.
	Delay time.Duration

	// Reset breaks the connection before any byte of the answer; the caller gets an error for which
	// errors.Is(err, syscall.ECONNRESET) is true. The request is not handled: the fake's state does
	// not change.
	Reset bool

	// Status, above zero, is answered instead of the real answer, together with Body; 200 with an
	// empty Body is possible. The request is not handled: the fake's state does not change.
	Status int

	// Body is what is answered with Status; without a Status, with 200.
	Body string

	// ContentType is the type of Body. The default is application/json for a Body that starts with
	// { or [, text/html for one that starts with <, else text/plain, and none for an empty Body.
	ContentType string

	// Damage returns the body that is sent instead of the given one, of which it may keep or change
	// the bytes: a raw tab in a string, a comma too many.
	Damage func(body []byte) []byte

	// Charset is what the body, which is UTF-8 before, is encoded in, and what Content-Type
	// declares: "iso-8859-1", "utf-16le" or "utf-16be". What ISO 8859-1 does not have becomes a
	// JSON escape. Another name is declared, but the body stays as it is.
	Charset string

	// BOM puts a byte order mark in front of the body: that of UTF-8, or of the Charset if it is
	// one of UTF-16.
	BOM bool

	// Deflate compresses the body with Content-Encoding: deflate, whether the request accepts that
	// or not.
	Deflate bool

	// Header is set on the answer, real or not, and replaces what the answer has; a name without
	// values removes the header. Content-Length cannot be changed this way; see CutBody and
	// Truncate.
	Header http.Header

	// Truncate, above zero, shortens the body to that many bytes and makes Content-Length say so: a
	// body that is damaged though nothing broke.
	Truncate int

	// CutBody, above zero, breaks the connection after that many bytes of the body, though
	// Content-Length announces all of them; the caller reads io.ErrUnexpectedEOF. A body that is
	// not longer arrives whole.
	CutBody int
}

func (f Fault) clone() Fault {
	f.Header = f.Header.Clone()
	return f
}

// answers reports whether the fault takes the place of the real answer.
func (f Fault) answers() bool { return f.Status > 0 || f.Body != "" }

// answer writes the fault's own answer.
func (f Fault) answer(w http.ResponseWriter) {
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

// spoil changes an answer, real or not, as ordered.
func (f Fault) spoil(a *answer) {
	f.encode(a)
	for name, values := range f.Header {
		a.header[http.CanonicalHeaderKey(name)] = slices.Clone(values)
	}
	if f.Truncate > 0 {
		a.body = a.body[:min(f.Truncate, len(a.body))]
	}
	a.sent = len(a.body)
	if f.CutBody > 0 {
		a.sent = min(f.CutBody, a.sent)
	}
}
