package activity

import (
	"context"
	"time"

	"github.com/activity-sdk/activity/internal/settings"
)

// Call says which request of which operation is being sent, for metrics, traces and limiters.
type Call struct {
	Vendor string // as in [Error]
	Tenant string // as in [Error]
	Op     string // as in [Error]; a few for each vendor
	// Attempt counts the requests of the operation, from 1 on. One that is repeated with a renewed
	// token counts, too.
	Attempt int
	// Waited is how long this request waited before it could be sent: for a token, a pause, the
	// limiter, and before a repetition. In a limiter it is how long it has waited so far.
	Waited time.Duration
}

// CallFrom returns the call that a request's context belongs to, in middleware, in limiters and in
// the transport. It reports false for any other context. Middleware and limiters see no requests
// for tokens; in the transport those have the Op "get token".
func CallFrom(ctx context.Context) (Call, bool) {
	call, ok := ctx.Value(settings.CallKey{}).(Call)
	return call, ok
}
