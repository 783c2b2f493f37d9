package activity

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/activity-sdk/activity/internal/retryafter"
)

// WindowLimiter lets at most n requests happen in any span of a given length, whichever way the
// server counts: by fixed or sliding windows, by the time a request arrives or by the time it is
// answered. It has n slots; a slot is free again one whole span after its request finished, and the
// first n requests go at once. A token bucket does not do this: with a burst of n it lets almost 2n
// through in one span.
//
// An attempt that failed without an answer may still be on its way, so its slot stays taken a
// quarter of the span longer. The headers X-RateLimit-Remaining and X-RateLimit-Reset-Time are
// obeyed, up to one span: once nothing remains, nothing is let through before the reset. (A client
// keeps away for longer than that by itself, as after a Retry-After.)
//
// Waiters are served in the order in which they came. A new limiter knows nothing of requests that
// an earlier process sent. It is safe for concurrent use and holds no lock while it waits.
type WindowLimiter struct {
	per time.Duration

	mu     sync.Mutex
	free   []time.Time     // when each slot that is not in use may be used again
	closed time.Time       // nothing is let through before this time
	queue  []chan struct{} // of those who wait, the next one first; a message means: look again
}

var _ AttemptLimiter = (*WindowLimiter)(nil)

// NewWindowLimiter returns a limiter for n requests in any span of length per. n below 1 counts as
// 1, a negative per as 0.
func NewWindowLimiter(n int, per time.Duration) *WindowLimiter {
	return &WindowLimiter{per: max(per, 0), free: make([]time.Time, max(n, 1))}
}

// Wait takes a slot whose span is counted from the moment it is granted, since nobody says when the
// request is over: a server that answers slowly may then see more than n requests in one span. The
// SDK's own requests use Begin.
func (l *WindowLimiter) Wait(ctx context.Context) error {
	done, err := l.Begin(ctx)
	if err != nil {
		return err
	}
	done(Attempt{Sent: true})
	return nil
}

// Begin waits for a free slot and takes it. It returns ctx's error if that ends first.
func (l *WindowLimiter) Begin(ctx context.Context) (done func(Attempt), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	look := make(chan struct{}, 1)
	l.enqueue(look)
	defer l.leave(look)
	for {
		wait, taken := l.take(look)
		if taken {
			var once sync.Once
			return func(a Attempt) { once.Do(func() { l.finish(a) }) }, nil
		}
		if err := await(ctx, look, wait); err != nil {
			return nil, err
		}
	}
}

func (l *WindowLimiter) enqueue(look chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queue = append(l.queue, look)
}

// leave takes a waiter out of the queue, whether it got a slot or gave up, and lets the next one
// look.
func (l *WindowLimiter) leave(look chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.Index(l.queue, look)
	l.queue = slices.Delete(l.queue, i, i+1)
	l.next()
}

// next lets the first in the queue look again. The lock is held.
func (l *WindowLimiter) next() {
	if len(l.queue) > 0 {
		select {
		case l.queue[0] <- struct{}{}:
		default:
		}
	}
}

// take gives the first in the queue a slot that is free now, or returns how long it has to wait. A
// negative wait has no end: it waits for a message.
func (l *WindowLimiter) take(look chan struct{}) (wait time.Duration, taken bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.free) == 0 || l.queue[0] != look {
		return -1, false
	}
	earliest := 0
	for i, at := range l.free {
		if at.Before(l.free[earliest]) {
			earliest = i
		}
	}
	at := l.free[earliest]
	if at.Before(l.closed) {
		at = l.closed
	}
	if wait = time.Until(at); wait > 0 {
		return wait, false
	}
	l.free = slices.Delete(l.free, earliest, earliest+1)
	return 0, true
}

// await waits that long, or until it is time to look again.
func await(ctx context.Context, look <-chan struct{}, wait time.Duration) error {
	var over <-chan time.Time
	if wait >= 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-over:
		return nil
	case <-look:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// finish gives a slot back.
func (l *WindowLimiter) finish(a Attempt) {
	now := time.Now()
	at := now
	if a.Sent {
		at = at.Add(l.per)
		if a.Err != nil {
			at = at.Add(l.per / 4)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.free = append(l.free, at)
	if wait, ok := retryafter.Exhausted(a.Header, now); ok {
		if until := now.Add(min(wait, l.per)); until.After(l.closed) {
			l.closed = until
		}
	}
	l.next()
}
