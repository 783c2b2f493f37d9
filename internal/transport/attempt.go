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
	ctx, cancel := context.WithTimeoutCause(req.Context(), o.client.settings.AttemptTimeout, errAttemptTimeout)
	defer cancel()
	received := o.exchange(ctx, req)
	o.last = o.classify(ctx, received)
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
// time, which ctx ends with.
func (o *operation) exchange(ctx context.Context, req *http.Request) (r received) {
	ctx = context.WithValue(o.described(ctx), attemptKey{}, &attempt{&o.Call, o.client, o.token.Value})
	o.sent++
	defer func() { o.idle = time.Now() }()
	o.used = append(o.used, o.token.Value)
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
		r.body, err = readBody(ctx, resp, o.client.settings.MaxResponseBytes)
	}
	if err != nil {
		if ended := o.ended(ctx); ended != nil {
			err = ended
		} else {
			err = notTheCallers(presentable(o.redactor(), err))
		}
	}
	r.err = err
	sent = activity.Attempt{Sent: !errors.Is(err, activity.ErrForeignOrigin), StatusCode: r.status, Header: r.header, Err: err}
	return r
}

// ended returns the error of an attempt whose time, or whose caller's context, is over; nil if
// neither is.
func (o *operation) ended(ctx context.Context) error {
	switch {
	case o.ctx.Err() != nil:
		return o.ctx.Err()
	case ctx.Err() != nil:
		return timeoutError{o.client.settings.AttemptTimeout}
	}
	return nil
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
