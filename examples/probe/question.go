package main

import (
	"context"
	"slices"
	"strings"
)

// question is something that is not known about a service.
type question struct {
	id      string // names it in the documentation, as in "snaplogic.start"
	unknown string // what is not known
	why     string // why it matters to a user
	method  string // how the probe finds out
	cost    int    // the most requests that it sends
	ask     asker
}

// asker finds the answer to a question.
type asker func(ctx context.Context, s *service) finding

// certainty is how sure an answer is.
type certainty string

const (
	settled certainty = "settled" // the service showed it
	likely  certainty = "likely"  // no other known answer fits what the service showed
	open    certainty = "open"    // the service showed nothing about it
)

// finding is the answer to a question. Its texts must show nothing of the tenant: they are made of
// the probe's own words, numbers, and words that every tenant has.
type finding struct {
	answer    string
	certainty certainty
	follows   string // what the answer means for the user of the SDK; "": nothing
}

func settles(answer, follows string) finding  { return finding{answer, settled, follows} }
func suggests(answer, follows string) finding { return finding{answer, likely, follows} }

// leavesOpen returns a finding without an answer. why is the reason.
func leavesOpen(why string) finding { return finding{why, open, ""} }

// joinFindings returns one finding for the parts of a question. It has their certainty if that is
// the same for all, and is likely otherwise.
func joinFindings(parts ...finding) finding {
	whole := finding{certainty: parts[0].certainty}
	var answers, follows []string
	for _, p := range parts {
		answer := p.answer
		if p.certainty == open {
			answer += " (open)"
		}
		answers = append(answers, answer)
		if p.follows != "" && !slices.Contains(follows, p.follows) {
			follows = append(follows, p.follows)
		}
		if p.certainty != whole.certainty {
			whole.certainty = likely
		}
	}
	whole.answer, whole.follows = strings.Join(answers, "; "), strings.Join(follows, " ")
	return whole
}
