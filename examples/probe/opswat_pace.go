package main

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/activity-sdk/activity"
)

// opswatPace lets eight requests happen in any minute, those for tokens included. The vendor allows
// an account ten, and the user's other programs may need some of them.
type opswatPace struct {
	window *activity.WindowLimiter

	mu     sync.Mutex
	lists  []time.Time // when requests for activities were sent
	tokens []time.Time // and requests for tokens

	refusals int // of tokens
}

// refused counts a refusal of a token, and reports whether it is to be left at that: the first one
// is answered by a new token, unless there is no room for it.
func (p *opswatPace) refused() (final bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refusals++
	return p.refusals > 1 || len(p.lists)+len(p.tokens) >= opswatMost
}

// over says why n more requests must not be sent. Only what a refused token cost is more than was
// planned.
func (p *opswatPace) over(n int) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.refusals > 1:
		return notAsked("the service refuses one token after another")
	case p.refusals > 0 && len(p.lists)+len(p.tokens)+n > opswatMost:
		return notAsked("the service refused a token, and what that cost left no request")
	}
	return nil
}

func newOPSWATPace() *opswatPace {
	return &opswatPace{window: activity.NewWindowLimiter(opswatMost, time.Minute)}
}

// room waits until n requests may be sent. It is called before the SDK begins an attempt, whose
// time would otherwise pass by waiting.
func (p *opswatPace) room(ctx context.Context, n int) error {
	for range n {
		done, err := p.window.Begin(ctx)
		if err != nil {
			return err
		}
		defer done(activity.Attempt{})
	}
	return nil
}

func (p *opswatPace) sent(token bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if token {
		p.tokens = append(p.tokens, time.Now())
		return
	}
	p.lists = append(p.lists, time.Now())
}

// opswatRefusedKey is the key of a context whose *bool says that its request's token was refused,
// and that this is final.
type opswatRefusedKey struct{}

// times returns when requests were sent.
func (p *opswatPace) times() (lists, tokens []time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]time.Time(nil), p.lists...), append([]time.Time(nil), p.tokens...)
}

// opswatPacing sends requests at the pace, whoever makes them.
type opswatPacing struct {
	pace *opswatPace
	next http.RoundTripper
}

func (t opswatPacing) RoundTrip(req *http.Request) (*http.Response, error) {
	done, err := t.pace.window.Begin(req.Context())
	if err != nil {
		if req.Body != nil {
			_ = req.Body.Close()
		}
		return nil, err
	}
	token := strings.HasSuffix(req.URL.Path, "/oauth/token")
	t.pace.sent(token)
	resp, err := t.next.RoundTrip(req)
	if !token && resp != nil && resp.StatusCode == http.StatusUnauthorized && t.pace.refused() {
		resp.StatusCode = http.StatusForbidden // the SDK would get another token, and send the request again
		if final, ok := req.Context().Value(opswatRefusedKey{}).(*bool); ok {
			*final = true
		}
	}
	sent := activity.Attempt{Sent: true, Err: err}
	if resp != nil {
		sent.StatusCode, sent.Header = resp.StatusCode, resp.Header
		if resp.StatusCode == http.StatusTooManyRequests { // somebody else uses the account: leave it a minute
			sent.Header = http.Header{"X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset-Time": {"60"}}
		}
	}
	done(sent)
	return resp, err
}
