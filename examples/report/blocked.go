package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/activity-sdk/activity/examples/report/internal/chart"
	"github.com/activity-sdk/activity/examples/report/internal/tally"
	"github.com/activity-sdk/activity/examples/report/internal/text"
	"github.com/activity-sdk/activity/opswat"
)

func (o opswatSource) blocked(ctx context.Context, span tally.Span) (answer, error) {
	span = span.WholeDays() // the service takes days
	pairs, err := tally.BlockedOf(ctx, o.client.Activities(opswat.ActivityQuery{StartDate: span.From, EndDate: span.Until,
		Actions: []opswat.Action{opswat.ActionBlocked}}))
	if err != nil {
		return answer{}, err
	}
	return blockedAnswer(pairs, span), nil
}

func blockedAnswer(pairs []tally.Blocked, span tally.Span) answer {
	table := text.Table{Columns: []text.Column{{Name: "application"}, {Name: "device"}, {Name: "device id"}, {Name: "users"},
		{Name: "blocked", Figures: true}, {Name: "last (UTC)", Figures: true}}}
	var grid tally.Grid
	whole := 0
	for i, b := range pairs {
		grid.Add(b.Device, b.App, float64(b.Times))
		whole += b.Times
		if i < tableRows {
			table.Rows = append(table.Rows, []string{b.App, b.Device, b.DeviceID, strings.Join(b.Users, ", "), strconv.Itoa(b.Times), when(b.Last)})
		}
	}
	result := answer{
		tables: []captioned{{fmt.Sprintf("%d of %d pairs of application and device, most blocked first; %d accesses; %s", len(table.Rows),
			len(pairs), whole, period(span)), table}},
		notes: []string{"Counted is the action \"blocked\" alone; \"monitored_block\" by its name let the access through. The service takes " +
			"whole days, and names no zone for its times: they are read as UTC. In the picture, devices of one name are one bar."},
	}
	if len(pairs) > 0 {
		ranking := grid.Top(barRows, chart.MaxSeries)
		result.chart = chart.Bars{Title: "OPSWAT Central Management: blocked accesses by device, " + dates(span), Axis: "blocked accesses",
			Rows: ranking.Rows, Series: stacked(ranking), Heading: "application", Text: count}
	}
	return result
}
