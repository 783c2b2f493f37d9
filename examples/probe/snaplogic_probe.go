package main

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/activity-sdk/activity/snaplogic"
)

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
