package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/activity-sdk/activity"
)

// envelope finds what is around the entries of an answer.
func (p *snapLogicProbe) envelope(ctx context.Context, s *service, first snapLogicAnswer) finding {
	later := p.get(ctx, s, "end", snapLogicMillis(p.end.UnixMilli()), "limit", "1", "offset", "1")
	if later.problem != "" {
		return suggests("the first page is "+first.envelope()+"; a later one could not be read: "+later.problem, "The SDK reads both forms.")
	}
	return settles(fmt.Sprintf("the first page is %s, a later one %s", first.envelope(), later.envelope()), "The SDK reads both forms. There is nothing to set.")
}

func (a snapLogicAnswer) envelope() string {
	switch {
	case len(a.exchange.body) == 0:
		return "without content"
	case a.wrapped:
		return "wrapped in response_map"
	}
	return "bare"
}

// status compares the statuses of a list, and those of an error.
func (p *snapLogicProbe) status(ctx context.Context, s *service) finding {
	a := p.sample(ctx, s)
	if a.exchange.status == 0 {
		return a.openList()
	}
	const reads = "The SDK reads all three, and reports the one that is no success."
	list := a.statuses()
	switch {
	case a.problem != "" && list.differ():
		return settles(fmt.Sprintf("no list came: %s, which differ", list), reads)
	case a.problem != "":
		return leavesOpen(fmt.Sprintf("no list came: %s", list))
	}
	answer := fmt.Sprintf("on a list %s", list)
	// A limit of 0 could mean all. A limit that is no number is at worst ignored.
	for _, wrong := range []string{"limit", "start"} {
		b := p.get(ctx, s, wrong, "none")
		switch statuses := b.statuses(); {
		case b.problem == "":
			continue // not refused
		case b.exchange.status == 0 || errors.Is(b.exchange.err, activity.ErrMalformed):
			return suggests(answer+"; an error was not seen: "+b.problem, reads)
		case statuses.differ() || list.differ():
			return settles(fmt.Sprintf("%s; on an error %s, which differ", answer, statuses), reads+" Your own programs have to read all of them, too.")
		default:
			return settles(fmt.Sprintf("%s; on an error %s, which do not differ", answer, statuses), reads+" There is nothing to set.")
		}
	}
	return suggests(answer+"; an error was not seen: a limit and a start that are no numbers are not refused", reads)
}

// snapLogicStatuses are the statuses in one answer.
type snapLogicStatuses struct {
	http         int
	header, body string // "": missing
}

func (a snapLogicAnswer) statuses() snapLogicStatuses {
	all := snapLogicStatuses{http: a.exchange.status}
	if values := a.exchange.header.Values("X-SL-StatusCode"); len(values) > 0 {
		all.header = snapLogicStatus(values[0])
	}
	var body struct {
		Status json.RawMessage `json:"http_status_code"`
	}
	if json.Unmarshal(a.exchange.body, &body) == nil && body.Status != nil && string(body.Status) != "null" {
		all.body = snapLogicStatus(strings.Trim(string(body.Status), `"`))
	}
	return all
}

// snapLogicStatus returns a status that may be shown: it hides other texts.
func snapLogicStatus(text string) string {
	if n, err := strconv.Atoi(strings.TrimSpace(text)); err == nil {
		return strconv.Itoa(n)
	}
	return "something that is no status"
}

func (s snapLogicStatuses) String() string {
	parts := []string{fmt.Sprintf("the HTTP status is %d", s.http)}
	for _, other := range []struct{ name, value string }{{"X-SL-StatusCode", s.header}, {"http_status_code", s.body}} {
		if other.value == "" {
			parts = append(parts, "there is no "+other.name)
			continue
		}
		parts = append(parts, other.name+" is "+other.value)
	}
	return strings.Join(parts, ", ")
}

// differ reports whether a status differs from that of HTTP.
func (s snapLogicStatuses) differ() bool {
	own := strconv.Itoa(s.http)
	return s.header != "" && s.header != own || s.body != "" && s.body != own
}
