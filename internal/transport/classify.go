package transport

import (
	"crypto/tls"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/retryafter"
	"github.com/activity-sdk/activity/internal/wire"
)

// outcome is what an attempt came to.
type outcome struct {
	received
	verdict verdict
	kind    error
	message string // what the SDK has to say; the service's own words are read from the body later
	own     *activity.Error
	wait    time.Duration // asked for by the service; 0: it did not say
}

type verdict int

const (
	good   verdict = iota // a whole answer that was understood
	final                 // trying again would not help
	repeat                // it may
	renew                 // a new token may
)

// classify decides what the attempt means, and decodes a good answer to find out whether it is one.
func (o *operation) classify(r received) outcome {
	out := outcome{received: r}
	switch {
	case r.err != nil:
		return o.broken(out)
	case r.status == o.End:
		return out // good
	case r.status/100 == 2:
		inner := o.decode(&out)
		if inner == 0 {
			return out
		}
		out.status = int(inner)
	case r.status/100 == 3:
		return o.redirected(out)
	}
	return refused(out)
}

// broken: no answer, or not the whole of it.
func (o *operation) broken(out outcome) outcome {
	out.verdict = repeat
	if own, ok := errors.AsType[*activity.Error](out.err); ok {
		out.verdict, out.own = final, own
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](out.err); ok {
		out.verdict = final
		out.message = "the server's certificate is not trusted"
	}
	if o.ctx.Err() != nil {
		out.verdict = final
	}
	return out
}

// decode understands the answer. It gives the status that stands inside it, where that is not a good one.
func (o *operation) decode(out *outcome) InnerStatus {
	out.verdict, out.kind = final, activity.ErrMalformed
	if len(out.body) == 0 {
		out.verdict, out.message, out.err = repeat, "the answer is empty", io.ErrUnexpectedEOF
		return 0
	}
	if problem := contentProblem(newRedactor(o.secrets()), out.header); problem != "" {
		out.message = problem
		return 0
	}
	err := o.Decode(out.body)
	if err == nil {
		out.verdict, out.kind = good, nil
		return 0
	}
	if inner, ok := errors.AsType[InnerStatus](err); ok {
		out.kind = nil
		return inner
	}
	if own, ok := errors.AsType[*activity.Error](err); ok {
		out.own = own
		return 0
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		out.verdict, out.message, out.err = repeat, "the answer's JSON ends early", io.ErrUnexpectedEOF
		return 0
	}
	out.message = "the answer is not what the service documents: " + shapeText(err)
	return 0
}

// shapeText passes on only what package wire says, which holds no values.
func shapeText(err error) string {
	if e, ok := errors.AsType[*wire.ShapeError](err); ok {
		return e.Error()
	}
	if e, ok := errors.AsType[*wire.SyntaxError](err); ok {
		return e.Error()
	}
	return "it cannot be decoded"
}

// contentProblem names a content type that is not JSON. A missing one is forgiven: the body will tell.
func contentProblem(r redactor, h http.Header) string {
	declared := h.Get("Content-Type")
	if declared == "" {
		return ""
	}
	media, _, err := mime.ParseMediaType(declared)
	if err != nil {
		media, _, _ = strings.Cut(strings.ToLower(declared), ";")
	}
	if media = strings.TrimSpace(media); media == "application/json" || media == "text/json" || strings.HasSuffix(media, "+json") {
		return ""
	}
	shown, _, _ := strings.Cut(r.text(declared), ";")
	return "the answer is " + clip(printable(shown), 64) + ", not JSON: a login or proxy page stands in front of the service, or the base URL is wrong"
}

// redirected: redirects are never followed, since the credentials would go along.
func (o *operation) redirected(out outcome) outcome {
	out.verdict = final
	out.message = "the service redirects, which is not followed; check the base URL"
	if to, err := url.Parse(out.header.Get("Location")); err == nil && out.header.Get("Location") != "" {
		if to = o.client.base.ResolveReference(to); !sameOrigin(to, o.client.base) {
			out.kind = activity.ErrForeignOrigin
			out.message = "the service redirects to another scheme, host or port, which is not followed; check the base URL"
		}
	}
	return out
}

// refused: a whole answer with a status that means failure.
func refused(out outcome) outcome {
	now := time.Now()
	out.verdict, out.kind = final, kindOf(out.status)
	switch {
	case out.status == http.StatusUnauthorized:
		out.verdict = renew
	case out.status == http.StatusRequestTimeout, out.status == http.StatusTooManyRequests,
		out.status/100 == 5 && out.status != http.StatusNotImplemented:
		out.verdict = repeat
	}
	out.wait, _ = retryafter.Header(out.header, now)
	if out.wait == 0 && out.status == http.StatusTooManyRequests {
		out.wait, _ = retryafter.Reset(out.header, now)
	}
	return out
}

// kindOf is nil where a status has no kind of its own.
func kindOf(status int) error {
	switch status {
	case http.StatusBadRequest, http.StatusMethodNotAllowed, http.StatusNotAcceptable, http.StatusUnsupportedMediaType,
		http.StatusUnprocessableEntity:
		return activity.ErrInvalid
	case http.StatusUnauthorized:
		return activity.ErrUnauthorized
	case http.StatusForbidden:
		return activity.ErrForbidden
	case http.StatusNotFound:
		return activity.ErrNotFound
	case http.StatusTooManyRequests:
		return activity.ErrRateLimited
	}
	if status/100 == 5 {
		return activity.ErrServer
	}
	return nil
}
