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

// opswatQuota is the state of the quota in an answer.
type opswatQuota struct {
	sent             time.Time
	limit, remaining int
	reset            time.Time
	hasReset         bool
	lists, tokens    int // requests that had been sent by then
}

// resetForm is the meaning of the number that says when the quota resets.
type resetForm string

const (
	resetInSeconds     resetForm = "seconds from now"
	resetAtSecond      resetForm = "seconds since 1970"
	resetAtMillisecond resetForm = "milliseconds since 1970"
	resetUnknown       resetForm = ""
)

// noteQuota keeps the state of the quota in an answer, if there is one.
func (p *opswatProbe) noteQuota(e exchange) {
	limit, limited := headerNumber(e.header, "X-RateLimit-Limit")
	remaining, ok := headerNumber(e.header, "X-RateLimit-Remaining")
	if !ok {
		return
	}
	lists, tokens := p.pace.times()
	r := opswatQuota{sent: e.sent, limit: -1, remaining: int(remaining), lists: len(lists), tokens: len(tokens)}
	if limited {
		r.limit = int(limit)
	}
	if number, ok := headerNumber(e.header, "X-RateLimit-Reset-Time"); ok {
		r.reset, r.hasReset = resetTime(number, e)
	}
	p.quotas = append(p.quotas, r)
}

func headerNumber(h http.Header, name string) (int64, bool) {
	n, err := strconv.ParseInt(strings.TrimSpace(h.Get(name)), 10, 64)
	return n, err == nil && n >= 0
}

// resetTime returns the time of a reset by the local clock. It reports false for a number without a
// known meaning.
func resetTime(n int64, e exchange) (time.Time, bool) {
	switch classifyReset(n, e) {
	case resetInSeconds:
		return e.sent.Add(e.took + time.Duration(n)*time.Second), true
	case resetAtSecond:
		return e.sent.Add(time.Unix(n, 0).Sub(serviceTime(e))), true
	}
	return time.Time{}, false
}

// classifyReset returns the meaning of the number of a reset, which is at most an hour away.
func classifyReset(n int64, e exchange) resetForm {
	near := func(at time.Time) bool { return at.Sub(serviceTime(e)).Abs() <= time.Hour }
	switch {
	case n <= 3600:
		return resetInSeconds
	case near(time.Unix(n, 0)):
		return resetAtSecond
	case near(time.UnixMilli(n)):
		return resetAtMillisecond
	}
	return resetUnknown
}

// serviceTime returns the service's time of an answer, or the local time if it has none.
func serviceTime(e exchange) time.Time {
	if e.date.IsZero() {
		return e.sent
	}
	return e.date
}

var opswatRateHeader = regexp.MustCompile(`(?i)\brate-?limit|quota|^retry-after$`)

// opswatRateHeaders returns the names of the headers that may describe the quota.
func opswatRateHeaders(h http.Header) (shown []string, hidden bool) {
	shown = slices.DeleteFunc(headerNames(h), func(name string) bool { return !opswatRateHeader.MatchString(name) })
	for name := range h {
		hidden = hidden || opswatRateHeader.MatchString(name) && !slices.Contains(reportedHeaders, name)
	}
	return shown, hidden
}

func (p *opswatProbe) headers(ctx context.Context, s *service, first exchange, _ []opswatRow) finding {
	later := p.askAgain(ctx, s, false)
	var names []string
	forms := map[resetForm]bool{}
	anyHidden, conclude := false, settles
	for _, e := range []exchange{first, later} {
		shown, hidden := opswatRateHeaders(e.header)
		names = append(names, shown...)
		anyHidden = anyHidden || hidden
		if n, ok := headerNumber(e.header, "X-RateLimit-Reset-Time"); ok {
			forms[classifyReset(n, e)] = true
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if anyHidden {
		names, conclude = append(names, "a header whose name is not shown"), suggests
	}
	sent := "the answers have " + strings.Join(names, ", ")
	form := slices.Collect(maps.Keys(forms))
	switch {
	case len(names) == 0:
		return settles("no header of two answers describes the quota", "The SDK obeys X-RateLimit headers if they come, and keeps its own limit of ten requests a minute in any case.")
	case len(form) == 0:
		return conclude(sent+"; no X-RateLimit-Reset-Time has a number", "The SDK cannot know when the quota resets, and keeps its own limit of ten requests a minute.")
	case len(form) > 1:
		return leavesOpen(sent + "; the number of X-RateLimit-Reset-Time has two forms")
	case form[0] == resetUnknown:
		return conclude(sent+"; the number of X-RateLimit-Reset-Time is neither seconds from now nor a time near now", "The SDK may wait up to a minute for it. Please share the report.")
	case form[0] == resetAtMillisecond:
		return conclude(sent+"; the reset is in "+string(form[0]), "The SDK does not understand this number. Please share the report.")
	}
	return conclude(sent+"; the reset is in "+string(form[0]), "The SDK recognizes this form, and waits for the reset once nothing remains. That is right.")
}

// token makes a client request a token between two requests whose answers say what remains.
func (p *opswatProbe) token(ctx context.Context, s *service) finding {
	if first := p.askFirstPage(ctx, s); len(p.quotas) == 0 {
		if _, ok := opswatRows(first); !ok {
			return opswatUnreadable(first)
		}
		return leavesOpen("not asked: no answer has X-RateLimit-Remaining")
	}
	client, err := p.connect()
	if err != nil {
		return leavesOpen("a second client could not be created")
	}
	p.client, p.needsToken = client, true
	before := p.quotas[len(p.quotas)-1]
	e := p.askDay(ctx, s)
	s.exchanges = append(s.exchanges, e)
	after := p.quotas[len(p.quotas)-1]
	others, exact := p.compareUse()
	drop, lists := before.remaining-after.remaining, after.lists-before.lists
	conclude := suggests
	if exact {
		conclude = settles
	}
	switch {
	case after.lists == before.lists:
		return leavesOpen("the answer after the token has no X-RateLimit-Remaining")
	case after.tokens-before.tokens != 1:
		return leavesOpen(fmt.Sprintf("%d tokens were requested in between instead of one", after.tokens-before.tokens))
	case others:
		return leavesOpen("somebody else uses the quota at the same time")
	case p.mayHaveReset(before, after):
		return leavesOpen("a part of the quota may have become free in between")
	case drop == lists:
		return conclude(fmt.Sprintf("no: %s and a token took %d", plural(lists, "request", "requests"), drop), "The SDK does not count them. That is right.")
	case drop == lists+1:
		return conclude(fmt.Sprintf("yes: %s and a token took %d", plural(lists, "request", "requests"), drop),
			"The SDK does not count them. Use activity.WithRateLimiter(activity.NewWindowLimiter(9, time.Minute)).")
	}
	return leavesOpen(fmt.Sprintf("%s and a token took %d of the quota, which shows nothing", plural(lists, "request", "requests"), drop))
}

// compareUse compares answers without a token request between them. others reports that more of the
// quota was used than the probe's own requests, and exact that they used one each.
func (p *opswatProbe) compareUse() (others, exact bool) {
	for i := 1; i < len(p.quotas); i++ {
		a, b := p.quotas[i-1], p.quotas[i]
		if a.tokens != b.tokens {
			continue
		}
		others = others || a.remaining-b.remaining > b.lists-a.lists
		exact = exact || a.remaining-b.remaining == b.lists-a.lists
	}
	return others, exact
}

// mayHaveReset reports whether time alone may have freed a part of the quota between two answers.
func (p *opswatProbe) mayHaveReset(before, after opswatQuota) bool {
	const slack = 2 * time.Second
	if before.hasReset && !before.reset.After(after.sent.Add(slack)) {
		return true
	}
	lists, tokens := p.pace.times()
	return slices.ContainsFunc(append(lists, tokens...), func(sent time.Time) bool {
		freed := sent.Add(time.Minute)
		return freed.After(before.sent.Add(-slack)) && freed.Before(after.sent.Add(slack))
	})
}

func (p *opswatProbe) window(context.Context, *service, exchange, []opswatRow) finding {
	if len(p.quotas) == 0 || !p.quotas[0].hasReset || p.quotas[0].limit < 0 {
		return leavesOpen("the answers do not say what remains of the quota and when it resets")
	}
	if p.quotas[0].limit-p.quotas[0].remaining > 2 {
		return leavesOpen("somebody else uses the quota")
	}
	begun := p.quotas[0]
	fixed, sliding := begun.limit-begun.remaining <= 1 && begun.reset.Sub(begun.sent) <= 55*time.Second, false
	for _, r := range p.quotas[1:] {
		f, s := p.fitsWindow(begun, r)
		fixed, sliding = fixed || f, sliding || s
	}
	const follows = "The SDK's limiter fits both. There is nothing to set."
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

// fitsWindow compares the use that an answer after the first reset reports with the requests since
// the reset (fixed) and with those of the last minute (sliding).
func (p *opswatProbe) fitsWindow(begun, r opswatQuota) (fixed, sliding bool) {
	const slack = 2 * time.Second
	if !r.hasReset || r.limit < 0 {
		return false, false
	}
	if r.sent.Before(begun.reset) { // a sliding reset moves with each request
		apart := r.sent.Sub(begun.sent)
		return false, apart >= opswatInterval/2 && (r.reset.Sub(begun.reset)-apart).Abs() < slack
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
