package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/activity-sdk/activity/examples/report/internal/chart"
	"github.com/activity-sdk/activity/examples/report/internal/tally"
	"github.com/activity-sdk/activity/examples/report/internal/text"
	"github.com/activity-sdk/activity/sdelements"
)

func (e sdElementsSource) projects(ctx context.Context, span tally.Span) (answer, error) {
	sums, err := tally.ProjectActivitiesOf(ctx, e.activities(sdelements.ActivityQuery{DateFrom: span.From, DateTo: span.Until}))
	if err != nil {
		return answer{}, err
	}
	return projectsAnswer(sums, span), nil
}

func projectsAnswer(sums []tally.ProjectActivity, span tally.Span) answer {
	table := text.Table{Columns: []text.Column{{Name: "project"}, {Name: "user"}, {Name: "activities", Numeric: true},
		{Name: "last (UTC)", Numeric: true}, {Name: "most frequent"}}}
	var grid tally.Grid
	outside, pairs := 0, 0
	for _, p := range sums {
		if p.Project == "" {
			outside += p.Times
			continue
		}
		pairs++
		grid.Add(p.Project, actor(p.Actor), float64(p.Times))
		if len(table.Rows) < tableRows {
			table.Rows = append(table.Rows, []string{p.Project, actor(p.Actor), strconv.Itoa(p.Times), minute(p.Last),
				p.Mostly})
		}
	}
	ranking := grid.Top(barRows, chart.MaxSeries)
	result := answer{
		sections: []section{{caption: fmt.Sprintf("%d of %d pairs of project and user, most active first; %s", len(table.Rows), pairs, period(span)),
			Table: table}},
		notes: []string{fmt.Sprintf("%d activities, such as logins, name no project and are not counted. Users are shown by id: the service "+
			"names them in sentences only. Projects are identified by name, since deleted ones have no id.", outside)},
	}
	if len(ranking.Rows) > 0 {
		result.chart = chart.Bars{Title: "SD Elements: activities by project, " + dates(span), Axis: "activities", Rows: ranking.Rows,
			Series: seriesOf(ranking), Heading: "user", Text: wholeNumber}
	}
	return result
}

func actor(id int64) string {
	if id == 0 {
		return "(nobody named)"
	}
	return "user " + strconv.FormatInt(id, 10)
}
