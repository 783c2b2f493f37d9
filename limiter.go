package activity

import (
	"container/heap"
	"context"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/activity-sdk/activity/internal/retryafter"
	"github.com/activity-sdk/activity/internal/turn"
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

// WindowLimiter lets at most n requests happen in any span of a given length, whichever way the
// server counts: by fixed or sliding windows, by the time a request arrives or by the time it is
// answered. It has n slots; a slot is free again one whole span after its request finished, and the
// first n requests go at once. A token bucket does not do this: with a burst of n it lets almost 2n
// through in one span.
//
// This holds as long as a request reaches the server before it is over for the client. One that
// failed without an answer may still be on its way, so its slot stays taken a quarter of the span
// longer: if it arrives later than that, the server may count more than n. It also holds for the
// requests of one limiter alone: a new one knows nothing of those that an earlier process sent.
//
// The headers X-RateLimit-Remaining and X-RateLimit-Reset-Time are obeyed, up to one span: once
// nothing remains, nothing is let through before the reset.
//
// Waiters are served in the order in which they came. What a limiter costs in time and memory grows
// with the requests of one span and with those who wait, and not with n. It is safe for concurrent
// use and holds no lock while it waits.
type WindowLimiter struct {
	n    int
	per  time.Duration
	line turn.Line // its turn is to take the next slot

	mu     sync.Mutex
	inUse  int           // slots whose requests are not finished
	spent  times         // when the slots that were used may be used again
	closed time.Time     // nothing is let through before this time
	look   chan struct{} // tells the one whose turn it is to look again; nil: nobody waits for that
}

var _ AttemptLimiter = (*WindowLimiter)(nil)

// NewWindowLimiter returns a limiter for n requests in any span of length per. n below 1 counts as
// 1, a negative per as 0.
func NewWindowLimiter(n int, per time.Duration) *WindowLimiter {
	return &WindowLimiter{n: max(n, 1), per: max(per, 0)}
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
	leave, err := l.line.Enter(ctx, l.line.Ticket())
	if err != nil {
		return nil, err
	}
	defer leave()
	look := make(chan struct{}, 1)
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

// take takes a slot that is free now, or returns how long it will be until one is. A negative wait
// has no end: it waits for a message.
func (l *WindowLimiter) take(look chan struct{}) (wait time.Duration, taken bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.look = look
	now := time.Now()
	for len(l.spent) > 0 && !l.spent[0].After(now) {
		heap.Pop(&l.spent)
	}
	wait = l.closed.Sub(now)
	if l.inUse+len(l.spent) == l.n {
		if len(l.spent) == 0 {
			return -1, false
		}
		wait = max(wait, l.spent[0].Sub(now))
	}
	if wait > 0 {
		return wait, false
	}
	l.inUse++
	l.look = nil
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

// finish returns a slot.
func (l *WindowLimiter) finish(a Attempt) {
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.inUse--
	if a.Sent {
		again := now.Add(l.per)
		if a.Err != nil {
			again = again.Add(l.per / 4)
		}
		heap.Push(&l.spent, again)
	}
	if wait, ok := retryafter.Exhausted(a.Header, now); ok {
		if until := now.Add(min(wait, l.per)); until.After(l.closed) {
			l.closed = until
		}
	}
	if l.look != nil {
		select {
		case l.look <- struct{}{}:
		default:
		}
	}
}

// times is a heap of times, the earliest first.
type times []time.Time

func (t times) Len() int           { return len(t) }
func (t times) Less(i, j int) bool { return t[i].Before(t[j]) }
func (t times) Swap(i, j int)      { t[i], t[j] = t[j], t[i] }
func (t *times) Push(at any)       { *t = append(*t, at.(time.Time)) }

func (t *times) Pop() any {
	last := len(*t) - 1
	at := (*t)[last]
	*t = (*t)[:last]
	return at
}
