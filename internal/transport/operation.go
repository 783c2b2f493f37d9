package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/settings"
	"github.com/activity-sdk/activity/internal/turn"
)

// operation is the state of one Do, which the steps of request.go share.
type operation struct {
	Call
	client *Client
	ctx    context.Context // the caller's

	place    turn.Ticket            // in the line of calls that wait for an attempt; kept until the call ends
	budget   *budget                // of requests
	token    Token                  // for the next attempt
	used     []string               // tokens that were attached
	refused  string                 // the last token, if the next attempt needs another one
	since    int                    // the oldest generation of tokens that the next attempt accepts
	release  func(activity.Attempt) // returns the limiter's slot; nil: there is none to return
	attempts int                    // sent, without those repeated with a renewed token
	sent     int                    // all that were sent
	renewed  bool                   // the next or current attempt repeats one after a 401, with a new token
	last     outcome                // of the last attempt
	status   int                    // of the last attempt that had one
	delay    time.Duration          // before the next attempt
	idle     time.Time              // since when nothing is sent

	attemptCtx context.Context // of the current attempt, which includes decoding
	endAttempt context.CancelFunc
	begun      time.Time // the current attempt
}

// attempt is what one attempt needs on its way to the connection. The operation changes none of it:
// middleware may have returned, and the next attempt begun, while it is still on its way.
type attempt struct {
	*Call
	client  *Client
	token   string
	reached atomic.Bool // a request of the attempt reached the transport; middleware may send several
}

type attemptKey struct{}

func attemptOf(ctx context.Context) *attempt {
	a, _ := ctx.Value(attemptKey{}).(*attempt)
	return a
}

// described returns a context that tells middleware and limiters which request is sent next.
func (o *operation) described(ctx context.Context) context.Context {
	return context.WithValue(ctx, settings.CallKey{}, activity.Call{
		Vendor:  o.client.vendor,
		Tenant:  o.client.Tenant().Name,
		Op:      o.Op,
		Attempt: o.sent + 1,
		Waited:  time.Since(o.idle),
	})
}

// redactor removes all secrets that this operation knows.
func (o *operation) redactor() *redactor {
	return o.client.credentials.redactor(slices.Concat(o.Secrets, o.used)...)
}

func (a *attempt) redactor() *redactor {
	return a.client.credentials.redactor(append(slices.Clone(a.Secrets), a.token)...)
}

// received is the body of a response that was read already: all of it, or as much as there was
// before err.
type received struct {
	rest  *bytes.Reader
	whole []byte
	err   error
}

func (r *received) Read(p []byte) (int, error) {
	n, err := r.rest.Read(p)
	if err == io.EOF && r.err != nil {
		err = r.err
	}
	return n, err
}

func (r *received) Close() error { return nil }

// attemptError returns the error of an attempt as the operation, its errors and the limiter see it.
func (o *operation) attemptError(err error) error {
	if ended := o.ended(); ended != nil {
		return ended
	}
	return notContextError(presentable(o.redactor(), err))
}

// ended returns the error of an attempt whose time, or whose caller's context, is over; nil if
// neither is.
func (o *operation) ended() error {
	switch {
	case o.ctx.Err() != nil:
		return o.ctx.Err()
	case o.attemptCtx.Err() != nil:
		return timeoutError{o.client.settings.AttemptTimeout}
	}
	return nil
}

// errNothing is the error of a transport or middleware that breaks the rules of http.RoundTripper.
var errNothing = errors.New("the transport returned neither an answer nor an error")

// errAbandoned is what the limiter is told when an attempt ends in a panic.
var errAbandoned = errors.New("the attempt was abandoned")

// timeoutError ends an attempt. It is not a context's error, since the caller's context is still
// alive.
type timeoutError struct{ after time.Duration }

func (e timeoutError) Error() string   { return fmt.Sprintf("no whole answer within %v", e.after) }
func (e timeoutError) Timeout() bool   { return true }
func (e timeoutError) Is(t error) bool { return t == os.ErrDeadlineExceeded }
