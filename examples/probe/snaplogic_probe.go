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
	end     time.Time // of the sample's list: no activity is listed before it any more
	sampled snapLogicAnswer
	tries   int
}

const (
	snapLogicPage     = 1000 // the usual limit of a request
	snapLogicMargin   = 2000 // milliseconds before and after a row that is searched for
	snapLogicMaxTries = 2    // requests for the sample before giving up
)

// get requests a list. Pairs are the names and values of its query.
func (p *snapLogicProbe) get(ctx context.Context, s *service, pairs ...string) snapLogicAnswer {
	return p.getRaw(ctx, s, snapLogicQuery("%20", pairs...))
}

func (p *snapLogicProbe) getRaw(ctx context.Context, s *service, query string) snapLogicAnswer {
	a := readSnapLogic(s.send(ctx, request{query: new(query)}))
	a.longest = len(p.sampled.rows)
	return a
}

// snapLogicQuery returns an encoded query with blanks written as given.
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

// sample returns the beginning of the list that ends an hour before its first request.
func (p *snapLogicProbe) sample(ctx context.Context, s *service) snapLogicAnswer {
	if p.tries == snapLogicMaxTries || p.tries > 0 && p.sampled.problem == "" {
		return p.sampled
	}
	p.tries++
	p.end = time.Now().Add(-time.Hour).Truncate(time.Millisecond)
	p.sampled = p.get(ctx, s, "end", snapLogicMillis(p.end.UnixMilli()), "limit", strconv.Itoa(snapLogicPage))
	return p.sampled
}

const snapLogicNoRows = "the account lists no activity that is older than an hour"

// onSample returns an asker that passes the sample on. The question stays open if the sample cannot
// be read.
func (p *snapLogicProbe) onSample(ask func(ctx context.Context, s *service, a snapLogicAnswer) finding) asker {
	return func(ctx context.Context, s *service) finding {
		a := p.sample(ctx, s)
		if a.problem != "" {
			return a.openList()
		}
		return ask(ctx, s, a)
	}
}

// onRows is onSample for a question that needs activities.
func (p *snapLogicProbe) onRows(ask func(ctx context.Context, s *service, a snapLogicAnswer) finding) asker {
	return p.onSample(func(ctx context.Context, s *service, a snapLogicAnswer) finding {
		if len(a.rows) == 0 {
			return leavesOpen(snapLogicNoRows)
		}
		return ask(ctx, s, a)
	})
}

// onSearchable is onSample for a question that needs activities it can search for.
func (p *snapLogicProbe) onSearchable(ask func(ctx context.Context, s *service, rows []snaplogic.Activity) finding) asker {
	return p.onSample(func(ctx context.Context, s *service, _ snapLogicAnswer) finding {
		rows := p.searchable()
		if len(rows) == 0 {
			return leavesOpen(snapLogicNoRows)
		}
		return ask(ctx, s, rows)
	})
}

// searchable returns the rows of the sample that have an id, and a time before the sample's end.
func (p *snapLogicProbe) searchable() (rows []snaplogic.Activity) {
	for _, row := range p.sampled.rows {
		if row.ID != "" && !row.CreateTime.IsZero() && row.CreateTime.Before(p.end) {
			rows = append(rows, row)
		}
	}
	return rows
}

// mostIsolated returns, of the rows that fit, the one with the fewest others around it, so that the
// list of its surroundings is short. A row at the edge of the sample may have more around it than
// the sample shows.
func (p *snapLogicProbe) mostIsolated(rows []snaplogic.Activity, fits func(snaplogic.Activity) bool) (best snaplogic.Activity, ok bool) {
	var times []int64
	for _, row := range p.searchable() {
		times = append(times, row.CreateTime.UnixMilli())
	}
	slices.Sort(times)
	fewest := 0
	for _, row := range rows {
		if row.ID == "" || row.CreateTime.IsZero() || !row.CreateTime.Before(p.end) || !fits(row) {
			continue
		}
		at := row.CreateTime.UnixMilli()
		from, _ := slices.BinarySearch(times, at-snapLogicMargin)
		to, _ := slices.BinarySearch(times, at+snapLogicMargin+1)
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

// around requests the surroundings of a row. Pairs are added to the query.
func (p *snapLogicProbe) around(ctx context.Context, s *service, row snaplogic.Activity, pairs ...string) snapLogicAnswer {
	return p.getRaw(ctx, s, snapLogicAroundQuery("%20", row, pairs...))
}

func snapLogicAroundQuery(blank string, row snaplogic.Activity, pairs ...string) string {
	at := row.CreateTime.UnixMilli()
	return snapLogicQuery(blank, append([]string{
		"start", snapLogicMillis(at - snapLogicMargin), "end", snapLogicMillis(at + snapLogicMargin), "limit", strconv.Itoa(snapLogicPage),
	}, pairs...)...)
}
