package transport

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"log/slog"
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/retryafter"
)

// run sends the call until it succeeds or fails for good. go-retryablehttp runs the loop:
//
//	waitTurn    a token, the turn, the end of a pause, a slot of the limiter
//	send        one attempt, body included
//	checkRetry  what came of it, and whether to try again
//	Backoff     the library waits, or until the context ends
//	waitTurn    and so on
//
// These are the things that the library does not do, and where they are done instead:
//   - Its RetryMax would count attempts that are repeated with a renewed token: mayRepeat counts.
//   - When its wait is cancelled, it returns the context's error and drops the last response: the
//     operation keeps the status.
//   - When it fails, it closes the idle connections of a transport that has such a method, although
//     other clients share them: send hides it.
//   - Beneath it, http.Client drops a response that comes with an error, and fails on a Location
//     that it cannot parse: send returns a body that breaks off, and removes such a Location.
func (o *operation) run() error {
	defer func() { // after a panic, or if nothing was sent
		o.releaseSlot(activity.Attempt{})
		o.endAttempt()
	}()
	if err := o.waitTurn(); err != nil {
		return err
	}
	req, err := o.request()
	if err != nil {
		return err
	}
	loop := retryablehttp.Client{
		HTTPClient: &http.Client{
			Transport:     roundTripper(o.send),
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		RetryMax:     math.MaxInt,
		CheckRetry:   o.checkRetry,
		Backoff:      func(time.Duration, time.Duration, int, *http.Response) time.Duration { return o.delay },
		PrepareRetry: func(*http.Request) error { return o.waitTurn() },
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	resp, err := loop.Do(req)
	if resp != nil {
		_ = resp.Body.Close()
	}
	return err
}

// request builds the request that every attempt sends.
func (o *operation) request() (*retryablehttp.Request, error) {
	var body any // an untyped nil where there is none: the library takes anything else for a body
	if o.Body != nil {
		body = bytes.NewReader(o.Body)
	}
	req, err := retryablehttp.NewRequestWithContext(o.ctx, o.method(), o.client.url(o.Path, o.Query), body)
	if err != nil {
		return nil, o.client.Fail(o.Op, activity.ErrInvalid, "the address cannot be built")
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", o.client.settings.UserAgent)
	if contentType := cmp.Or(o.ContentType, o.client.contentType); contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	return req, nil
}

func (o *operation) method() string { return cmp.Or(o.Method, http.MethodGet) }

// waitTurn waits until the next attempt may be sent: for a token, for its turn, for the end of a
// pause and for the limiter, in this order, so that a slow token request holds no slot and no wait
// counts against the attempt's time.
func (o *operation) waitTurn() error {
	if err := o.ctx.Err(); err != nil {
		return err
	}
	for returned := false; ; returned = true {
		if err := o.obtainToken(); err != nil {
			return err
		}
		if err := o.takeTurn(); err != nil {
			return err
		}
		if !o.token.stale() { // as it may be after a long wait
			return nil
		}
		if returned || !o.canReturnSlot() { // the tokens of a source may be stale from the beginning
			break
		}
		o.releaseSlot(activity.Attempt{})
	}
	if err := o.obtainToken(); err != nil {
		return err
	}
	return o.waitPause()
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// send is one attempt: it sends the request through the middleware and reads the whole body, both
// within the attempt's time. A body that breaks off is part of the response; see [received].
func (o *operation) send(req *http.Request) (*http.Response, error) {
	o.attemptCtx, o.endAttempt = context.WithTimeoutCause(o.described(o.ctx), o.client.settings.AttemptTimeout, errAttemptTimeout)
	this := &attempt{Call: &o.Call, client: o.client, token: o.token.Value}
	ctx := context.WithValue(o.attemptCtx, attemptKey{}, this)
	o.begun = time.Now()
	defer func() { o.idle = time.Now() }()
	o.sent++
	if !o.renewed {
		o.attempts++
	}
	o.used = append(o.used, o.token.Value)
	o.budget.left.Add(-1)
	report := activity.Attempt{Sent: true, Err: errAbandoned}
	defer func() { o.releaseSlot(report) }()

	resp, err := o.client.send.RoundTrip(req.Clone(ctx))
	if err == nil && resp == nil {
		err = errNothing
	}
	if err != nil {
		err = o.attemptError(err)
		// Middleware may have sent something in another way, unless the SDK refused to send it.
		report = activity.Attempt{Sent: this.reached.Load() || !errors.Is(err, activity.ErrForeignOrigin), Err: err}
		return nil, err
	}
	body, err := readBody(ctx, resp, o.client.settings.MaxResponseBytes)
	if err != nil {
		err = o.attemptError(err)
	}
	report = activity.Attempt{Sent: true, StatusCode: resp.StatusCode, Header: resp.Header, Err: err}
	whole := *resp // the original may be kept by middleware
	whole.Body = &received{rest: bytes.NewReader(body), whole: body, err: err}
	if _, err := url.Parse(whole.Header.Get("Location")); err != nil { // see run
		whole.Header = whole.Header.Clone()
		whole.Header.Del("Location")
	}
	return &whole, nil
}

// checkRetry decides what comes after an attempt. It returns true for another attempt, the error of
// the call if it failed for good, and neither if it succeeded.
func (o *operation) checkRetry(_ context.Context, resp *http.Response, err error) (bool, error) {
	o.last = o.classify(o.attemptCtx, resp, err)
	o.endAttempt()
	if o.last.status != 0 {
		o.status = o.last.status
	}
	o.log(time.Since(o.begun))
	o.setDelay()
	switch {
	case o.last.verdict == good:
		return false, nil
	case o.last.verdict == renew && o.renewToken():
		return true, nil
	case o.last.verdict == repeat && o.mayRepeat():
		o.renewed = false
		o.client.settings.Logger.LogAttrs(o.ctx, slog.LevelWarn, "request is repeated", append(o.attrs(),
			slog.Int("attempt", o.attempts), slog.String("wait", o.delay.String()), slog.Int("status", o.last.status),
			slog.String("reason", o.reason()))...)
		return true, nil
	}
	if o.last.status == http.StatusTooManyRequests {
		o.client.settings.Logger.LogAttrs(o.ctx, slog.LevelWarn, "the service asks for a pause, in which nothing is sent",
			append(o.attrs(), slog.String("wait", o.delay.String()))...)
	}
	return false, o.outcomeError()
}

// setDelay sets the wait before the next attempt, and begins the pause that the service asked for.
// After a 429, the pause lasts as long as the wait, even if the call is not repeated.
func (o *operation) setDelay() {
	o.delay = cmp.Or(o.last.wait, o.backoff())
	now := time.Now()
	if o.last.status == http.StatusTooManyRequests {
		o.client.credentials.pause.extend(now.Add(o.delay))
	}
	if wait, ok := retryafter.Exhausted(o.last.header, now); ok {
		o.client.credentials.pause.extend(now.Add(min(wait, o.client.quotaWindow)))
	}
}

// backoff returns the wait before the next attempt for an answer without Retry-After: uniformly
// distributed between MinWait·2ⁿ⁻¹ and twice that after n attempts, but never above MaxWait.
func (o *operation) backoff() time.Duration {
	p := o.client.settings.Retry
	least := p.MinWait
	for range o.attempts - 1 {
		if least *= 2; least >= p.MaxWait/2 {
			least = max(p.MaxWait/2, p.MinWait)
			break
		}
	}
	most := least + min(least, p.MaxWait-least)
	return least + rand.N(most-least+1)
}

// mayRepeat reports whether the policy, the budget and the context's deadline allow another attempt
// after the wait that the service asked for.
func (o *operation) mayRepeat() bool {
	return o.Read && o.attempts < o.client.settings.Retry.MaxAttempts && o.budget.left.Load() > o.reserved() &&
		(o.last.wait == 0 || !o.mayNotWait(o.last.wait))
}

// renewToken drops a token that the service refused, and reports whether another attempt may be
// made with a new one. It is made at once, and only once in a row.
func (o *operation) renewToken() bool {
	if !o.Read || o.renewed || o.budget.left.Load() < 2 || !o.client.credentials.source.renew(o.token) {
		return false
	}
	o.refused, o.since, o.token = o.token.Value, o.token.generation+1, Token{}
	o.renewed, o.delay = true, 0
	return true
}
