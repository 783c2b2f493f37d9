package activity

import (
	"context"
	"time"

	"github.com/activity-sdk/activity/internal/settings"
)

// Call says which request of which operation is being sent: what metrics and traces are labelled
// with, and what a limiter that several clients share may tell apart.
type Call struct {
	Vendor string // as in [Error]
	Tenant string // as in [Error]
	Op     string // as in [Error]; a few for each vendor
	// Attempt counts the requests of the operation, from 1 on. One that is repeated with a renewed
	// token counts, too.
	Attempt int
	// Waited is how long this request waited before it could be sent: for a token, a pause, the
	// limiter, and before a repetition. For a limiter it is the time up to the question.
	Waited time.Duration
}

// CallFrom returns the call that a context belongs to: that of a request which [WithMiddleware]
// sees, and that which a [RateLimiter] gets. It reports false for any other context. Requests for
// tokens have none.
func CallFrom(ctx context.Context) (Call, bool) {
	call, ok := ctx.Value(settings.CallKey{}).(Call)
	return call, ok
}
