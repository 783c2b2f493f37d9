package transport

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/activity-sdk/activity"
)

// attempts is the transport beneath the retry loop. One round trip is one attempt, body included;
// what came of it is left in the operation, and the loop only sees a status.
type attempts struct{}

func (attempts) RoundTrip(req *http.Request) (*http.Response, error) {
	o := operationOf(req.Context())
	begun := time.Now()
	received := o.exchange(req)
	o.last = o.classify(received)
	if o.last.status != 0 {
		o.status = o.last.status
	}
	o.log(time.Since(begun))
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: req}, nil
}

// received is what one attempt brought: a whole answer, or an error and as much of the answer as
// there was.
type received struct {
	status int
	header http.Header
	body   []byte
	err    error
}

// exchange sends the request through the middleware and reads the whole body within the attempt's
// time.
func (o *operation) exchange(req *http.Request) (r received) {
	ctx := context.WithValue(req.Context(), attemptKey{}, &attempt{o, o.token.Value})
	ctx, cancel := context.WithTimeoutCause(ctx, o.client.settings.AttemptTimeout, errAttemptTimeout)
	defer cancel()
	if !o.renewed {
		o.attempts++
	}
	o.budget.left.Add(-1)
	sent := activity.Attempt{Sent: true, Err: errAbandoned}
	defer func() { o.release(sent) }()

	resp, err := o.client.send.RoundTrip(req.Clone(ctx)) //nolint:bodyclose // readBody closes it
	if err == nil && resp == nil {
		err = errNothing
	}
	if err == nil {
		r.status, r.header = resp.StatusCode, resp.Header
		r.body, err = readBody(resp, o.client.settings.MaxResponseBytes)
	}
	switch {
	case err == nil:
	case o.ctx.Err() != nil:
		err = o.ctx.Err()
	case ctx.Err() != nil:
		err = timeoutError{o.client.settings.AttemptTimeout}
	default:
		err = notTheCallers(o.presentable(err))
	}
	r.err = err
	sent = activity.Attempt{Sent: !errors.Is(err, activity.ErrForeignOrigin), StatusCode: r.status, Header: r.header, Err: err}
	return r
}

// errNothing is what a transport or middleware does that breaks the rules of http.RoundTripper.
var errNothing = errors.New("the transport returned neither an answer nor an error")

// errAbandoned is what the limiter is told when an attempt ends in a panic.
var errAbandoned = errors.New("the attempt was abandoned")

// timeoutError ends an attempt. It is not a context's error, since the caller's context is still
// alive.
type timeoutError struct{ after time.Duration }

func (e timeoutError) Error() string   { return fmt.Sprintf("no whole answer within %v", e.after) }
func (e timeoutError) Timeout() bool   { return true }
func (e timeoutError) Is(t error) bool { return t == os.ErrDeadlineExceeded }
