package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
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
