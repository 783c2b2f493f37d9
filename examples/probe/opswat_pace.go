package main

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/activity-sdk/activity"
)

// opswatPace allows eight requests in any minute, including those for tokens. The vendor allows ten
// for an account, and the user's other programs may need some of them.
type opswatPace struct {
	window *activity.WindowLimiter

	mu     sync.Mutex
	lists  []time.Time // when requests for activities were sent
	tokens []time.Time // when requests for tokens were sent

	refusals int // answers that refused a token
}

// countRefusal counts an answer that refused a token. It reports whether that is final: the first
// refusal leads to a new token, if the requests suffice for it.
func (p *opswatPace) countRefusal() (final bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refusals++
	return p.refusals > 1 || len(p.lists)+len(p.tokens) >= opswatMaxRequests
}

// exhausted returns the reason why n more requests must not be sent, or nil. Only refused tokens
// can cost more than the questions planned.
func (p *opswatPace) exhausted(n int) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.refusals > 1:
		return notAsked("the service refuses one token after another")
	case p.refusals > 0 && len(p.lists)+len(p.tokens)+n > opswatMaxRequests:
		return notAsked("the service refused a token, and a new one used up the requests")
	}
	return nil
}

func newOPSWATPace() *opswatPace {
	return &opswatPace{window: activity.NewWindowLimiter(opswatMaxRequests, time.Minute)}
}

// waitTurn waits until n requests may be sent. It runs before the SDK starts an attempt, so that
// waiting does not count for the attempt's timeout.
func (p *opswatPace) waitTurn(ctx context.Context, n int) error {
	for range n {
		done, err := p.window.Begin(ctx)
		if err != nil {
			return err
		}
		defer done(activity.Attempt{})
	}
	return nil
}

func (p *opswatPace) record(token bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if token {
		p.tokens = append(p.tokens, time.Now())
		return
	}
	p.lists = append(p.lists, time.Now())
}

// tokenRefusedKey is the context key of a *bool, which becomes true once the service has finally
// refused the request's token.
type tokenRefusedKey struct{}

// times returns when requests were sent.
func (p *opswatPace) times() (lists, tokens []time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]time.Time(nil), p.lists...), append([]time.Time(nil), p.tokens...)
}

// opswatPacingTransport keeps all requests to the pace, including those that the SDK makes itself.
type opswatPacingTransport struct {
	pace *opswatPace
	next http.RoundTripper
}

func (t opswatPacingTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	done, err := t.pace.window.Begin(req.Context())
	if err != nil {
		if req.Body != nil {
			_ = req.Body.Close()
		}
		return nil, err
	}
	token := strings.HasSuffix(req.URL.Path, "/oauth/token")
	t.pace.record(token)
	resp, err := t.next.RoundTrip(req)
	if !token && resp != nil && resp.StatusCode == http.StatusUnauthorized && t.pace.countRefusal() {
		resp.StatusCode = http.StatusForbidden // or the SDK would request another token and repeat the request
		if final, ok := req.Context().Value(tokenRefusedKey{}).(*bool); ok {
			*final = true
		}
	}
	sent := activity.Attempt{Sent: true, Err: err}
	if resp != nil {
		sent.StatusCode, sent.Header = resp.StatusCode, resp.Header
		if resp.StatusCode == http.StatusTooManyRequests { // somebody else uses the account: pause for a minute
			sent.Header = http.Header{"X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset-Time": {"60"}}
		}
	}
	done(sent)
	return resp, err
}
