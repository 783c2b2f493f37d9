package transport

import (
	"context"
	"slices"
	"time"

	"github.com/activity-sdk/activity"
)

// operation is the state of one Do. It travels in the request's context, since the retry loop hands
// its hooks nothing else.
type operation struct {
	Call
	client *Client
	ctx    context.Context // the operation is one call, and lives as long as its context

	token    Token                  // for the next attempt
	used     []string               // tokens that were attached, for redaction
	release  func(activity.Attempt) // tells the limiter how the attempt went
	attempts int                    // sent, without those repeated with a renewed token
	renewed  bool                   // the attempt under way has a token that was renewed because of a 401
	last     outcome                // of the last attempt
	status   int                    // of the last attempt that had one
	delay    time.Duration          // before the next attempt
	answer   *Answer                // what Do returns
	failure  *activity.Error        // or this
}

type operationKey struct{}

func operationOf(ctx context.Context) *operation {
	o, _ := ctx.Value(operationKey{}).(*operation)
	return o
}

// secrets are all that must not be seen in what this operation says.
func (o *operation) secrets() []string {
	return append(slices.Concat(o.client.credentials.secrets(), o.Secrets, o.used), o.token.Value)
}
