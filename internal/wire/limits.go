package wire

import (
	"context"
	"math"

	"github.com/activity-sdk/activity"
)

// Decoding a response may take memoryPerByte bytes of memory for each byte that the response may
// have, and minMemory in any case, so that a few real records fit a small limit. Real records take
// about twice their size. An element that is written in two bytes can take hundreds.
const (
	memoryPerByte = 6
	minMemory     = 1 << 20
)

// maxDepth limits how deep values may be nested, as JSON libraries of other languages do.
const maxDepth = 1000

// limits end reading when the context has ended or when it takes too much memory. The readers of a
// body and of its parts share them, and count the records with problems in them.
type limits struct {
	ctx        context.Context //nolint:containedctx // reading a body is one call, and a reader lives no longer; nil for none
	memoryLeft int64           // bytes of memory

	problemCount ProblemCount
}

func newLimits(ctx context.Context, maxBytes int64) *limits {
	return &limits{ctx: ctx, memoryLeft: max(min(maxBytes, math.MaxInt64/memoryPerByte)*memoryPerByte, minMemory)}
}

func unlimited() *limits { return &limits{memoryLeft: math.MaxInt64} }

// ctxErr returns the error of the context.
func (l *limits) ctxErr() error {
	if l.ctx == nil {
		return nil
	}
	return l.ctx.Err()
}

// spend counts n elements of a size that are about to be allocated, and returns an error if they
// exceed the limit. Memory that becomes garbage counts too, since nobody knows when it is
// collected. After the first error, every call returns one.
func (l *limits) spend(n, size int) error {
	if l.memoryLeft -= int64(n) * int64(size); l.memoryLeft < 0 {
		return &activity.Error{Kind: activity.ErrResponseTooLarge,
			Message: "the response takes more memory than WithMaxResponseBytes allows; ask for smaller pages or raise the limit"}
	}
	return nil
}

// repairLimits are limits as package repair wants them.
type repairLimits limits

// Ended returns the error of the context.
func (l *repairLimits) Ended() error { return (*limits)(l).ctxErr() }

// Spend counts what is about to be allocated.
func (l *repairLimits) Spend(n, size int) error { return (*limits)(l).spend(n, size) }
