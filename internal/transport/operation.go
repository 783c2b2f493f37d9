package transport

import (
	"context"
	"slices"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/settings"
	"github.com/activity-sdk/activity/internal/turn"
)

// operation is the state of one Do. It travels in the request's context, since the retry loop hands
// its hooks nothing else.
type operation struct {
	Call
	client *Client
	ctx    context.Context // the operation is one call, and lives as long as its context

	place    turn.Ticket            // in the line of those who wait for an attempt, also for a repeated one
	budget   *budget                // of requests
	token    Token                  // for the next attempt
	used     []string               // tokens that were attached
	since    int                    // no token of an earlier generation will do
	release  func(activity.Attempt) // tells the limiter how the attempt went
	attempts int                    // sent, without those repeated with a renewed token
	sent     int                    // all that were sent
	renewed  bool                   // the attempt under way has a token that was renewed because of a 401
	last     outcome                // of the last attempt
	status   int                    // of the last attempt that had one
	delay    time.Duration          // before the next attempt
	idle     time.Time              // since when nothing is sent
	answer   *Answer                // what Do returns
	failure  *activity.Error        // or this
}

// attempt is what one attempt needs on its way to the connection. It does not change: middleware
// may have returned, and the next attempt begun, while it is still on its way.
type attempt struct {
	*Call
	client *Client
	token  string
}

type (
	operationKey struct{}
	attemptKey   struct{}
)

func attemptOf(ctx context.Context) *attempt {
	a, _ := ctx.Value(attemptKey{}).(*attempt)
	return a
}

func operationOf(ctx context.Context) *operation {
	o, _ := ctx.Value(operationKey{}).(*operation)
	return o
}

// described is a context that says which request is sent next, to middleware and to limiters.
func (o *operation) described(ctx context.Context) context.Context {
	return context.WithValue(ctx, settings.CallKey{}, activity.Call{
		Vendor:  o.client.vendor,
		Tenant:  o.client.Tenant().Name,
		Op:      o.Op,
		Attempt: o.sent + 1,
		Waited:  time.Since(o.idle),
	})
}

// redactor removes all that must not be seen in what this operation says.
func (o *operation) redactor() *redactor {
	return o.client.credentials.redactor(slices.Concat(o.Secrets, o.used)...)
}

func (a *attempt) redactor() *redactor {
	return a.client.credentials.redactor(append(slices.Clone(a.Secrets), a.token)...)
}
