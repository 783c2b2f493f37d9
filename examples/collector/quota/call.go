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

// reply is the result of the script.
type reply struct {
	wait time.Duration
	err  error
}

// take asks for a slot once. It returns zero if it has taken one, or how long to wait before asking
// again. If ctx ends before the reply, it returns a granted slot.
func (l *Limiter) take(ctx context.Context, token string, hold time.Duration) (time.Duration, error) {
	return l.ask(ctx, func(ctx context.Context, a reply) {
		if a.err == nil && a.wait == 0 {
			l.call(ctx, "finish", token, 0, 0, micros(l.maxHold()))
		}
	}, "take", token, l.slots, micros(hold), micros(l.per), micros(l.maxHold()))
}

// ask runs the script in a goroutine, since the client does not return when a context is cancelled.
// ask itself returns at once if ctx ends or the limiter is closed. Then unheard is called with the
// reply.
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

// start runs do in a goroutine that Close waits for. It returns false if the limiter is closed.
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

// call runs the script. The client may repeat it after a lost reply, which changes nothing since
// the token is the same.
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

// maxHold is the longest time for which a slot can be taken.
func (l *Limiter) maxHold() time.Duration { return l.lease + l.per + l.per/4 }

// jitter is a random wait, so that processes that wait for the same slot do not always ask in the
// same order.
func (l *Limiter) jitter() time.Duration { return rand.N(l.per/100 + 1) }

// micros rounds up, so that no wait becomes shorter.
func micros(d time.Duration) int64 { return int64((d + time.Microsecond - 1) / time.Microsecond) }

func (l *Limiter) sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-l.closed:
		return unavailable(redis.ErrClosed)
	}
}
