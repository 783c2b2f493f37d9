package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// opswatRate is what an answer says about the quota.
type opswatRate struct {
	sent             time.Time
	limit, remaining int
	reset            time.Time
	hasReset         bool
	lists, tokens    int // requests that had been sent until then
}

// opswatForm is what the number of a reset counts.
type opswatForm string

const (
	opswatDelta  opswatForm = "seconds from now"
	opswatEpoch  opswatForm = "seconds since 1970"
	opswatMillis opswatForm = "milliseconds since 1970"
	opswatNoForm opswatForm = ""
)

// note keeps what an answer says about the quota, if that is something.
func (p *opswatProbe) note(e exchange) {
	limit, limited := opswatNumber(e.header, "X-RateLimit-Limit")
	remaining, ok := opswatNumber(e.header, "X-RateLimit-Remaining")
	if !ok {
		return
	}
	lists, tokens := p.pace.times()
	r := opswatRate{sent: e.sent, limit: -1, remaining: int(remaining), lists: len(lists), tokens: len(tokens)}
	if limited {
		r.limit = int(limit)
	}
	if number, ok := opswatNumber(e.header, "X-RateLimit-Reset-Time"); ok {
		r.reset, r.hasReset = opswatResetOf(number, e)
	}
	p.rated = append(p.rated, r)
}

func opswatNumber(h http.Header, name string) (int64, bool) {
	n, err := strconv.ParseInt(strings.TrimSpace(h.Get(name)), 10, 64)
	return n, err == nil && n >= 0
}

// opswatResetOf returns when a reset is, by the local clock. It reports false for a number that
// makes no sense.
func opswatResetOf(n int64, e exchange) (time.Time, bool) {
	switch opswatResetForm(n, e) {
	case opswatDelta:
		return e.sent.Add(e.took + time.Duration(n)*time.Second), true
	case opswatEpoch:
		return e.sent.Add(time.Unix(n, 0).Sub(opswatClock(e))), true
	}
	return time.Time{}, false
}

// opswatResetForm returns what the number of a reset is: none is more than an hour away.
func opswatResetForm(n int64, e exchange) opswatForm {
	near := func(at time.Time) bool { return at.Sub(opswatClock(e)).Abs() <= time.Hour }
	switch {
	case n <= 3600:
		return opswatDelta
	case near(time.Unix(n, 0)):
		return opswatEpoch
	case near(time.UnixMilli(n)):
		return opswatMillis
	}
	return opswatNoForm
}

// opswatClock is the service's time of an answer, or the local one.
func opswatClock(e exchange) time.Time {
	if e.date.IsZero() {
		return e.sent
	}
	return e.date
}

var opswatRateHeader = regexp.MustCompile(`(?i)^(x-)?rate-?limit|^retry-after$`)

func (p *opswatProbe) headers(ctx context.Context, s *service) finding {
	first := p.first(ctx, s)
	if _, ok := opswatAccesses(first); !ok {
		return opswatFails(first)
	}
	later := p.later(ctx, s, false)
	var names []string
	forms := map[opswatForm]bool{}
	for _, e := range []exchange{first, later} {
		names = append(names, slices.DeleteFunc(headerNames(e.header), func(name string) bool { return !opswatRateHeader.MatchString(name) })...)
		if n, ok := opswatNumber(e.header, "X-RateLimit-Reset-Time"); ok {
			forms[opswatResetForm(n, e)] = true
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	sent := "the answers have " + strings.Join(names, ", ")
	form := slices.Collect(maps.Keys(forms))
	switch {
	case len(names) == 0:
		return settles("no header of two answers says how the quota stands", "The SDK obeys X-RateLimit headers where there are some, and keeps its own limit of ten a minute in any case.")
	case len(form) == 0:
		return settles(sent+"; no X-RateLimit-Reset-Time has a number", "The SDK cannot know when the quota opens again, and keeps its own limit of ten a minute.")
	case len(form) > 1:
		return leavesOpen(sent + "; the number of X-RateLimit-Reset-Time has two forms")
	case form[0] == opswatNoForm:
		return settles(sent+"; the number of X-RateLimit-Reset-Time is neither in seconds from now nor a time near now", "The SDK may wait up to a minute for it. Please share the report.")
	case form[0] == opswatMillis:
		return settles(sent+"; the reset is in "+string(form[0]), "The SDK does not understand this number. Please share the report.")
	}
	return settles(sent+"; the reset is in "+string(form[0]), "The SDK tells both forms apart, and waits for the reset once nothing remains. That is right.")
}

// token has a client request a token between two requests whose answers say what remains.
func (p *opswatProbe) token(ctx context.Context, s *service) finding {
	if first := p.first(ctx, s); len(p.rated) == 0 {
		if _, ok := opswatAccesses(first); !ok {
			return opswatFails(first)
		}
		return leavesOpen("not asked: no answer has X-RateLimit-Remaining")
	}
	client, err := p.connect()
	if err != nil {
		return leavesOpen("a second client could not be made")
	}
	p.client, p.fresh = client, true
	before := p.rated[len(p.rated)-1]
	e := p.askDay(ctx, s)
	s.asked = append(s.asked, e)
	after := p.rated[len(p.rated)-1]
	others, plain := p.controls()
	drop, lists := before.remaining-after.remaining, after.lists-before.lists
	say := suggests
	if plain {
		say = settles
	}
	switch {
	case after.lists == before.lists:
		return leavesOpen("the answer after the token has no X-RateLimit-Remaining")
	case after.tokens-before.tokens != 1:
		return leavesOpen(fmt.Sprintf("%d tokens were requested in between, and not one", after.tokens-before.tokens))
	case others:
		return leavesOpen("somebody else uses the quota meanwhile")
	case p.freed(before, after):
		return leavesOpen("a part of the quota may have become free in between")
	case drop == lists:
		return say(fmt.Sprintf("no: %s and a token took %d", number(lists, "request", "requests"), drop), "The SDK does not count them. That is right.")
	case drop == lists+1:
		return say(fmt.Sprintf("yes: %s and a token took %d", number(lists, "request", "requests"), drop),
			"The SDK does not count them. Use activity.WithRateLimiter(activity.NewWindowLimiter(9, time.Minute)).")
	}
	return leavesOpen(fmt.Sprintf("%s and a token took %d of the quota, which tells nothing", number(lists, "request", "requests"), drop))
}

// controls compares the requests between which there was no token. Others use the quota if more is
// gone than they took.
func (p *opswatProbe) controls() (others, plain bool) {
	for i := 1; i < len(p.rated); i++ {
		a, b := p.rated[i-1], p.rated[i]
		if a.tokens != b.tokens {
			continue
		}
		others = others || a.remaining-b.remaining > b.lists-a.lists
		plain = plain || a.remaining-b.remaining == b.lists-a.lists
	}
	return others, plain
}

// freed reports whether the quota may have changed by time alone between two answers.
func (p *opswatProbe) freed(before, after opswatRate) bool {
	const slack = 2 * time.Second
	if before.hasReset && !before.reset.After(after.sent.Add(slack)) {
		return true
	}
	lists, tokens := p.pace.times()
	return slices.ContainsFunc(append(lists, tokens...), func(sent time.Time) bool {
		free := sent.Add(time.Minute)
		return free.After(before.sent.Add(-slack)) && free.Before(after.sent.Add(slack))
	})
}

func (p *opswatProbe) window(ctx context.Context, s *service) finding {
	first := p.first(ctx, s)
	if _, ok := opswatAccesses(first); !ok {
		return opswatFails(first)
	}
	if len(p.rated) == 0 || !p.rated[0].hasReset || p.rated[0].limit < 0 {
		return leavesOpen("the answers do not say how the quota stands and when it opens again")
	}
	if p.rated[0].limit-p.rated[0].remaining > 2 {
		return leavesOpen("somebody else uses the quota")
	}
	begun := p.rated[0]
	fixed, sliding := begun.limit-begun.remaining <= 1 && begun.reset.Sub(begun.sent) <= 55*time.Second, false
	for _, r := range p.rated[1:] {
		f, s := p.after(begun, r)
		fixed, sliding = fixed || f, sliding || s
	}
	const follows = "Nothing: the SDK's limiter fits both."
	switch {
	case fixed && !sliding:
		return suggests("minutes that begin at fixed times, or at the first request", follows)
	case sliding && !fixed:
		return suggests("any span of a minute", follows)
	case fixed:
		return leavesOpen("the answers contradict each other; somebody else may use the quota")
	}
	return leavesOpen("the answers fit both")
}

// after compares what an answer after the first reset says is used with what was sent since the
// reset, and with what was sent in the last minute.
func (p *opswatProbe) after(begun, r opswatRate) (fixed, sliding bool) {
	const slack = 2 * time.Second
	if !r.hasReset || r.limit < 0 {
		return false, false
	}
	if r.sent.Before(begun.reset) { // one that moves with each request is that of the request itself
		apart := r.sent.Sub(begun.sent)
		return false, apart >= opswatApart/2 && (r.reset.Sub(begun.reset)-apart).Abs() < slack
	}
	if r.sent.Before(begun.reset.Add(time.Second)) {
		return false, false
	}
	lists, _ := p.pace.times()
	inMinute, sinceReset := 0, 0
	for _, sent := range lists[:r.lists] {
		if sent.After(r.sent.Add(-time.Minute + slack)) {
			inMinute++
		}
		if !sent.Before(begun.reset) {
			sinceReset++
		}
	}
	used := r.limit - r.remaining
	return inMinute > sinceReset && used <= sinceReset, inMinute > sinceReset && used >= inMinute
}
