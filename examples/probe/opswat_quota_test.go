package main

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

func TestOPSWATHeaders(t *testing.T) {
	header := func(reset string) func() *opswattest.Server {
		return opswatFailing(opswatWith(3, time.Hour), "", opswattest.Fault{Header: http.Header{"X-Ratelimit-Reset-Time": {reset}, "X-Canary": {"canary"}}})
	}
	with := func(names ...string) func() *opswattest.Server {
		sent := http.Header{}
		for _, name := range names {
			sent.Set(name, "3")
		}
		return opswatFailing(opswatWith(3, time.Hour), "", opswattest.Fault{Header: sent})
	}
	const noNumber = "; no X-RateLimit-Reset-Time has a number"
	testOPSWAT(t, "opswat.headers", map[string]opswatCase{
		"standard": {with("RateLimit", "RateLimit-Limit", "RateLimit-Policy", "RateLimit-Remaining", "RateLimit-Reset"),
			"the answers have Ratelimit, Ratelimit-Limit, Ratelimit-Policy, Ratelimit-Remaining, Ratelimit-Reset" + noNumber, settled},
		"hyphens": {with("X-Rate-Limit-Limit", "X-Rate-Limit-Remaining", "X-Rate-Limit-Reset"),
			"the answers have X-Rate-Limit-Limit, X-Rate-Limit-Remaining, X-Rate-Limit-Reset" + noNumber, settled},
		"not shown":        {with("X-RateLimit-Canary-Minute"), "the answers have a header whose name is not shown" + noNumber, likely},
		"another word":     {with("X-Canary-Quota"), "the answers have a header whose name is not shown" + noNumber, likely},
		"one is not shown": {with("X-RateLimit-Reset-Time", "X-RateLimit-Canary"), "the answers have X-Ratelimit-Reset-Time, a header whose name is not shown; the reset is in seconds from now", likely},
		"within a word":    {with("X-Corporate-Limit", "Accelerate-Limit"), "no header of two answers describes the quota", settled},
		"none":             {opswatWith(3, time.Hour), "no header", settled},
		"delta":            {opswatWith(3, time.Hour, opswattest.WithRateHeaders(opswattest.ResetInDelta)), "X-Ratelimit-Limit, X-Ratelimit-Remaining, X-Ratelimit-Reset-Time; the reset is in seconds from now", settled},
		"millis":           {header(strconv.FormatInt(time.Date(2000, 1, 1, 0, 1, 0, 0, time.UTC).UnixMilli(), 10)), "the reset is in milliseconds since 1970", settled},
		"noise":            {header("77777777"), "neither", settled},
		"no number":        {header("soon"), "no X-RateLimit-Reset-Time has a number", settled},
		"retry":            {opswatFailing(opswatWith(3, time.Hour), "", opswattest.Fault{Header: http.Header{"Retry-After": {"1"}}}), "Retry-After", settled},
	})
	synctest.Test(t, func(t *testing.T) {
		<-time.After(3 * 365 * 24 * time.Hour) // behind the second that the SDK takes for one since 1970
		f := answer(t, fakeOPSWATOf(opswatServer(3, time.Hour, opswattest.WithRateHeaders(opswattest.ResetInEpoch))), "opswat.headers")
		assert.Contains(t, f.answer, "the reset is in seconds since 1970")
		assert.Contains(t, f.follows, "That is right.")
	})
}

func TestOPSWATToken(t *testing.T) {
	headers := opswattest.WithRateHeaders(opswattest.ResetInDelta)
	remaining := func(left ...string) func() *opswattest.Server {
		return func() *opswattest.Server {
			s := opswatServer(3, time.Hour)
			s.FailWith(func(r opswattest.Request) *opswattest.Fault {
				n := max(len(s.APIRequests())-1, 0)
				return &opswattest.Fault{Header: http.Header{"X-Ratelimit-Remaining": {left[min(n, len(left)-1)]}}}
			})
			return s
		}
	}
	testOPSWAT(t, "opswat.token", map[string]opswatCase{
		"no headers":        {opswatWith(3, time.Hour), "no answer has X-RateLimit-Remaining", open},
		"not counted":       {opswatWith(3, time.Hour, headers), "no: 1 request and a token took 1", likely},
		"counted":           {opswatWith(3, time.Hour, headers, opswattest.WithTokensCounted()), "yes: 1 request and a token took 2", likely},
		"others":            {remaining("9", "4"), "took 5 of the quota, which shows nothing", open},
		"starts again":      {remaining("3", "9"), "took -6 of the quota, which shows nothing", open},
		"none in the other": {remaining("9", ""), "the answer after the token has no X-RateLimit-Remaining", open},
		"empty":             {opswatWith(0, 0, headers), "no: 1 request and a token took 1", likely},
	})
}

// Parts of the quota that become free or are used by others are not mistaken for an answer.
func TestOPSWATTokenAmbiguousQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		<-time.After(58 * time.Second) // two seconds before the quota's next minute
		server := opswatServer(3, time.Hour, opswattest.WithRateHeaders(opswattest.ResetInDelta), opswattest.WithFixedWindow(), opswattest.WithTokensCounted())
		f := answer(t, fakeOPSWATOf(server), "opswat.token")
		assert.Contains(t, f.answer, "may have become free in between")
		assert.Equal(t, open, f.certainty)
	})
	synctest.Test(t, func(t *testing.T) {
		server := opswatServer(40, time.Hour, opswattest.WithRateHeaders(opswattest.ResetInDelta))
		other := server.Client()
		server.OnRequest(func(r opswattest.Request) {
			if strings.Contains(string(r.Body), `"limit":51`) {
				_, err := other.Activities(opswat.ActivityQuery{}).Collect(t.Context(), 1)
				assert.NoError(t, err)
			}
		})
		answers, _ := probeService(t, fakeOPSWATOf(server), &prompt{silent: true})
		assert.Equal(t, "somebody else uses the quota at the same time", answers["opswat.token"].Answer)
	})
}

// Only a whole run has answers from before and after a reset.
func TestOPSWATWindow(t *testing.T) {
	delta := opswattest.WithRateHeaders(opswattest.ResetInDelta)
	for name, tt := range map[string]struct {
		begin   time.Duration // in a minute
		options []opswattest.Option
		others  bool
		says    string
		certainty
	}{
		"any span":                  {0, []opswattest.Option{delta}, false, "any span of a minute", likely},
		"any span, in a minute":     {25 * time.Second, []opswattest.Option{delta}, false, "any span of a minute", likely},
		"any span, with tokens":     {0, []opswattest.Option{delta, opswattest.WithTokensCounted()}, false, "any span of a minute", likely},
		"fixed, from its beginning": {0, []opswattest.Option{delta, opswattest.WithFixedWindow()}, false, "fixed times", likely},
		"fixed":                     {25 * time.Second, []opswattest.Option{delta, opswattest.WithFixedWindow()}, false, "fixed times", likely},
		"no headers":                {0, nil, false, "do not say", open},
		"somebody else":             {0, []opswattest.Option{delta}, true, "somebody else uses the quota", open},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				<-time.After(tt.begin)
				server := opswatServer(40, 3*time.Hour, tt.options...)
				if tt.others {
					_, err := server.Client().Activities(opswat.ActivityQuery{PageSize: 1}).Collect(t.Context(), 2)
					require.NoError(t, err)
				}
				answers, _ := probeService(t, fakeOPSWATOf(server), &prompt{silent: true})
				assert.Contains(t, answers["opswat.window"].Answer, tt.says)
				assert.Equal(t, tt.certainty, answers["opswat.window"].Certainty)
			})
		})
	}
	synctest.Test(t, func(t *testing.T) { // one answer alone
		f := answer(t, fakeOPSWATOf(opswatServer(3, time.Hour, delta)), "opswat.window")
		assert.Equal(t, "the answers fit both", f.answer)
	})
	synctest.Test(t, func(t *testing.T) { // a reset that is always a minute away from its request
		p, now := newFakeOPSWATProbe(opswattest.NewServer()), time.Now()
		rate := func(sent, reset time.Duration) opswatQuota {
			return opswatQuota{sent: now.Add(sent), limit: 10, reset: now.Add(reset), hasReset: true}
		}
		for reset, want := range map[time.Duration]bool{80 * time.Second: true, 60 * time.Second: false, 100 * time.Second: false} {
			fixed, sliding := p.fitsWindow(rate(0, time.Minute), rate(20*time.Second, reset))
			assert.False(t, fixed)
			assert.Equal(t, want, sliding, reset)
		}
	})
}

// Whichever tokens are refused, at most one request is repeated.
func TestOPSWATRefusedTokens(t *testing.T) {
	for first := 1; first <= opswatMaxRequests; first++ {
		for _, refuses := range []func(n int) bool{
			func(n int) bool { return n >= first }, func(n int) bool { return n >= first && (n-first)%2 == 0 }, func(n int) bool { return n == first },
		} {
			synctest.Test(t, func(t *testing.T) {
				server := opswatRefusingTokens(refuses)
				s := fakeOPSWATOf(server)
				_, seen := probeService(t, s, &prompt{silent: true})
				assert.LessOrEqual(t, s.sender.sent(), opswatMaxRequests+1)
				assert.Len(t, server.Requests(), s.sender.sent())
				refused := 0
				for _, r := range server.APIRequests() {
					if r.Status == http.StatusUnauthorized {
						refused++
					}
				}
				assert.LessOrEqual(t, refused, 2)
				assert.NotContains(t, seen, "the account may not read this")
			})
		}
	}
}

// There are never more than eight requests in a minute, including those of the SDK for tokens.
func TestOPSWATPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := opswatServer(1, 0, opswattest.WithoutQuota())
		p := newFakeOPSWATProbe(server)
		for i := range 30 {
			if i%4 == 0 {
				p.client, _ = p.connect()
				p.needsToken = true
			}
			e := p.sender.send(t.Context(), request{body: p.pageBody(1, 1)})
			require.NoError(t, e.err)
		}
		assert.Equal(t, 38, p.sender.sent())
		assert.Equal(t, opswatMaxRequests, opswattest.MaxInWindow(server.Requests(), time.Minute))
	})
}

func TestOPSWATPauseAfter429(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := opswatServer(1, 0)
		server.Fail(opswattest.Fault{Status: 429})
		p := newFakeOPSWATProbe(server)
		begun := time.Now()
		require.Error(t, p.sender.send(t.Context(), request{}).err)
		require.NoError(t, p.sender.send(t.Context(), request{}).err)
		assert.GreaterOrEqual(t, time.Since(begun), time.Minute)
	})
}
