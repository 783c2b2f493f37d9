package transport

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/activity-sdk/activity"
)

// obtainToken makes sure that there is a token for the next attempt. It fails with the outcome of
// the last attempt if the source returns the same token that the service just refused.
func (o *operation) obtainToken() error {
	if o.token.Value != "" && !o.token.stale() {
		return nil
	}
	if o.budget.left.Load() < 2 {
		failure := o.outcomeError()
		if o.attempts == 0 {
			failure.Kind, failure.Message = activity.ErrServer, "the service's tokens expire before they can be used"
		}
		return failure
	}
	token, err := o.client.credentials.source.token(o.budget.with(o.ctx), o.client, o.since)
	if err != nil {
		return err
	}
	if o.refused != "" && token.Value == o.refused {
		return o.outcomeError()
	}
	o.token, o.refused = token, ""
	return nil
}

// takeTurn waits until all that came before have a slot of the limiter, for the end of a pause, and
// for a slot. Calls keep their order when a pause begins, and when an attempt has to be repeated.
func (o *operation) takeTurn() error {
	if err := o.checkPause(); err != nil {
		return err
	}
	leave, err := o.client.line.Enter(o.ctx, o.place)
	if err != nil {
		return err
	}
	defer leave()
	for {
		if err := o.waitPause(); err != nil {
			return err
		}
		if err := o.acquire(); err != nil {
			return err
		}
		if o.client.credentials.pause.remaining() == 0 || !o.canReturnSlot() {
			return o.waitPause()
		}
		o.releaseSlot(activity.Attempt{}) // the pause began meanwhile
	}
}

// waitPause waits for the end of a pause, unless that is longer than the operation may wait.
func (o *operation) waitPause() error {
	for {
		if err := o.checkPause(); err != nil {
			return err
		}
		wait := o.client.credentials.pause.remaining()
		if wait == 0 {
			return nil
		}
		if err := sleep(o.ctx, wait); err != nil {
			return err
		}
	}
}

// checkPause fails if there is a pause that the operation may not wait for.
func (o *operation) checkPause() error {
	wait := o.client.credentials.pause.remaining()
	if wait == 0 || !o.mayNotWait(wait) {
		return nil
	}
	e := o.error()
	e.Kind, e.RetryAfter = activity.ErrRateLimited, wait
	if o.attempts == 0 {
		e.Message = "the service asked for a pause, which is not over; nothing was sent"
	}
	return e
}

// mayNotWait reports whether a wait that the service asked for is beyond what the policy or the
// context's deadline allow.
func (o *operation) mayNotWait(wait time.Duration) bool {
	if wait > o.client.settings.Retry.MaxRetryAfter {
		return true
	}
	deadline, ok := o.ctx.Deadline()
	return ok && time.Until(deadline) < wait
}

// acquire takes a slot of the limiter, if there is a limiter.
func (o *operation) acquire() error {
	switch l := o.client.settings.Limiter.(type) {
	case nil:
	case activity.AttemptLimiter:
		release, err := l.Begin(o.described(o.ctx))
		if err != nil {
			return o.limiterError(err)
		}
		o.release = release // which may be nil
	default:
		if err := l.Wait(o.described(o.ctx)); err != nil {
			return o.limiterError(err)
		}
	}
	return nil
}

// releaseSlot returns the slot, if there is one, and tells the limiter how the attempt went.
func (o *operation) releaseSlot(a activity.Attempt) {
	if release := o.release; release != nil {
		o.release = nil
		release(a)
	}
}

// canReturnSlot reports whether the limiter takes back a slot. If it does not, the operation keeps
// its slot, since it would have to wait for another.
func (o *operation) canReturnSlot() bool {
	_, ok := o.client.settings.Limiter.(activity.AttemptLimiter)
	return ok
}

// limiterError returns the error of a limiter: as it is if the context ended, else as a rate limit.
func (o *operation) limiterError(err error) error {
	if o.ctx.Err() != nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	e := o.error()
	e.Kind, e.Err, e.Message = activity.ErrRateLimited, o.redactor().cause(err), "the rate limiter refuses the request"
	return e
}

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

// pause is the time in which clients that share credentials send nothing, after a 429 or when the
// quota is used up.
type pause struct {
	mu    sync.Mutex
	until time.Time
}

func (p *pause) extend(until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if until.After(p.until) {
		p.until = until
	}
}

func (p *pause) remaining() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return max(time.Until(p.until), 0)
}
