package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
)

// service is a vendor's API, real or fake, with the questions about it.
type service struct {
	name, title string
	where       string // names the account to the user; it is not in the report
	fake        bool
	sender      *sender
	prepare     func(ctx context.Context) error // runs before the first request; may be nil
	preparation int                             // the most requests that prepare and the tokens need
	endpoints   []endpoint
	questions   []question

	prompt    *prompt
	exchanges []exchange // of the current question
}

// endpoint is an address of the service that the probe checks.
type endpoint struct {
	name    string
	request request
	missing string // why it cannot be checked; "": it can
}

// cost returns the most requests that probing the service sends.
func (s *service) cost() int {
	n := s.preparation + len(s.endpoints)
	for _, q := range s.questions {
		n += q.cost
	}
	return n
}

// send sends a request and keeps its exchange for the report.
func (s *service) send(ctx context.Context, r request) exchange {
	e := s.sender.send(ctx, r)
	s.exchanges = append(s.exchanges, e)
	return e
}

// probe checks the account and asks all questions. It prints each finding at once.
func (s *service) probe(ctx context.Context, out io.Writer) serviceReport {
	fmt.Fprintf(out, "%s (%s)\n\n", s.title, s.where)
	r := serviceReport{Name: s.name, Fake: s.fake}
	s.sender.budget = s.cost()
	var works bool
	r.Checks, works = s.check(ctx)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, c := range r.Checks {
		fmt.Fprintf(table, "  %s\t%s\t%s\n", c.What, c.Result, c.ToDo)
	}
	_ = table.Flush() // a broken out fails later too
	fmt.Fprintln(out)
	for _, q := range s.questions {
		e := entry{ID: q.id, Unknown: q.unknown, Why: q.why, Asked: q.method}
		f := leavesOpen("not asked, since the account does not work")
		switch {
		case ctx.Err() != nil:
			f = leavesOpen("not asked, since the program was interrupted")
		case works:
			s.exchanges = nil
			f = q.ask(ctx, s)
			e.Exchanges = shapes(s.exchanges)
		}
		e.Answer, e.Certainty, e.Follows = f.answer, f.certainty, f.follows
		r.Questions = append(r.Questions, e)
		e.print(out)
	}
	r.Requests = s.sender.sent()
	fmt.Fprintf(out, "%d requests were sent.\n\n", r.Requests)
	return r
}
