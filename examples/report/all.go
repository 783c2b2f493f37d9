package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/examples/report/internal/chart"
	"github.com/activity-sdk/activity/examples/report/internal/tally"
	"github.com/activity-sdk/activity/examples/report/internal/text"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/snaplogic"
)

// allSource reads the events of all vendors: from the configured services, from the fakes, or from
// a collector's file.
type allSource struct {
	events eventSource
	person string // whose day to show; "" for the most active person
	names  tally.Names
	most   int  // the most events on the page
	all    bool // the page ignores the span, since the user set none

	span tally.Span // of people
	read *tally.People
}

// people returns the events of a span by person. It reads them once for both reports.
func (e *allSource) people(ctx context.Context, span tally.Span) (tally.People, error) {
	if e.read == nil || e.span != span {
		p, err := tally.PeopleOf(e.events.of(ctx, span), e.names)
		if err != nil {
			return p, err
		}
		e.span, e.read = span, &p
	}
	return *e.read, nil
}

func allService(s settings) (source, error) {
	c, err := configuredClients(s)
	if err != nil {
		return source{}, err
	}
	return source{where: "your tenants", now: time.Now(), reports: s.allReports(&feedEvents{feeds: c.feeds()}, "your tenants")}, nil
}

func allFake(s settings) source {
	now := time.Now()
	s.names = maps.Clone(s.names)
	for name, person := range teamNames {
		if s.names[name] == "" {
			s.names[name] = person
		}
	}
	return source{where: fake, now: now, reports: s.allReports(&feedEvents{feeds: teamFakes(now).feeds()}, fake)}
}

func allRecorded(s settings) source {
	return source{reports: s.allReports(fileEvents{s.file}, s.fileTitle())}
}

func (s settings) allReports(events eventSource, where string) []report {
	e := &allSource{events: events, person: s.person, names: s.names, most: s.most, all: s.file != nil && s.since == 0}
	return []report{
		{"people", "who was most active?", 7 * day, e.busiest},
		{"day", "what did one person do in a day?", 7 * day, e.day},
		{"page", "what happened, event by event?", 7 * day, func(ctx context.Context, span tally.Span) (answer, error) { return e.page(ctx, span, where) }},
	}
}

// clients has a client per vendor, or nil if the vendor is not configured.
type clients struct {
	aspera     *aspera.Client
	snaplogic  *snaplogic.Client
	opswat     *opswat.Client
	sdelements *sdelements.Client
}

func configuredClients(s settings) (c clients, err error) {
	var errs [4]error
	c.aspera, _, errs[0] = asperaClient(s.env)
	c.snaplogic, _, errs[1] = snapLogicClient(s.env)
	c.opswat, errs[2] = opswatClient(s)
	c.sdelements, _, errs[3] = sdElementsClient(s.env)
	return c, errors.Join(errs[:]...)
}

func (c clients) feeds() (all []activity.Feed[activity.Event]) {
	if c.aspera != nil {
		own := c.aspera.OwnOrganization()
		all = append(all, activity.Events(own.TransferFeed(aspera.TransferQuery{})), activity.Events(own.ApplicationEventFeed(aspera.EventQuery{})))
	}
	if c.snaplogic != nil {
		all = append(all, activity.Events(c.snaplogic.ActivityFeed(snaplogic.ActivityQuery{})))
	}
	if c.opswat != nil {
		all = append(all, activity.Events(c.opswat.ActivityFeed(opswat.ActivityQuery{})))
	}
	if c.sdelements != nil {
		all = append(all, activity.Events(c.sdelements.ActivityFeed(sdelements.ActivityQuery{})))
	}
	return all
}

func (e *allSource) busiest(ctx context.Context, span tally.Span) (answer, error) {
	p, err := e.people(ctx, span)
	if err != nil {
		return answer{}, err
	}
	return peopleAnswer(p, span, e.names), nil
}

func peopleAnswer(p tally.People, span tally.Span, names tally.Names) answer {
	table := text.Table{Columns: []text.Column{{Name: "who"}, {Name: "events", Numeric: true}, {Name: "not successful", Numeric: true},
		{Name: "last (UTC)", Numeric: true}, {Name: "most frequent"}}}
	var grid tally.Grid
	for _, who := range p.Busiest {
		failed := 0
		var kinds tally.Grid
		for _, e := range p.Events[who] {
			grid.Add(who, e.Vendor, 1)
			kinds.Add("", string(e.Kind), 1)
			if e.Outcome == activity.OutcomeFailure || e.Outcome == activity.OutcomeBlocked {
				failed++
			}
		}
		if len(table.Rows) < tableRows {
			events := p.Events[who]
			table.Rows = append(table.Rows, []string{who, strconv.Itoa(len(events)), strconv.Itoa(failed), minute(events[len(events)-1].Time),
				kinds.Top(1, 1000).Columns[0]})
		}
	}
	result := answer{
		sections: []section{{caption: fmt.Sprintf("%d of %d people, most events first; %s", len(table.Rows), len(p.Busiest), period(span)), Table: table}},
		notes:    []string{fmt.Sprintf("%d events name nobody.", p.Nobody), namesNote(names)},
	}
	if ranking := grid.Top(barRows, chart.MaxSeries); len(ranking.Rows) > 0 {
		result.chart = chart.Bars{Title: "All vendors: events by person, " + dates(span), Axis: "events", Rows: ranking.Rows,
			Series: seriesOf(ranking), Heading: "vendor", Text: wholeNumber}
	}
	return result
}

// namesNote explains the names in use.
func namesNote(names tally.Names) string {
	note := "SD Elements knows people by number, so their events there are not joined with those at other vendors."
	if len(names) == 0 {
		return note + " -same 'sdelements 7=ada@example.com' names the person with a number."
	}
	same := make([]string, 0, len(names))
	for _, name := range slices.Sorted(maps.Keys(names)) {
		same = append(same, name+" is "+names[name])
	}
	return note + " -same names the person with a number. Here " + strings.Join(same, ", ") + "."
}

func (e *allSource) day(ctx context.Context, span tally.Span) (answer, error) {
	p, err := e.people(ctx, span)
	if err != nil {
		return answer{}, err
	}
	who := cmp.Or(e.names[e.person], e.person)
	switch {
	case len(p.Busiest) == 0:
		return answer{notes: []string{"There are no events of anybody in this time."}}, nil
	case who == "":
		who = p.Busiest[0]
	case len(p.Events[who]) == 0:
		return answer{}, errors.New("-person names nobody with events in this time; it takes a name as in the report above")
	}
	return dayAnswer(p, who), nil
}

func dayAnswer(p tally.People, who string) answer {
	date, events := p.BusiestDay(who)
	table := text.Table{Columns: []text.Column{{Name: "time (UTC)"}, {Name: "vendor"}, {Name: "kind"}, {Name: "outcome"}, {Name: "what"}}}
	for _, e := range events {
		if len(table.Rows) < 2*tableRows {
			table.Rows = append(table.Rows, []string{e.Time.UTC().Format("15:04:05"), e.Vendor, string(e.Kind), cmp.Or(string(e.Outcome), "-"),
				cmp.Or(e.Target.Name, e.Target.Path, e.Target.ID, e.Action)})
		}
	}
	return answer{
		sections: []section{{caption: fmt.Sprintf("%d of %d events of %s on %s, the day with the most events", len(table.Rows), len(events), who,
			date.Format(time.DateOnly)), Table: table}},
		notes: []string{"-person selects somebody else. An outcome is - if the vendor does not report it."},
		chart: byHour(events, who, date),
	}
}

// byHour returns a chart of the events of a day by hour, from the first to the last hour with
// events.
func byHour(events []activity.Event, who string, date time.Time) chart.Chart {
	first, last := events[0].Time.UTC().Hour(), events[len(events)-1].Time.UTC().Hour()
	bars := chart.Bars{Title: "All vendors: events of " + who + " on " + date.Format("2 Jan 2006") + ", by hour (UTC)", Axis: "events", Heading: "vendor", Text: wholeNumber}
	for hour := first; hour <= last; hour++ {
		bars.Rows = append(bars.Rows, fmt.Sprintf("%02d:00", hour))
	}
	byVendor := map[string][]float64{}
	for _, e := range events {
		if byVendor[e.Vendor] == nil {
			byVendor[e.Vendor] = make([]float64, len(bars.Rows))
		}
		byVendor[e.Vendor][e.Time.UTC().Hour()-first]++
	}
	for _, vendor := range slices.Sorted(maps.Keys(byVendor)) {
		bars.Series = append(bars.Series, chart.Series{Name: vendor, Values: byVendor[vendor]})
	}
	return bars
}
