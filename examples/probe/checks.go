package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// check is the result of one check of the account.
type check struct {
	What   string `json:"what"`
	Result string `json:"result"` // "ok", or what is wrong in the probe's own words
	ToDo   string `json:"to_do,omitempty"`
}

// check sends one request to each endpoint. The account works if one of them answers.
func (s *service) check(ctx context.Context) (checks []check, works bool) {
	if s.prepare != nil {
		if err := s.prepare(ctx); err != nil {
			result, toDo := explainError(err)
			return []check{{"account", result, toDo}}, false
		}
	}
	var answers []exchange
	for _, e := range s.endpoints {
		if e.missing != "" {
			checks = append(checks, check{e.name, "not asked", e.missing})
			continue
		}
		answer := s.sender.send(ctx, e.request)
		answers = append(answers, answer)
		result, toDo := outcome(answer)
		works = works || result == resultOK
		checks = append(checks, check{e.name, result, toDo})
	}
	return append(connection(answers), checks...), works
}

// connection returns the checks of the address, the certificate and the clock.
func connection(answers []exchange) (checks []check) {
	i := slices.IndexFunc(answers, func(e exchange) bool { return e.status != 0 })
	if i < 0 {
		return nil // the checks of the endpoints say why
	}
	first := answers[i]
	checks = append(checks, check{What: "address", Result: resultOK})
	if first.tls != nil && len(first.tls.PeerCertificates) > 0 {
		left := time.Until(first.tls.PeerCertificates[0].NotAfter)
		c := check{What: "TLS", Result: resultOK}
		if left < 14*24*time.Hour {
			c.ToDo = fmt.Sprintf("The service's certificate expires in %d days.", int(left.Hours()/24))
		}
		checks = append(checks, c)
	}
	clock := check{What: "clock", Result: "the service sends no Date"}
	if !first.date.IsZero() {
		apart := first.sent.Add(first.took / 2).Sub(first.date)
		clock.Result = resultOK
		if apart.Abs() > 5*time.Second {
			clock.Result = fmt.Sprintf("differs by %v from the service's clock", apart.Round(time.Second))
			clock.ToDo = "Synchronize this machine's clock: tokens and the rounds of feeds depend on it."
		}
	}
	return append(checks, clock)
}
