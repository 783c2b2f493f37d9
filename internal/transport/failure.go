package transport

import (
	"log/slog"
	"net/http"
	"strings"
	"time"
	"unicode"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

const (
	maxErrorBody = 4 << 10
	maxText      = 512
	maxPath      = 1 << 10
)

// error returns an error that names the operation and what is known of its last attempt.
func (o *operation) error() *activity.Error {
	return &activity.Error{
		Vendor:     o.client.vendor,
		Tenant:     o.client.Tenant().Name,
		Op:         o.Op,
		Method:     o.method(),
		Path:       o.shownPath(),
		StatusCode: o.status,
		Attempts:   o.attempts,
	}
}

// shownPath returns the path as errors and log lines show it. Most of its words are the vendor's:
// secrets as short as a word are not looked for.
func (o *operation) shownPath() string {
	return o.redactor().long().line(o.client.base.EscapedPath()+o.Path, maxPath)
}

// failure returns the error that ended the operation as the caller gets it.
func (o *operation) failure(err error) error {
	if own, ok := err.(*activity.Error); ok { //nolint:errorlint // one of the SDK's own is complete
		failure := *own // calls that waited for the same token share it
		return &failure
	}
	e := o.error()
	e.Err = o.redactor().cause(err)
	return e
}

// outcomeError returns the last attempt's outcome as an error. The service's text is redacted, the
// SDK's own is not.
func (o *operation) outcomeError() *activity.Error {
	last := o.last
	r := o.redactor()
	e := o.error()
	e.Kind, e.Err, e.RetryAfter = last.kind, last.err, last.wait
	body := string(last.body[:min(len(last.body), maxSource)])
	wasCut := len(body) == maxSource || last.err != nil // after which the body may be incomplete
	if last.status >= 400 && last.err == nil {
		said := body
		if wasCut {
			said = r.cutText(body)
		}
		o.client.explain(e, []byte(said))
	}
	if e.RequestID == "" {
		e.RequestID = requestID(last.header)
	}
	e.Code, e.Message, e.RequestID = r.line(e.Code, 64), r.line(e.Message, maxText), r.line(e.RequestID, 128)
	e.Fields = r.fields(e.Fields)
	e.Body = r.head(body, wasCut)
	if last.message != "" {
		e.Message = last.message
	}
	if own := last.own; own != nil {
		e.Kind, e.Message, e.Err = own.Kind, clip(printable(own.Message), maxText), own.Err
	}
	if e.Err != nil {
		e.Err = r.cause(e.Err)
	}
	return e
}

// head returns the beginning of a body, redacted, from at most four times as many bytes.
func (r *redactor) head(body string, wasCut bool) []byte {
	if len(body) > 4*maxErrorBody {
		body, wasCut = body[:4*maxErrorBody], true
	}
	clean := r.replace(body, wasCut)
	return []byte(clean[:min(len(clean), maxErrorBody)])
}

// reason returns why the last attempt is repeated, for logs. It contains none of the service's
// text.
func (o *operation) reason() string {
	var parts []string
	if o.last.kind != nil {
		parts = append(parts, o.last.kind.Error())
	}
	if o.last.message != "" {
		parts = append(parts, o.last.message)
	}
	if o.last.err != nil {
		parts = append(parts, o.redactor().cause(o.last.err).Error())
	}
	return strings.Join(parts, ": ")
}

func (r *redactor) fields(sent map[string][]string) map[string][]string {
	if sent == nil {
		return nil
	}
	clean := make(map[string][]string, len(sent))
	lines := make(map[string]string) // by what was sent: many fields may share a message
	for name, problems := range sent {
		name = r.line(name, 64)
		for _, problem := range problems {
			if _, known := lines[problem]; !known {
				lines[problem] = r.line(problem, maxText)
			}
			clean[name] = append(clean[name], lines[problem])
		}
	}
	return clean
}

// explain reads the error bodies that all four vendors have in common.
func explain(e *activity.Error, body []byte) {
	said := wire.Message(body)
	e.Code, e.RequestID, e.Fields = said.Code, said.RequestID, said.Fields
	if said.Message != "" {
		e.Message = said.Message
	}
}

func requestID(h http.Header) string {
	for _, name := range []string{"X-Request-Id", "Request-Id", "X-Correlation-Id", "X-Amzn-Requestid"} {
		if id := h.Get(name); id != "" {
			return id
		}
	}
	return ""
}

// printable returns a text as one line of valid UTF-8, with single blanks for white space and
// unprintable characters. Zero bytes are removed: between letters, they belong to UTF-16.
func printable(s string) string {
	s = strings.ReplaceAll(s, zeros, "")
	words := strings.FieldsFunc(strings.ToValidUTF8(s, "\uFFFD"), func(c rune) bool { return c == ' ' || !unicode.IsPrint(c) })
	return strings.Join(words, " ")
}

const ellipsis = "…"

// clip cuts a text to at most limit bytes, between two characters.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	cut := limit - len(ellipsis)
	for cut > 0 && s[cut]&0xC0 == 0x80 {
		cut--
	}
	return s[:cut] + ellipsis
}

func (o *operation) attrs() []slog.Attr {
	return []slog.Attr{slog.String("op", o.Op), slog.String("method", o.method()), slog.String("path", o.shownPath())}
}

// log writes a line about an attempt, without queries, headers and bodies.
func (o *operation) log(took time.Duration) {
	l := o.client.settings.Logger
	if !l.Enabled(o.ctx, slog.LevelDebug) {
		return
	}
	l.LogAttrs(o.ctx, slog.LevelDebug, "request", append(o.attrs(), slog.Int("attempt", o.attempts),
		slog.Int("status", o.last.status), slog.Int("bytes", len(o.last.body)), slog.String("took", took.String()))...)
}
