package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/obstacle"
	"github.com/activity-sdk/activity/internal/retryafter"
	"github.com/activity-sdk/activity/internal/wire"
)

// outcome is the result of an attempt.
type outcome struct {
	status  int
	header  http.Header
	body    []byte // as much as arrived
	err     error  // why there is no whole answer
	verdict verdict
	kind    error
	message string // in the SDK's words, without secrets; failure.go adds the service's own
	own     *activity.Error
	wait    time.Duration // that the service asked for; 0: none
}

type verdict int

const (
	good   verdict = iota // a whole answer that could be decoded
	final                 // another attempt would not help
	repeat                // another attempt may help
	renew                 // another token may help
)

// classify returns what came of an attempt. It decodes an answer with a 2xx status, within ctx.
// Which failures are temporary, and so repeated, is decided by activity.Error.Temporary alone.
func (o *operation) classify(ctx context.Context, resp *http.Response, err error) outcome {
	out := outcome{verdict: final, err: err}
	if wrapped, ok := err.(*url.Error); ok { //nolint:errorlint // http.Client wraps every error of an attempt
		out.err = wrapped.Err
	}
	if resp != nil {
		body := resp.Body.(*received)
		out.status, out.header, out.body, out.err = resp.StatusCode, resp.Header, body.whole, body.err
	}
	switch {
	case out.err != nil:
		out.classifyError()
		if out.status >= 400 {
			o.classifyCut(&out)
		}
	case out.status < 100 || out.status > 599:
		out.kind = activity.ErrMalformed
		out.message = fmt.Sprintf("the answer has the status %d, which is not an HTTP status; middleware or a transport has to set one", out.status)
	case out.status == http.StatusSwitchingProtocols:
		out.message = "the service switches to another protocol, which nobody asked for; check the base URL and any proxy"
	case out.status == o.EndStatus: // which is no status if it is not set
		out.verdict = good
	case out.status/100 == 2:
		if inner := o.classifyBody(ctx, &out); inner != 0 {
			out.status = int(inner)
			o.classifyStatus(&out)
		}
	case out.status/100 == 3:
		o.classifyRedirect(&out)
	default:
		o.classifyStatus(&out)
	}
	failure := activity.Error{Kind: out.kind, StatusCode: out.status, Err: out.err}
	if out.verdict == final && out.own == nil && failure.Temporary() {
		out.verdict = repeat
	}
	return out
}

// classifyError is for an attempt without a whole answer.
func (out *outcome) classifyError() {
	out.own, _ = errors.AsType[*activity.Error](out.err)
	out.message = obstacle.Lasting(out.err)
}

// classifyBody decodes the answer, unless ctx ends. If the answer's header or body has an inner
// status that means failure, it returns that status and leaves the rest to classifyStatus.
func (o *operation) classifyBody(ctx context.Context, out *outcome) InnerStatus {
	if read := o.client.innerStatus; read != nil {
		if inner := read(out.header); inner != 0 && inner/100 != 2 {
			return inner
		}
	}
	body := out.body
	if out.status == http.StatusNoContent {
		out.body, body = nil, o.NoContent
		if body == nil {
			out.kind, out.message = activity.ErrMalformed, "the answer has no content, which the service does not document"
			return 0
		}
	}
	switch {
	case len(body) == 0:
		out.kind, out.message, out.err = activity.ErrMalformed, "the answer is empty", io.ErrUnexpectedEOF
		return 0
	case bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("<")):
		out.classifyPage()
		return 0
	}
	r := wire.NewBoundedReader(ctx, body, o.client.settings.MaxResponseBytes)
	err := o.Decode(r)
	switch {
	case err == nil:
		out.verdict = good
		o.warnProblems(r.Problems())
		return 0
	case ctx.Err() != nil && errors.Is(err, ctx.Err()):
		out.err = o.ended()
		out.classifyError()
		return 0
	}
	if inner, ok := errors.AsType[InnerStatus](err); ok {
		return inner
	}
	out.kind = activity.ErrMalformed
	syntax, broken := errors.AsType[*wire.SyntaxError](err)
	own, ok := errors.AsType[*activity.Error](err)
	switch {
	case ok:
		out.own = own
	case errors.Is(err, io.ErrUnexpectedEOF):
		out.message, out.err = "the answer's JSON ends early", io.ErrUnexpectedEOF
	case broken && strings.Contains(mediaType(out.header), "html"):
		out.classifyPage()
	case broken:
		out.message = "the answer is not what the service documents: " + syntax.Error()
	default:
		out.message = "the answer is not what the service documents: " + shapeText(err)
	}
	return 0
}

// pageTypes are the content types of HTML and other pages that an error may name.
var pageTypes = []string{"text/html", "application/xhtml+xml", "text/xml", "application/xml", "text/plain"}

// classifyPage is for an answer that is an HTML page or the like, as of a login or a proxy.
func (out *outcome) classifyPage() {
	label := mediaType(out.header)
	if !slices.Contains(pageTypes, label) {
		label = "HTML or XML"
	}
	out.kind, out.message, out.err = activity.ErrMalformed, "the answer is "+label+", not JSON", obstacle.ErrPage
}

// mediaType returns the declared content type in lower case, without parameters.
func mediaType(h http.Header) string {
	media, _, _ := strings.Cut(strings.ToLower(h.Get("Content-Type")), ";")
	return strings.TrimSpace(media)
}

// shapeText returns the text of a wire.ShapeError, which holds no values. Any other error may.
func shapeText(err error) string {
	if e, ok := errors.AsType[*wire.ShapeError](err); ok {
		return e.Error()
	}
	return "it cannot be decoded"
}

// classifyRedirect is for a redirect. None is followed, since the credentials would go along.
func (o *operation) classifyRedirect(out *outcome) {
	out.message = "the service redirects, which is not followed; check the base URL"
	if to, err := url.Parse(out.header.Get("Location")); err == nil && out.header.Get("Location") != "" {
		if to = o.client.base.ResolveReference(to); !sameOrigin(to, o.client.base) {
			out.kind = activity.ErrForeignOrigin
			out.message = "the service redirects to another scheme, host or port, which is not followed; check the base URL"
		}
	}
}

// classifyStatus is for a whole answer with a status that means failure.
func (o *operation) classifyStatus(out *outcome) {
	out.kind = kindOf(out.status)
	if out.status == http.StatusUnauthorized {
		out.verdict = renew
	}
	o.setWait(out)
}

// classifyCut is for a refusal whose body did not arrive whole. It counts as a failure of the
// connection, since a proxy may have cut it. But the service did ask for the wait in the header.
func (o *operation) classifyCut(out *outcome) {
	if out.status == http.StatusTooManyRequests && o.ctx.Err() == nil {
		out.kind = activity.ErrRateLimited
	}
	o.setWait(out)
}

// setWait sets the wait that the header of a refusal asks for.
func (o *operation) setWait(out *outcome) {
	now := time.Now()
	out.wait, _ = retryafter.Header(out.header, now)
	if out.wait == 0 && out.status == http.StatusTooManyRequests {
		reset, _ := retryafter.Reset(out.header, now)
		out.wait = min(reset, o.client.quotaWindow)
	}
}

// kindOf returns the kind of a status; nil if it has none.
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
