package transport

import (
	"context"
	"errors"
	"time"

	"github.com/activity-sdk/activity"
)

// admit waits until the next attempt may be sent: for a token, for its turn, for the end of a
// pause, for the limiter, in this order, so that a slow token request keeps no slot and no waiter
// for a slot holds an attempt's clock running. What a wait may have spoilt is checked again.
func (o *operation) admit() error {
	if err := o.ctx.Err(); err != nil {
		return o.fail(err)
	}
	for {
		if err := o.obtain(); err != nil {
			return err
		}
		release, err := o.takeTurn()
		if err != nil {
			return err
		}
		if o.token.stale() && o.holdsSlot() { // it went stale in the queue
			release(activity.Attempt{})
			continue
		}
		o.release = release
		if err := o.obtain(); err != nil {
			return err
		}
		return o.waitPause()
	}
}

// holdsSlot reports whether the limiter takes back what it granted. One that does not would be
// waited for twice.
func (o *operation) holdsSlot() bool {
	_, ok := o.client.settings.Limiter.(activity.AttemptLimiter)
	return ok
}

// obtain makes sure that there is a token for the next attempt.
func (o *operation) obtain() error {
	if o.token.Value != "" && !o.token.stale() {
		return nil
	}
	if o.budget.left.Load() < 2 {
		o.failure = o.outcomeError()
		if o.attempts == 0 {
			o.failure.Kind, o.failure.Message = activity.ErrServer, "the service's tokens are over before they can be used"
		}
		return o.failure
	}
	token, err := o.client.credentials.source.token(o.budget.with(o.ctx), o.client, o.since)
	if err != nil {
		return o.fail(err)
	}
	o.token = token
	return nil
}

// takeTurn waits until all who came before have a slot of the limiter, for the end of a pause, and
// for a slot. Those who wait keep their order also when a pause begins, and when an attempt has to
// be repeated.
func (o *operation) takeTurn() (release func(activity.Attempt), err error) {
	if err := o.checkPause(); err != nil {
		return nil, err
	}
	leave, err := o.client.line.Enter(o.ctx, o.place)
	if err != nil {
		return nil, o.fail(err)
	}
	defer leave()
	for {
		if err := o.waitPause(); err != nil {
			return nil, err
		}
		if release, err = o.begin(); err != nil {
			return nil, err
		}
		if o.client.credentials.pause.remaining() == 0 || !o.holdsSlot() {
			return release, o.waitPause()
		}
		release(activity.Attempt{}) // the pause began meanwhile
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
			return o.fail(err)
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
	o.failure = e
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

// begin takes a slot of the limiter, if there is one.
func (o *operation) begin() (release func(activity.Attempt), err error) {
	release = func(activity.Attempt) {}
	switch l := o.client.settings.Limiter.(type) {
	case nil:
	case activity.AttemptLimiter:
		release, err = l.Begin(o.described(o.ctx))
	default:
		err = l.Wait(o.described(o.ctx))
	}
	switch {
	case err != nil:
		return nil, o.limited(err)
	case release == nil: // a limiter of the user's that has nothing to be told
		release = func(activity.Attempt) {}
	}
	return release, nil
}

// limited is what a limiter's error becomes: the context's end if it is that, else a rate limit.
func (o *operation) limited(err error) error {
	if o.ctx.Err() != nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return o.fail(err)
	}
	e := o.error()
	e.Kind, e.Err, e.Message = activity.ErrRateLimited, o.redactor().cause(err), "the rate limiter lets nothing through"
	o.failure = e
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
