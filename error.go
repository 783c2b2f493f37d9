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

// The kinds of failure. Each is in the Kind of an [*Error]; test for one with errors.Is.
var (
	// ErrInvalid: the request makes no sense. Either the SDK refused it and sent nothing
	// (StatusCode 0), or the service refused it (400, 405, 406, 415, 422). Repeating it does not
	// help.
	ErrInvalid = errors.New("invalid request")
	// ErrUnauthorized: the service does not accept the credentials (401). Where there is a token,
	// it did not accept a renewed one either.
	ErrUnauthorized = errors.New("credentials not accepted")
	// ErrForbidden: the credentials are valid, but do not allow this (403).
	ErrForbidden = errors.New("access denied")
	// ErrNotFound: there is nothing at that address (404).
	ErrNotFound = errors.New("not found")
	// ErrRateLimited: the quota is used up (429), and RetryPolicy or the context's deadline does
	// not allow another attempt. If the service said how long to wait, Error.RetryAfter has it.
	ErrRateLimited = errors.New("rate limited")
	// ErrServer: the service failed (5xx), in every attempt that RetryPolicy allows.
	ErrServer = errors.New("service failure")

	// ErrResponseTooLarge: a response is larger than WithMaxResponseBytes allows, after
	// decompression, or would take too much memory. Ask for smaller pages or raise the bound.
	ErrResponseTooLarge = errors.New("response too large")
	// ErrMalformed: a response is not what the service documents: it is no JSON, JSON that breaks
	// off, HTML, or JSON of another shape.
	ErrMalformed = errors.New("malformed response")
	// ErrForeignOrigin: a link, a redirect or a token address leads to another scheme, host or port
	// than the configured one. The SDK did not contact it.
	ErrForeignOrigin = errors.New("foreign origin")
	// ErrInsecureURL: the address is neither https nor loopback. See WithInsecureHTTP.
	ErrInsecureURL = errors.New("insecure address")

	// ErrCursorLoop: the service returned the same link or cursor twice while the list was read.
	// What was delivered before is good.
	ErrCursorLoop = errors.New("the list leads back to an earlier page")
	// ErrCursorMismatch: the cursor does not fit this list. It was made for another endpoint,
	// tenant or set of parameters, or it is damaged or too long.
	ErrCursorMismatch = errors.New("cursor of another list")
	// ErrListChanged: too many rows came or went while the list was read: the place could not be
	// found again. What was delivered before is good. Read the list again from the start, or in
	// shorter spans of time.
	ErrListChanged = errors.New("the list changed too much while it was read")
	// ErrCheckpointMismatch: the checkpoint does not fit this feed. It was made by another feed, or
	// for another tenant or query, or it is damaged.
	ErrCheckpointMismatch = errors.New("checkpoint of another feed")
)

// Error is the error of every call of the SDK. Neither its fields nor its text forms hold a
// credential.
//
// errors.Is finds its kind (one of the Err variables) and, if the context ended the call,
// context.Canceled or context.DeadlineExceeded. errors.As finds the Error itself.
type Error struct {
	Vendor string // "aspera", "snaplogic", "opswat" or "sdelements"; "" for a list made from a user's own source
	Tenant string // the account: its name from [WithTenant], or the default described there; "" if there is none
	Op     string // the operation, such as "list activities"
	Method string // of the HTTP request; "" if there was none
	Path   string // of the HTTP request, without its query

	// StatusCode is the status of the last response, even if something else, such as the context,
	// ended the call later. 0: there was no response, or nothing was sent.
	StatusCode int
	Code       string              // the service's own code, if it sent one
	Message    string              // the service's message, or the SDK's; at most 512 bytes
	Fields     map[string][]string // the service's messages by parameter, if it sent any
	RequestID  string              // by which the vendor's support can find the request, if the service sent one

	// RetryAfter is how long the service asks to wait, counted from when the response arrived. 0:
	// it did not say.
	RetryAfter time.Duration
	// Attempts is how many attempts this call made. A repeat with a renewed token is not counted.
	Attempts int
	// Body is the beginning of the service's response, at most 4 KiB, without credentials.
	Body []byte

	// Kind is one of the Err variables of this package, or nil if none fits: for a network failure,
	// a context that ended, or a status that has no kind.
	Kind error `json:"-"`
	// Err is the cause, or nil: a context's error, a network error, an error from a callback. An
	// error that is not the SDK's is replaced by one whose text is a line of at most 512 bytes.
	// errors.Is matches it as it would the original. The original itself cannot be reached, since
	// it may hold a credential.
	Err error `json:"-"`
}

// Error returns one line: vendor, tenant, operation, request, status, kind, message and cause, and
// in parentheses what helps to find the request.
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

// Unwrap returns Kind and Err, without those that are nil.
func (e *Error) Unwrap() []error {
	causes := make([]error, 0, 2)
	for _, err := range []error{e.Kind, e.Err} {
		if err != nil {
			causes = append(causes, err)
		}
	}
	return causes
}

// Temporary reports whether the same call may succeed later without a change. The client retries
// such a call itself, as [RetryPolicy] allows, except after [ErrListChanged]. It retries no other
// failures.
//
// These are temporary: rate limits, failures of the service (408 and 5xx except 501) or of the
// network, truncated responses, a login or maintenance page in place of JSON, and a list that
// changed too much while it was read. These are not: a context that ended, a certificate that is
// not trusted, a port that does not speak TLS and a host name that does not exist.
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

// MarshalJSON returns an object with the attributes of LogValue, and message, fields and body. body
// is text.
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

// text returns a duration for people; "" for zero.
func text(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

// FieldProblem is a member of a record that did not fit its field. The record is delivered all the
// same: that field is zero, all others are filled, and Raw has the bytes as sent. If a record has
// very many problems, only the first are kept.
type FieldProblem struct {
	Field   string // the member's name as the vendor spells it; "" if the problem is the record as a whole
	Problem string // what was found and what was expected, such as "is a string, want an integer"; never the value itself
}
