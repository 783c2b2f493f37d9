package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"
)

// service is a vendor's API, real or fake, with what is asked of it.
type service struct {
	name, title string
	where       string // whose account it is, for the user alone: it is not in the report
	fake        bool
	wire        *wire
	prepare     func(ctx context.Context) error // before the first request; nil: nothing
	preparation int                             // the most requests that prepare and the tokens need
	endpoints   []endpoint
	questions   []question

	user  *user
	asked []exchange // of the question that is being asked
}

// endpoint is one address of the service, asked once.
type endpoint struct {
	name    string
	request request
	missing string // why it cannot be asked; "": it can
}

// cost is the most requests that probing the service sends.
func (s *service) cost() int {
	n := s.preparation + len(s.endpoints)
	for _, q := range s.questions {
		n += q.cost
	}
	return n
}

// ask sends a request and keeps its exchange for the report.
func (s *service) ask(ctx context.Context, r request) exchange {
	e := s.wire.ask(ctx, r)
	s.asked = append(s.asked, e)
	return e
}

// probe asks everything, and prints what it finds as it goes.
func (s *service) probe(ctx context.Context, out io.Writer) serviceReport {
	fmt.Fprintf(out, "%s (%s)\n\n", s.title, s.where)
	r := serviceReport{Name: s.name, Fake: s.fake}
	s.wire.budget = s.cost()
	var works bool
	r.Checks, works = s.check(ctx)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, c := range r.Checks {
		fmt.Fprintf(table, "  %s\t%s\t%s\n", c.What, c.Result, c.ToDo)
	}
	_ = table.Flush() // out fails later too
	fmt.Fprintln(out)
	for _, q := range s.questions {
		e := entry{ID: q.id, Unknown: q.unknown, Why: q.why, Asked: q.asked}
		f := leavesOpen("not asked, since the account does not work")
		switch {
		case ctx.Err() != nil:
			f = leavesOpen("not asked, since the program was ended")
		case works:
			s.asked = nil
			f = q.ask(ctx, s)
			e.Exchanges = shapes(s.asked)
		}
		e.Answer, e.Certainty, e.Follows = f.answer, f.certainty, f.follows
		r.Questions = append(r.Questions, e)
		e.print(out)
	}
	r.Requests = s.wire.sent()
	fmt.Fprintf(out, "%d requests were sent.\n\n", r.Requests)
	return r
}

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

// judge says in the probe's own words how a request ended, and what to do about it. An answer that
// the SDK takes is ok, whatever its status: OPSWAT ends a list with 413.
func judge(e exchange) (result, toDo string) {
	if e.err == nil && e.status != 0 {
		return ok, ""
	}
	if reason, ok := errors.AsType[notAsked](e.err); ok {
		return "not asked: " + string(reason), ""
	}
	if e.err != nil {
		return explain(e.err)
	}
	return "nothing came back", "Please share the report."
}
