package quota

import (
	"context"
	_ "embed"
	"math/rand/v2"
	"time"

	"github.com/redis/go-redis/v9"
)

//go:embed script.lua
var source string

var script = redis.NewScript(source)

// reply is what the script says, or why it says nothing.
type reply struct {
	wait time.Duration
	err  error
}

// take asks for a slot once. Zero: it is taken; else: when to ask again. A slot that is granted
// after its caller has left is given back.
func (l *Limiter) take(ctx context.Context, token string, hold time.Duration) (time.Duration, error) {
	return l.ask(ctx, func(ctx context.Context, a reply) {
		if a.err == nil && a.wait == 0 {
			l.call(ctx, "finish", token, 0, 0, micros(l.maxHold()))
		}
	}, "take", token, l.slots, micros(hold), micros(l.per), micros(l.maxHold()))
}

// ask puts a question to Redis. The client cannot be made to return when a context is cancelled, so
// the question is asked beside: a caller whose context ends leaves at once, as all callers do when
// the limiter is closed. unheard is then called with the answer.
func (l *Limiter) ask(ctx context.Context, unheard func(context.Context, reply), question ...any) (time.Duration, error) {
	beside := context.WithoutCancel(ctx)
	told := make(chan reply)
	asking := l.start(func() {
		a := l.call(beside, question...)
		select {
		case told <- a:
			return
		case <-ctx.Done():
		case <-l.closed:
		}
		unheard(beside, a)
	})
	if !asking {
		return 0, unavailable(redis.ErrClosed)
	}
	select {
	case a := <-told:
		return a.wait, a.err
	case <-ctx.Done():
		return 0, ctx.Err()
	case <-l.closed:
		return 0, unavailable(redis.ErrClosed)
	}
}

// start does something that Close waits for. It reports whether it does: not once the limiter is
// closed.
func (l *Limiter) start(do func()) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.closed:
		return false
	default:
		l.calls.Go(do)
		return true
	}
}

// call runs the script. A repetition after a lost answer changes nothing: the token is the same.
func (l *Limiter) call(ctx context.Context, args ...any) reply {
	ctx, cancel := context.WithTimeout(ctx, l.answerTimeout)
	defer cancel()
	go func() {
		select {
		case <-l.abandoned:
			cancel()
		case <-ctx.Done():
		}
	}()
	wait, err := script.Run(ctx, l.client, []string{l.key}, args...).Int64()
	if err != nil {
		return reply{err: unavailable(err)}
	}
	return reply{wait: time.Duration(wait) * time.Microsecond}
}

// maxHold is for how long a slot can be taken at most.
func (l *Limiter) maxHold() time.Duration { return l.lease + l.per + l.per/4 }

// jitter keeps processes that wait for the same slot from asking at the same time, always in the
// same order.
func (l *Limiter) jitter() time.Duration { return rand.N(l.per/100 + 1) }

// micros rounds up: no wait is ever shortened.
func micros(d time.Duration) int64 { return int64((d + time.Microsecond - 1) / time.Microsecond) }

func (l *Limiter) sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-l.closed:
		return unavailable(redis.ErrClosed)
	}
}
