package activity

import (
	"context"
	"time"

	"github.com/activity-sdk/activity/internal/settings"
)

// Call is the operation that a request belongs to, for metrics, traces and limiters.
type Call struct {
	Vendor string // as in [Error]
	Tenant string // as in [Error]
	Op     string // as in [Error]; each vendor has a few
	// Attempt is the number of this request within the operation; the first is 1. A repeat with a
	// renewed token gets the next number.
	Attempt int
	// Waited is how long this request waited before it was sent: for a token, for a pause that the
	// service asked for, for the limiter, and before a retry. In a limiter it is the time so far.
	Waited time.Duration
}

// CallFrom returns the call that a context belongs to: that of a request in middleware or in the
// transport, or that which a limiter gets. It returns false for any other context. Middleware and
// limiters do not see requests for tokens. In the transport those have the Op "get token".
func CallFrom(ctx context.Context) (Call, bool) {
	call, ok := ctx.Value(settings.CallKey{}).(Call)
	return call, ok
}
