package transport

import (
	"context"
	"math"
	"sync/atomic"
)

// budget counts how many requests may still be sent for a call: its attempts, those repeated with a
// renewed token, and token requests. Without it, a service that alternates failures and refused
// tokens would get many times the requests of the retry policy.
type budget struct{ left atomic.Int64 }

// newBudget returns a budget of twice the policy's attempts, and at least four: a token, an attempt
// that is refused, another token and another attempt.
func newBudget(maxAttempts int) *budget {
	b := new(budget)
	b.left.Store(max(2*min(int64(maxAttempts), math.MaxInt64/2), 4))
	return b
}

// reserved returns how much of the budget a token request has to leave for the attempt that needs
// the token.
func (o *operation) reserved() int64 {
	if o.client.tokens == nil {
		return 1
	}
	return 0
}

type budgetKey struct{}

// with returns a context whose token requests count against the budget.
func (b *budget) with(ctx context.Context) context.Context {
	return context.WithValue(ctx, budgetKey{}, b)
}

// budgetOf returns the budget of a context, or a new one.
func budgetOf(ctx context.Context, maxAttempts int) *budget {
	if b, ok := ctx.Value(budgetKey{}).(*budget); ok {
		return b
	}
	return newBudget(maxAttempts)
}
