package main

import "context"

// question is something that is not known about a service.
type question struct {
	id      string // names it in the documentation, as in "snaplogic.start"
	unknown string // what is not known
	why     string // why it matters to a user
	asked   string // how it is asked
	cost    int    // the most requests that it sends
	ask     func(ctx context.Context, s *service) finding
}

// certainty is how sure an answer is.
type certainty string

const (
	settled certainty = "settled" // the service showed it
	likely  certainty = "likely"  // what the service showed fits no other answer that is known
	open    certainty = "open"    // the service showed nothing about it
)

// finding is the answer to a question. Both texts are made of the probe's own words, of numbers and
// of words that every tenant has: they must show nothing of the tenant.
type finding struct {
	answer    string
	certainty certainty
	follows   string // which option or field it concerns, and what to do; "" is nothing
}

func settles(answer, follows string) finding  { return finding{answer, settled, follows} }
func suggests(answer, follows string) finding { return finding{answer, likely, follows} }

// leavesOpen says why there is no answer.
func leavesOpen(why string) finding { return finding{why, open, ""} }
