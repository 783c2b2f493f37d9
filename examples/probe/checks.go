package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// check is one part of what makes an account work.
type check struct {
	What   string `json:"what"`
	Result string `json:"result"` // "ok", or what is wrong in the probe's own words
	ToDo   string `json:"to_do,omitempty"`
}

// check asks each endpoint once. The account works if one of them answers.
func (s *service) check(ctx context.Context) (checks []check, works bool) {
	if s.prepare != nil {
		if err := s.prepare(ctx); err != nil {
			result, toDo := explain(err)
			return []check{{"account", result, toDo}}, false
		}
	}
	var answers []exchange
	for _, e := range s.endpoints {
		if e.missing != "" {
			checks = append(checks, check{e.name, "not asked", e.missing})
			continue
		}
		answer := s.wire.ask(ctx, e.request)
		answers = append(answers, answer)
		result, toDo := judge(answer)
		works = works || result == ok
		checks = append(checks, check{e.name, result, toDo})
	}
	return append(connection(answers), checks...), works
}

const ok = "ok"

// connection is what the answers tell about the way to the service.
func connection(answers []exchange) (checks []check) {
	i := slices.IndexFunc(answers, func(e exchange) bool { return e.status != 0 })
	if i < 0 {
		return nil // the endpoints say why
	}
	first := answers[i]
	checks = append(checks, check{What: "address", Result: ok})
	if first.tls != nil && len(first.tls.PeerCertificates) > 0 {
		left := time.Until(first.tls.PeerCertificates[0].NotAfter)
		c := check{What: "TLS", Result: ok}
		if left < 14*24*time.Hour {
			c.ToDo = fmt.Sprintf("The service's certificate ends in %d days.", int(left.Hours()/24))
		}
		checks = append(checks, c)
	}
	clock := check{What: "clock", Result: "the service sends no Date"}
	if !first.date.IsZero() {
		apart := first.sent.Add(first.took / 2).Sub(first.date)
		clock.Result = ok
		if apart.Abs() > 5*time.Second {
			clock.Result = fmt.Sprintf("this clock differs from the service's by %v", apart.Round(time.Second))
			clock.ToDo = "Set this clock by NTP: tokens and the ends of rounds go by it."
		}
	}
	return append(checks, clock)
}
