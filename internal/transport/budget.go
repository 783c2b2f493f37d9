package transport

import (
	"context"
	"math"
	"sync/atomic"
)

// budget is how many requests may still be sent for a call: its attempts, those that are repeated
// with a renewed token, and requests for tokens. Without it, a service that refuses tokens between
// its failures would be sent a multiple of what the retry policy says.
type budget struct{ left atomic.Int64 }

// newBudget has twice the attempts of the policy, and enough for a token, a refusal of it, another
// token and another attempt.
func newBudget(maxAttempts int) *budget {
	b := new(budget)
	b.left.Store(max(2*min(int64(maxAttempts), math.MaxInt64/2), 4))
	return b
}

// reserved is what a request for a token leaves to the attempt that needs the token.
func (o *operation) reserved() int64 {
	if o.client.tokens == nil {
		return 1
	}
	return 0
}

type budgetKey struct{}

// with returns a context whose requests for tokens are paid from the budget.
func (b *budget) with(ctx context.Context) context.Context {
	return context.WithValue(ctx, budgetKey{}, b)
}

// budgetOf returns the budget of a context, or another.
func budgetOf(ctx context.Context, maxAttempts int) *budget {
	if b, ok := ctx.Value(budgetKey{}).(*budget); ok {
		return b
	}
	return newBudget(maxAttempts)
}
