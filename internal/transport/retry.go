package transport

import (
	"bytes"
	"cmp"
	"context"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/retryafter"
)

// newLoop sets go-retryablehttp up to do nothing but loop. Its own counting, waiting, logging and
// error texts are replaced: they know no limiter, forget the last status when a wait is cancelled,
// take any Retry-After and print whole URLs.
func newLoop() *retryablehttp.Client {
	return &retryablehttp.Client{
		HTTPClient:   &http.Client{Transport: attempts{}},
		Logger:       nil,
		RetryMax:     1 << 30, // out of reach: CheckRetry counts
		CheckRetry:   checkRetry,
		Backoff:      func(time.Duration, time.Duration, int, *http.Response) time.Duration { return 0 },
		PrepareRetry: prepareRetry,
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
}

// run sends the operation until it is settled: either answer or failure is set afterwards.
func (o *operation) run() {
	ctx := context.WithValue(o.ctx, operationKey{}, o)
	req, err := retryablehttp.NewRequestWithContext(ctx, o.method(), o.client.url(o.Path, o.Query), o.body())
	if err != nil {
		o.release(activity.Attempt{})
		o.failure = o.client.Fail(o.Op, activity.ErrInvalid, "the address cannot be built")
		return
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", o.client.settings.UserAgent)
	if contentType := cmp.Or(o.ContentType, o.client.contentType); contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := o.client.loop.Do(req)
	if resp != nil {
		_ = resp.Body.Close()
	}
	if o.answer == nil && o.failure == nil { // the loop ended between two of its hooks
		if err == nil {
			err = o.ctx.Err()
		}
		_ = o.fail(err)
	}
}

func (o *operation) method() string {
	if o.Method == "" {
		return http.MethodGet
	}
	return o.Method
}

// body is untyped nil where there is none: the loop takes anything else for a body.
func (o *operation) body() any {
	if o.Body == nil {
		return nil
	}
	return bytes.NewReader(o.Body)
}

// checkRetry settles the operation or asks for another attempt.
func checkRetry(ctx context.Context, _ *http.Response, err error) (bool, error) {
	o := operationOf(ctx)
	if err != nil { // http.Client itself refused the request; attempt never returns an error
		o.release(activity.Attempt{})
		_ = o.fail(err)
		return false, nil
	}
	return o.again(), nil
}

func (o *operation) again() bool {
	last := o.last
	if o.delay = last.wait; o.delay == 0 {
		o.delay = o.backoff()
	}
	now := time.Now()
	if last.status == http.StatusTooManyRequests {
		o.client.credentials.pause.extend(now.Add(o.delay))
	}
	if wait, ok := retryafter.Exhausted(last.header, now); ok {
		o.client.credentials.pause.extend(now.Add(min(wait, o.client.quotaWindow)))
	}
	switch last.verdict {
	case good:
		o.answer = &Answer{StatusCode: last.status, Header: last.header, Body: last.body}
		return false
	case renew:
		if o.Read && !o.renewed && o.budget.left.Load() >= 2 && o.client.credentials.source.renew(o.token) {
			return true
		}
	case repeat:
		if o.repeatable() && (last.wait == 0 || !o.mayNotWait(last.wait)) {
			return true
		}
	case final:
	}
	o.failure = o.outcomeError()
	if last.status == http.StatusTooManyRequests {
		o.client.settings.Logger.LogAttrs(o.ctx, slog.LevelWarn, "the service asks for a pause, in which nothing is sent",
			append(o.attrs(), slog.String("wait", o.delay.String()))...)
	}
	return false
}

func (o *operation) repeatable() bool {
	return o.Read && o.attempts < o.client.settings.Retry.MaxAttempts && o.budget.left.Load() > o.reserved()
}

// backoff is the wait before the next attempt where the service does not ask for one: uniformly
// distributed between MinWait·2ⁿ and twice that, n repetitions done, but never above MaxWait.
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

// prepareRetry waits until the next attempt may be sent.
func prepareRetry(req *http.Request) error {
	o := operationOf(req.Context())
	if o.last.verdict == renew {
		return o.exchangeToken()
	}
	o.renewed = false
	o.client.settings.Logger.LogAttrs(o.ctx, slog.LevelWarn, "request is repeated", append(o.attrs(),
		slog.Int("attempt", o.attempts), slog.String("wait", o.delay.String()), slog.Int("status", o.last.status),
		slog.String("reason", o.reason()))...)
	if err := sleep(o.ctx, o.delay); err != nil {
		return o.fail(err)
	}
	return o.admit()
}

// exchangeToken gets another token for one that was refused; the same one again would be refused
// again.
func (o *operation) exchangeToken() error {
	refused := o.token.Value
	o.token, o.since = Token{}, o.token.generation+1
	if err := o.obtain(); err != nil {
		return err
	}
	if o.token.Value == refused {
		o.failure = o.outcomeError()
		return o.failure
	}
	o.renewed = true
	return o.admit()
}
