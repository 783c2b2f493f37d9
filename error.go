package activity

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/activity-sdk/activity/internal/obstacle"
)

// The kinds of failure that a program may want to tell apart. Each reaches a caller inside an
// [*Error]; test for one with errors.Is.
var (
	// ErrInvalid: the request makes no sense as it is. Either the SDK refused it before anything
	// was sent (StatusCode 0) or the service did (400, 405, 406, 415, 422). Repeating it does not
	// help.
	ErrInvalid = errors.New("invalid request")
	// ErrUnauthorized: the service does not accept the credentials (401), also with a renewed token
	// where there is one.
	ErrUnauthorized = errors.New("credentials not accepted")
	// ErrForbidden: the credentials are known, but may not do this (403).
	ErrForbidden = errors.New("access denied")
	// ErrNotFound: no such thing at that address (404).
	ErrNotFound = errors.New("not found")
	// ErrRateLimited: the quota is used up (429), and waiting for it would take longer than
	// RetryPolicy.MaxRetryAfter, the attempts or the context's deadline allow. Error.RetryAfter
	// says how long to stay away, where the service said so.
	ErrRateLimited = errors.New("rate limited")
	// ErrServer: the service failed (5xx), and went on failing for as many attempts as RetryPolicy
	// allows.
	ErrServer = errors.New("service failure")

	// ErrResponseTooLarge: a response is larger, after decompression, than WithMaxResponseBytes
	// allows, or would take more memory. Ask for smaller pages or raise the bound.
	ErrResponseTooLarge = errors.New("response too large")
	// ErrMalformed: a response is not what the service documents: no JSON, JSON that breaks off,
	// HTML, another shape.
	ErrMalformed = errors.New("malformed response")
	// ErrForeignOrigin: a link, a redirect or a token address leads to another scheme, host or port
	// than the configured one. It was not contacted.
	ErrForeignOrigin = errors.New("foreign origin")
	// ErrInsecureURL: the address is not https, nor loopback. See WithInsecureHTTP.
	ErrInsecureURL = errors.New("insecure address")

	// ErrCursorLoop: the service handed out the same continuation twice within one walk. What was
	// delivered before is good.
	ErrCursorLoop = errors.New("the list leads back to an earlier page")
	// ErrCursorMismatch: the cursor is not one of this list: made for another endpoint, tenant or
	// other parameters, damaged, or too long.
	ErrCursorMismatch = errors.New("cursor of another list")
	// ErrListChanged: so many rows came or went while the list was read that the place could not be
	// found again. What was delivered before is good; read the list again from the start, or in
	// narrower slices of time.
	ErrListChanged = errors.New("the list changed too much while it was read")
	// ErrCheckpointMismatch: the checkpoint is not one of this feed: made by another feed, or for
	// another tenant or query.
	ErrCheckpointMismatch = errors.New("checkpoint of another feed")
)

// Error is how every call of the SDK fails. It never holds a credential: neither its fields nor any
// of its text forms.
//
// errors.Is finds the kind (one of the Err variables) and, where the context ended the call,
// context.Canceled or context.DeadlineExceeded; errors.As finds the Error itself.
type Error struct {
	Vendor string // "aspera", "snaplogic", "opswat" or "sdelements"; "" for a list made from a user's own source
	Tenant string // whose account: the name from [WithTenant], or what is known without one; "" if nothing is
	Op     string // what was being done, such as "list activities"
	Method string // of the HTTP request; "" if there was none
	Path   string // of the HTTP request, without its query

	// StatusCode is the status of the last answer, also when something else, such as the context,
	// ended the call later. 0: there was no answer, or nothing was sent.
	StatusCode int
	Code       string              // the service's own code, if it sent one
	Message    string              // what the service says, or what the SDK has to say; at most 512 bytes
	Fields     map[string][]string // the service's complaints by parameter, if it sent any
	RequestID  string              // by which the vendor's support can find the request, if the service sent one

	// RetryAfter is how long the service asks to stay away, counted from when the answer arrived.
	// 0: it did not say.
	RetryAfter time.Duration
	// Attempts counts the requests sent for this call. A request repeated with a renewed token does
	// not count twice.
	Attempts int
	// Body is the beginning of the service's answer, at most 4 KiB, credentials removed.
	Body []byte

	// Kind is one of the Err variables of this package, or nil where none fits: a network failure,
	// a context that ended, a status without a kind of its own.
	Kind error `json:"-"`
	// Err is the cause beneath, or nil: a context's error, a network error, an error from a
	// callback. Of an error that is not the SDK's, it has one line of at most 512 bytes, and
	// errors.Is finds what it finds in the original. The original itself cannot be reached, since
	// it may hold a credential.
	Err error `json:"-"`
}

// Error returns one line without secrets: vendor, tenant, operation, request, status, message, and
// what helps to find it again.
func (e *Error) Error() string {
	var b strings.Builder
	part := func(s string) {
		if s == "" {
			return
		}
		if b.Len() > 0 {
			b.WriteString(": ")
		}
		b.WriteString(s)
	}
	part(e.Vendor)
	part(e.Tenant)
	part(e.Op)
	if e.Method != "" {
		part(e.Method + " " + e.Path)
	}
	if e.StatusCode != 0 {
		part(strings.TrimSpace(strconv.Itoa(e.StatusCode) + " " + http.StatusText(e.StatusCode)))
	}
	if e.Kind != nil {
		part(e.Kind.Error())
	}
	part(e.Message)
	if e.Err != nil {
		part(e.Err.Error())
	}
	if notes := e.notes(); len(notes) > 0 {
		fmt.Fprintf(&b, " (%s)", strings.Join(notes, ", "))
	}
	return b.String()
}

func (e *Error) notes() []string {
	var notes []string
	if e.Code != "" && e.Code != e.Message {
		notes = append(notes, "code "+e.Code)
	}
	if e.RequestID != "" {
		notes = append(notes, "request id "+e.RequestID)
	}
	if e.RetryAfter > 0 {
		notes = append(notes, "retry after "+e.RetryAfter.String())
	}
	if e.Attempts > 1 {
		notes = append(notes, strconv.Itoa(e.Attempts)+" attempts")
	}
	return notes
}

// Unwrap returns Kind and Err, those that are set.
func (e *Error) Unwrap() []error {
	causes := make([]error, 0, 2)
	for _, err := range []error{e.Kind, e.Err} {
		if err != nil {
			causes = append(causes, err)
		}
	}
	return causes
}

// Temporary reports whether the same call may succeed later without a change. It is what the retry
// loop goes by: a failure that is temporary is repeated as [RetryPolicy] allows, and no other is.
//
// Temporary are rate limits, failures of the service (408 and 5xx except 501) or of the network,
// answers that broke off, a login or maintenance page in place of JSON, and a list that changed too
// much while it was read. Not temporary are a context that ended, a certificate that is not
// trusted, a port that does not speak TLS and a host name that does not exist.
func (e *Error) Temporary() bool {
	switch {
	case errors.Is(e.Err, context.Canceled), errors.Is(e.Err, context.DeadlineExceeded):
		return false
	case errors.Is(e.Kind, ErrRateLimited), errors.Is(e.Kind, ErrListChanged):
		return true
	case errors.Is(e.Kind, ErrServer):
		return e.StatusCode != http.StatusNotImplemented
	case errors.Is(e.Kind, ErrMalformed):
		return errors.Is(e.Err, io.ErrUnexpectedEOF) || errors.Is(e.Err, obstacle.ErrPage)
	case e.Kind != nil:
		return false
	case e.Err != nil:
		return obstacle.Lasting(e.Err) == ""
	default:
		return e.StatusCode == http.StatusRequestTimeout
	}
}

// LogValue returns the error as a group of attributes, for log/slog. Durations are text, such as
// "1m0s", in every format.
func (e *Error) LogValue() slog.Value {
	attrs := []slog.Attr{slog.String("error", e.Error())}
	text := func(key, value string) {
		if value != "" {
			attrs = append(attrs, slog.String(key, value))
		}
	}
	text("vendor", e.Vendor)
	text("tenant", e.Tenant)
	text("op", e.Op)
	text("method", e.Method)
	text("path", e.Path)
	text("code", e.Code)
	text("request_id", e.RequestID)
	if e.StatusCode != 0 {
		attrs = append(attrs, slog.Int("status", e.StatusCode))
	}
	if e.RetryAfter > 0 {
		attrs = append(attrs, slog.String("retry_after", e.RetryAfter.String()))
	}
	return slog.GroupValue(append(attrs, slog.Int("attempts", e.Attempts))...)
}

// MarshalJSON returns an object with the members that LogValue has, and message, fields and body,
// which is text.
func (e *Error) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Error      string              `json:"error"`
		Vendor     string              `json:"vendor,omitzero"`
		Tenant     string              `json:"tenant,omitzero"`
		Op         string              `json:"op,omitzero"`
		Method     string              `json:"method,omitzero"`
		Path       string              `json:"path,omitzero"`
		Status     int                 `json:"status,omitzero"`
		Code       string              `json:"code,omitzero"`
		Message    string              `json:"message,omitzero"`
		Fields     map[string][]string `json:"fields,omitzero"`
		RequestID  string              `json:"request_id,omitzero"`
		RetryAfter string              `json:"retry_after,omitzero"`
		Attempts   int                 `json:"attempts"`
		Body       string              `json:"body,omitzero"`
	}{
		Error: e.Error(), Vendor: e.Vendor, Tenant: e.Tenant, Op: e.Op, Method: e.Method, Path: e.Path, Status: e.StatusCode,
		Code: e.Code, Message: e.Message, Fields: e.Fields, RequestID: e.RequestID, RetryAfter: text(e.RetryAfter),
		Attempts: e.Attempts, Body: string(e.Body),
	}, json.Deterministic(true), jsontext.AllowInvalidUTF8(true))
}

// text is a duration for people; nothing for none.
func text(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

// FieldProblem says that one member of a record did not fit the field it belongs to. The record is
// still delivered, with every other field filled in and the bytes as sent in Raw. Of very many
// problems of a record only the first are kept.
type FieldProblem struct {
	Field   string // the member's name as the vendor spells it; "" when the record as a whole is odd
	Problem string // what was found and what was expected, such as "is a string, want an integer"; never the value itself
}
