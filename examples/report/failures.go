package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/activity-sdk/activity/examples/report/internal/chart"
	"github.com/activity-sdk/activity/examples/report/internal/tally"
	"github.com/activity-sdk/activity/examples/report/internal/text"
	"github.com/activity-sdk/activity/snaplogic"
)

func (l snapLogicSource) failures(ctx context.Context, span tally.Span) (answer, error) {
	users, err := tally.FailuresOf(ctx, l.client.Activities(snaplogic.ActivityQuery{Start: span.From, End: span.Until,
		EventTypes: tally.FailureTypes}))
	if err != nil {
		return answer{}, err
	}
	return failuresAnswer(users, span), nil
}

func failuresAnswer(users []tally.Failures, span tally.Span) answer {
	table := text.Table{Columns: []text.Column{{Name: "user"}, {Name: "failed logins", Figures: true}, {Name: "lockouts", Figures: true},
		{Name: "addresses", Figures: true}, {Name: "last (UTC)", Figures: true}}}
	var grid tally.Grid
	for i, user := range users {
		grid.Add(user.User, "failed logins", float64(user.Failed))
		if user.Lockouts > 0 {
			grid.Add(user.User, "lockouts", float64(user.Lockouts))
		}
		if i < tableRows {
			table.Rows = append(table.Rows, []string{user.User, strconv.Itoa(user.Failed), strconv.Itoa(user.Lockouts),
				strconv.Itoa(user.Addresses), when(user.Last)})
		}
	}
	result := answer{tables: []captioned{
		{fmt.Sprintf("%d of %d users, most failures first; %s", len(table.Rows), len(users), period(span)), table},
	}, notes: []string{"Addresses counts the different ones that the failures came from. Logins that fail at your own identity provider do " +
		"not reach SnapLogic, and so are not here."}}
	if len(users) > 0 {
		ranking := grid.Top(barRows, chart.MaxSeries)
		result.chart = chart.Bars{Title: "SnapLogic: failed logins by user, " + dates(span), Axis: "failed logins and lockouts",
			Rows: ranking.Rows, Series: stacked(ranking), Heading: "event", Text: count}
	}
	return result
}
