package main

import (
	"cmp"
	"context"
	"fmt"
	"strconv"

	"github.com/activity-sdk/activity/examples/report/internal/chart"
	"github.com/activity-sdk/activity/examples/report/internal/tally"
	"github.com/activity-sdk/activity/examples/report/internal/text"
	"github.com/activity-sdk/activity/snaplogic"
)

func (l snapLogicSource) changes(ctx context.Context, span tally.Span) (answer, error) {
	projects, err := tally.ChangesOf(ctx, l.activities(snaplogic.ActivityQuery{Start: span.From, End: span.Until,
		EventTypes: tally.ChangeTypes, ProjectSpace: l.space, Project: l.project}))
	if err != nil {
		return answer{}, err
	}
	return changesAnswer(projects, span), nil
}

func changesAnswer(projects []tally.ProjectChanges, span tally.Span) answer {
	all := text.Table{Columns: []text.Column{{Name: "project space"}, {Name: "project"}, {Name: "changes", Numeric: true},
		{Name: "people", Numeric: true}}}
	for _, p := range projects[:min(tableRows, len(projects))] {
		all.Rows = append(all.Rows, []string{cmp.Or(p.Space, "(none)"), cmp.Or(p.Project, "(none)"), strconv.Itoa(p.Total), strconv.Itoa(p.People)})
	}
	result := answer{
		sections: []section{{caption: fmt.Sprintf("%d of %d projects, most changes first; %s", len(all.Rows), len(projects), period(span)), Table: all}},
		notes: []string{"Changes are assets that were created, updated, deleted, renamed or moved, and changes of owners and permissions. The service " +
			"keeps activities for 90 days. It does not keep those of a deleted project."},
	}
	if len(projects) == 0 {
		return result
	}
	p := projects[0]
	name := cmp.Or(p.Space, "(none)") + "/" + cmp.Or(p.Project, "(none)")
	of := text.Table{Columns: []text.Column{{Name: "who"}, {Name: "what"}, {Name: "kind"}, {Name: "asset"}, {Name: "times", Numeric: true},
		{Name: "last (UTC)", Numeric: true}}}
	for _, c := range p.Changes[:min(tableRows, len(p.Changes))] {
		of.Rows = append(of.Rows, []string{c.Who, string(c.What), c.Kind, c.Asset, strconv.Itoa(c.Times), minute(c.Last)})
	}
	var grid tally.Grid
	for _, c := range p.Changes {
		grid.Add(c.Who, string(c.What), float64(c.Times))
	}
	ranking := grid.Top(barRows, chart.MaxSeries)
	result.sections = append(result.sections,
		section{caption: fmt.Sprintf("%s: %d of %d different changes, most frequent first", name, len(of.Rows), len(p.Changes)), Table: of})
	result.chart = chart.Bars{Title: "SnapLogic: changes in " + name + " by user, " + dates(span), Axis: "changes", Rows: ranking.Rows,
		Series: seriesOf(ranking), Heading: "event type", Text: wholeNumber}
	return result
}

func wholeNumber(n float64) string { return strconv.FormatFloat(n, 'f', 0, 64) }
