package jetstream

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// checkSubject refuses what cannot begin the subject of a record.
func checkSubject(subject string) error {
	refuse := func(why string) error {
		return fmt.Errorf("%w: the subject %q %s: choose names with dots between them, such as activity or audit.prod", store.ErrRefused, subject, why)
	}
	if strings.HasPrefix(subject, "$") {
		return refuse("begins with $, which NATS keeps for itself")
	}
	for name := range strings.SplitSeq(subject, ".") {
		switch {
		case name == "":
			return refuse("has an empty name in it")
		case strings.ContainsAny(name, "*>"):
			return refuse("has a wildcard in it")
		case strings.ContainsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }):
			return refuse("has a space or a control character in it")
		}
	}
	return nil
}

// listens reports whether one of a stream's subjects covers all that a subject with a > at its end
// does.
func listens(subjects []string, wanted string) bool {
	for _, subject := range subjects {
		if covers(strings.Split(subject, "."), strings.Split(wanted, ".")) {
			return true
		}
	}
	return false
}

func covers(tokens, wanted []string) bool {
	for i, token := range tokens {
		switch {
		case i == len(wanted):
			return false
		case token == ">":
			return true
		case wanted[i] == ">", token != "*" && token != wanted[i]:
			return false
		}
	}
	return len(tokens) == len(wanted)
}
