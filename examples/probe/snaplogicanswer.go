package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
)

// snapLogicAnswer is an answer of SnapLogic's, as far as the questions go by it.
type snapLogicAnswer struct {
	exchange exchange
	rows     []snaplogic.Activity
	total    int // of the list; -1: the answer does not say
	limit    int // as the answer has it; -1: it has none
	longest  int // how many rows an answer to the same limit had before
	wrapped  bool
	refusal  int    // the status of an answer that refuses the request; 0: it does not
	problem  string // why there are no rows, in the probe's own words; "": it is a list
}

// readSnapLogic understands an exchange. Whether it is a list is for the SDK to say.
func readSnapLogic(e exchange) snapLogicAnswer {
	a := snapLogicAnswer{exchange: e, total: -1, limit: -1}
	failure, isOurs := errors.AsType[*activity.Error](e.err)
	switch {
	case e.err != nil:
		a.problem, _ = explain(e.err)
		if errors.Is(e.err, activity.ErrInvalid) && e.status != 0 && isOurs {
			a.refusal = failure.StatusCode
		}
		return a
	case e.status == http.StatusNoContent: // an empty list
		a.total = 0
		return a
	}
	type page struct {
		Total   json.RawMessage   `json:"total"`
		Limit   json.RawMessage   `json:"limit"`
		Entries []json.RawMessage `json:"entries"`
	}
	var whole struct {
		Inner *page `json:"response_map"`
		page
	}
	if json.Unmarshal(e.body, &whole) != nil {
		a.problem = "the SDK understands the answer, and the probe does not"
		return a
	}
	in := &whole.page
	if whole.Inner != nil {
		in, a.wrapped = whole.Inner, true
	}
	a.total, a.limit = snapLogicInt(in.Total), snapLogicInt(in.Limit)
	for _, entry := range in.Entries {
		var row snaplogic.Activity
		_ = row.UnmarshalJSON(entry) // it is JSON, since it was decoded
		a.rows = append(a.rows, row)
	}
	return a
}

// snapLogicInt reads a number, also one in quotes; -1: it is none, or a negative one.
func snapLogicInt(value json.RawMessage) int {
	n, err := strconv.Atoi(strings.Trim(string(value), `"`))
	if err != nil || n < 0 {
		return -1
	}
	return n
}

// complete reports whether the answer has all that its query leaves of the list, so that a row
// which is not in it is not listed. Where the service does not count, an answer is complete if it
// could have been longer.
func (a snapLogicAnswer) complete() bool {
	if a.problem != "" {
		return false
	}
	if a.total >= 0 {
		return len(a.rows) >= a.total
	}
	return len(a.rows) < a.longest
}

func (a snapLogicAnswer) has(id string) bool {
	return slices.ContainsFunc(a.rows, func(row snaplogic.Activity) bool { return row.ID == id })
}

// ids are those of the rows, in their order.
func (a snapLogicAnswer) ids() []string {
	ids := make([]string, len(a.rows))
	for i := range a.rows {
		ids[i] = a.rows[i].ID
	}
	return ids
}

// snapLogicProbe is what the questions about SnapLogic share.
type snapLogicProbe struct {
	end     time.Time // of the list that is asked about: no activity comes in before it any more
	sampled snapLogicAnswer
	tries   int
}

const (
	snapLogicPage  = 1000 // rows that are asked for where it is not said otherwise
	snapLogicNear  = 2000 // milliseconds on either side of a row that is looked for
	snapLogicTries = 2    // of the sample, after which it is not asked for again
)

// get asks for a list. Pairs are the names and values of its query.
func (p *snapLogicProbe) get(ctx context.Context, s *service, pairs ...string) snapLogicAnswer {
	return p.getRaw(ctx, s, snapLogicQuery("%20", pairs...))
}

func (p *snapLogicProbe) getRaw(ctx context.Context, s *service, query string) snapLogicAnswer {
	a := readSnapLogic(s.ask(ctx, request{query: new(query)}))
	a.longest = len(p.sampled.rows)
	return a
}

// snapLogicQuery writes a query in which blanks stand as they are told to.
func snapLogicQuery(blank string, pairs ...string) string {
	var b strings.Builder
	for i := 0; i+1 < len(pairs); i += 2 {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(pairs[i] + "=" + strings.ReplaceAll(url.QueryEscape(pairs[i+1]), "+", blank))
	}
	return b.String()
}

func snapLogicMillis(ms int64) string { return strconv.FormatInt(max(ms, 0), 10) }

// sample is the beginning of the list that ended an hour before it was asked for first.
func (p *snapLogicProbe) sample(ctx context.Context, s *service) snapLogicAnswer {
	if p.tries == snapLogicTries || p.tries > 0 && p.sampled.problem == "" {
		return p.sampled
	}
	p.tries++
	p.end = time.Now().Add(-time.Hour).Truncate(time.Millisecond)
	p.sampled = p.get(ctx, s, "end", snapLogicMillis(p.end.UnixMilli()), "limit", strconv.Itoa(snapLogicPage))
	return p.sampled
}

// openList says why a list that was asked for does not help.
func (a snapLogicAnswer) openList() finding {
	return leavesOpen("the list could not be read: " + a.problem)
}

const snapLogicNone = "the account lists no activity that is older than an hour"

// old are the rows of the sample that can be looked for: those with an id and a time, which is that
// of no row before the sample's end.
func (p *snapLogicProbe) old() (rows []snaplogic.Activity) {
	for _, row := range p.sampled.rows {
		if row.ID != "" && !row.CreateTime.IsZero() && row.CreateTime.Before(p.end) {
			rows = append(rows, row)
		}
	}
	return rows
}

// loneliest returns the row of those that fit which has the fewest of the sample around it: the
// list of what is there then is short. Rows at the edge of the sample have more around them than
// it shows.
func (p *snapLogicProbe) loneliest(rows []snaplogic.Activity, fits func(snaplogic.Activity) bool) (best snaplogic.Activity, ok bool) {
	var times []int64
	for _, row := range p.old() {
		times = append(times, row.CreateTime.UnixMilli())
	}
	slices.Sort(times)
	fewest := 0
	for _, row := range rows {
		if row.ID == "" || row.CreateTime.IsZero() || !row.CreateTime.Before(p.end) || !fits(row) {
			continue
		}
		at := row.CreateTime.UnixMilli()
		from, _ := slices.BinarySearch(times, at-snapLogicNear)
		to, _ := slices.BinarySearch(times, at+snapLogicNear+1)
		around := to - from
		if from == 0 && !p.sampled.complete() {
			around += snapLogicPage
		}
		if !ok || around < fewest {
			best, fewest, ok = row, around, true
		}
	}
	return best, ok
}

// near asks for what is around a row, and leaves the query's other pairs.
func (p *snapLogicProbe) near(ctx context.Context, s *service, row snaplogic.Activity, pairs ...string) snapLogicAnswer {
	return p.getRaw(ctx, s, snapLogicNearQuery("%20", row, pairs...))
}

func snapLogicNearQuery(blank string, row snaplogic.Activity, pairs ...string) string {
	at := row.CreateTime.UnixMilli()
	return snapLogicQuery(blank, append([]string{
		"start", snapLogicMillis(at - snapLogicNear), "end", snapLogicMillis(at + snapLogicNear), "limit", strconv.Itoa(snapLogicPage),
	}, pairs...)...)
}

// presence is whether a row is in an answer.
type presence string

const (
	listed   presence = "listed"
	unlisted presence = "not listed"
	unsure   presence = "unsure" // the answer does not show it
)

func (a snapLogicAnswer) presence(id string) presence {
	switch {
	case a.has(id):
		return listed
	case a.complete():
		return unlisted
	}
	return unsure
}

// snapLogicCount is a number of activities in words.
func snapLogicCount(n int) string { return number(n, "activity", "activities") }
