package wire

import (
	"context"
	"math"

	"github.com/activity-sdk/activity"
)

// What is made of an answer may take as much memory as memoryPerByte times the bound of its bytes,
// and leastMemory in any case: a few real records take that beside a small bound. Real records take
// about twice their bytes; an element that is written in two bytes takes hundreds.
const (
	memoryPerByte = 6
	leastMemory   = 1 << 20
)

// maxDepth bounds how deep values may be nested. JSON libraries of other languages stop there, too.
const maxDepth = 1000

// bounds are what reading a body may cost, and what was found in it so far. The readers of its parts
// share them.
type bounds struct {
	ctx  context.Context //nolint:containedctx // reading a body is one call, and a reader lives no longer; nil: none
	left int64           // bytes of memory

	problems ProblemCount
}

func newBounds(ctx context.Context, maxBytes int64) *bounds {
	return &bounds{ctx: ctx, left: max(min(maxBytes, math.MaxInt64/memoryPerByte)*memoryPerByte, leastMemory)}
}

func unbounded() *bounds { return &bounds{left: math.MaxInt64} }

// ended returns the context's error.
func (b *bounds) ended() error {
	if b.ctx == nil {
		return nil
	}
	return b.ctx.Err()
}

// spend counts n elements of some size that are about to be allocated. What becomes garbage counts
// as well: when it is collected is not known. A bound that was passed once stays so.
func (b *bounds) spend(n, size int) error {
	if b.left -= int64(n) * int64(size); b.left < 0 {
		return &activity.Error{Kind: activity.ErrResponseTooLarge,
			Message: "the answer takes more memory than the bound set by WithMaxResponseBytes allows; ask for smaller pages or raise it"}
	}
	return nil
}
