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

// RateLimiter decides when the next request may be sent. Wait returns when it may. It returns an
// error if ctx ends first, or if the wait would take too long. Every attempt waits, retries
// included. *rate.Limiter of golang.org/x/time/rate is a RateLimiter as it is.
//
// Many goroutines use a limiter at once.
type RateLimiter interface {
	Wait(ctx context.Context) error
}

var _ RateLimiter = (*rate.Limiter)(nil)

// AttemptLimiter is a RateLimiter that learns when a request that it let through was over, and how
// it ended. [WindowLimiter] is one. A limiter that several machines share can be another.
type AttemptLimiter interface {
	RateLimiter
	// Begin is called instead of Wait, and takes a slot as Wait does. The SDK calls done exactly
	// once for each Begin that returned no error: after the response was read, after the attempt
	// failed, or with Sent false if no attempt was made.
	Begin(ctx context.Context) (done func(Attempt), err error)
}

// Attempt is what one slot of an [AttemptLimiter] was used for.
type Attempt struct {
	Sent       bool        // false: nothing was sent, and the slot was not used
	StatusCode int         // of the response; 0: there was none
	Header     http.Header // of the response; do not change it
	Err        error       // why there was no complete response; nil if there was one
}

// WindowLimiter lets through at most n requests in any window of a given length. It does so however
// the server counts: by fixed or sliding windows, by the time a request arrives or by the time it
// is answered. It has n slots. The first n requests go at once, and a slot is free again one window
// after its request finished. (A token bucket with a burst of n lets almost 2n requests through in
// one window.)
//
// The headers X-RateLimit-Remaining and X-RateLimit-Reset-Time are obeyed: if nothing remains, the
// limiter lets nothing through before the reset, for at most one window. Waiting requests go in the
// order in which they came. A WindowLimiter is safe for concurrent use.
//
// The server may count more than n requests in three cases. A request that failed without a
// response may still be on its way: its slot stays taken a quarter of the window longer, and the
// request may arrive even later. A new limiter does not know what an earlier process sent. And
// net/http itself sends a GET again if a kept connection closes before the first byte of the
// answer: the limiter does not learn of the first one. It does not do so with a POST, which is how
// OPSWAT's list is requested.
//
// The time and memory that a limiter needs grow with the requests of one window and with those that
// wait, and not with n.
type WindowLimiter struct {
	n    int
	per  time.Duration
	line turn.Line // whose turn it is takes the next slot

	mu     sync.Mutex
	inUse  int           // slots whose requests are not finished
	spent  times         // when the slots that were used are free again
	closed time.Time     // nothing is let through before this time
	retake chan struct{} // wakes the waiter whose turn it is; nil: there is none
}

var _ AttemptLimiter = (*WindowLimiter)(nil)

// NewWindowLimiter returns a limiter of n requests in any window of length per. An n below 1 counts
// as 1, a negative per as 0.
func NewWindowLimiter(n int, per time.Duration) *WindowLimiter {
	return &WindowLimiter{n: max(n, 1), per: max(per, 0)}
}

// Wait waits for a free slot and takes it. The slot's window begins at once, since the limiter does
// not learn when the request is over: a server that answers slowly may see more than n requests in
// one window. The SDK's own requests use Begin.
func (l *WindowLimiter) Wait(ctx context.Context) error {
	done, err := l.Begin(ctx)
	if err != nil {
		return err
	}
	done(Attempt{Sent: true})
	return nil
}

// Begin waits for a free slot and takes it. It returns ctx's error if ctx ends first.
func (l *WindowLimiter) Begin(ctx context.Context) (done func(Attempt), err error) {
	leave, err := l.line.Enter(ctx, l.line.Ticket())
	if err != nil {
		return nil, err
	}
	defer leave()
	retake := make(chan struct{}, 1)
	for {
		wait, taken := l.take(retake)
		if taken {
			var once sync.Once
			return func(a Attempt) { once.Do(func() { l.finish(a) }) }, nil
		}
		if err := await(ctx, retake, wait); err != nil {
			return nil, err
		}
	}
}

// take takes a slot if one is free. Otherwise it returns how long to wait before the next try. If
// wait is negative, nobody knows: retake is sent to when a slot may be free.
func (l *WindowLimiter) take(retake chan struct{}) (wait time.Duration, taken bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.retake = retake
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
	l.retake = nil
	return 0, true
}

// await waits that long, or until something is sent to retake.
func await(ctx context.Context, retake <-chan struct{}, wait time.Duration) error {
	var over <-chan time.Time
	if wait >= 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-over:
		return nil
	case <-retake:
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
	if l.retake != nil {
		select {
		case l.retake <- struct{}{}:
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
