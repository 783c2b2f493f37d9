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

// take asks for a slot once. Zero: it is taken; else: when to ask again.
//
// The client cannot be made to return when a context is cancelled, so the question is asked beside:
// a caller who leaves does so at once, and a slot that is granted afterwards is given back.
func (l *Limiter) take(ctx context.Context, token string, hold time.Duration) (time.Duration, error) {
	type answer struct {
		wait time.Duration
		err  error
	}
	beside := context.WithoutCancel(ctx)
	told := make(chan answer)
	l.calls.Go(func() {
		wait, err := l.call(beside, "take", token, l.slots, micros(hold), micros(l.per), micros(l.longest()))
		select {
		case told <- answer{wait, err}:
		case <-ctx.Done():
			if err == nil && wait == 0 {
				_, _ = l.call(beside, "finish", token, 0, 0, micros(l.longest()))
			}
		}
	})
	select {
	case a := <-told:
		return a.wait, a.err
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// call runs the script. A repetition after a lost answer changes nothing: the token is the same.
func (l *Limiter) call(ctx context.Context, args ...any) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, l.answer)
	defer cancel()
	wait, err := script.Run(ctx, l.client, []string{l.key}, args...).Int64()
	if err != nil {
		return 0, unavailable(err)
	}
	return time.Duration(wait) * time.Microsecond, nil
}

// longest is for how long a slot can be taken at most.
func (l *Limiter) longest() time.Duration { return l.lease + l.per + l.per/4 }

// scatter keeps processes that wait for the same slot from asking at the same time, always in the
// same order.
func (l *Limiter) scatter() time.Duration { return rand.N(l.per/100 + 1) }

// micros rounds up: no wait is ever shortened.
func micros(d time.Duration) int64 { return int64((d + time.Microsecond - 1) / time.Microsecond) }

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
