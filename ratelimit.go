package activity

import (
	"context"
	"net/http"

	"golang.org/x/time/rate"
)

// RateLimiter decides when the next request may be sent. Wait returns when it may, or with an error
// when ctx ends first or the wait would take too long. Every attempt waits, retries too.
// *rate.Limiter of golang.org/x/time/rate is a RateLimiter as it is.
//
// A limiter is used by many goroutines at once.
type RateLimiter interface {
	Wait(ctx context.Context) error
}

var _ RateLimiter = (*rate.Limiter)(nil)

// AttemptLimiter is a RateLimiter that wants to know when the request it let through was over and
// how it went. [WindowLimiter] is one; a limiter that several machines share can be another.
type AttemptLimiter interface {
	RateLimiter
	// Begin takes a slot, as Wait does, and is called instead of Wait. The SDK calls done exactly
	// once for each Begin that returned no error: after the answer was read, after the attempt
	// failed, or without an attempt if none was made (Attempt.Sent false).
	Begin(ctx context.Context) (done func(Attempt), err error)
}

// Attempt says what became of one slot.
type Attempt struct {
	Sent       bool        // false: nothing was sent, the slot was not used
	StatusCode int         // of the answer; 0: there was none
	Header     http.Header // of the answer; not to be changed
	Err        error       // why there was no answer, or no whole one; nil if there was
}
