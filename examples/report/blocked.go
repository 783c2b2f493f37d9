package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/activity-sdk/activity/examples/report/internal/chart"
	"github.com/activity-sdk/activity/examples/report/internal/tally"
	"github.com/activity-sdk/activity/examples/report/internal/text"
	"github.com/activity-sdk/activity/opswat"
)

// blocked reads the accesses of all actions at once, since a percentage needs the allowed accesses
// too, and the service allows ten requests per minute.
func (o opswatSource) blocked(ctx context.Context, span tally.Span) (answer, error) {
	span = span.WholeDays() // the service takes whole days
	sum, err := tally.BlockedOf(ctx, o.activities(opswat.ActivityQuery{StartDate: span.From, EndDate: span.Until}))
	if err != nil {
		return answer{}, err
	}
	return blockedAnswer(sum, span, o.zone), nil
}

func blockedAnswer(sum tally.Blocks, span tally.Span, zone string) answer {
	pairs := text.Table{Columns: []text.Column{{Name: "application"}, {Name: "device"}, {Name: "users"},
		{Name: "blocked", Numeric: true}, {Name: "of", Numeric: true}, {Name: "share %", Numeric: true}, {Name: "last (UTC)", Numeric: true}}}
	var grid tally.Grid
	for i, b := range sum.Pairs {
		grid.Add(b.Device, b.App, float64(b.Times))
		if i < tableRows {
			pairs.Rows = append(pairs.Rows, []string{b.App, device(b, sum.Pairs), strings.Join(b.Users, ", "), strconv.Itoa(b.Times), strconv.Itoa(b.All),
				percent(float64(b.Times), float64(b.All)), minute(b.Last)})
		}
	}
	rules := text.Table{Columns: []text.Column{{Name: "rule"}, {Name: "device status"}, {Name: "blocked", Numeric: true}, {Name: "of", Numeric: true},
		{Name: "share %", Numeric: true}}}
	for _, r := range sum.Rules[:min(tableRows, len(sum.Rules))] {
		rules.Rows = append(rules.Rows, []string{r.Rule, r.State, strconv.Itoa(r.Times), strconv.Itoa(r.All), percent(float64(r.Times), float64(r.All))})
	}
	result := answer{
		sections: []section{
			{caption: fmt.Sprintf("%d of %d pairs of application and device, most blocked first; %d of %d accesses were blocked, which is %s %%; %s",
				len(pairs.Rows), len(sum.Pairs), sum.Blocked, sum.All, percent(float64(sum.Blocked), float64(sum.All)), period(span)), Table: pairs},
			{caption: fmt.Sprintf("What blocked them: %d of %d pairs of rule and status, most blocked first", len(rules.Rows), len(sum.Rules)), Table: rules},
		},
		notes: []string{
			"Blocked counts the action \"blocked\" only: \"monitored_block\", by its name, allowed the access. \"of\" counts the accesses of all " +
				"actions: of that device to that application, or in that status to which the rule applied.",
			"The service takes whole days, and its times have no zone: this report reads them " + zone + ". In the chart, devices with equal names are one bar.",
		},
	}
	if len(sum.Pairs) > 0 {
		ranking := grid.Top(barRows, chart.MaxSeries)
		result.chart = chart.Bars{Title: "OPSWAT Central Management: blocked accesses by device, " + dates(span), Axis: "blocked accesses",
			Rows: ranking.Rows, Series: seriesOf(ranking), Heading: "application", Text: wholeNumber}
	}
	return result
}

// device returns the name of a device, with its id if another device has the same name.
func device(b tally.Blocked, all []tally.Blocked) string {
	if slices.ContainsFunc(all, func(other tally.Blocked) bool { return other.Device == b.Device && other.DeviceID != b.DeviceID }) {
		return b.Device + " (" + cmp.Or(b.DeviceID, "no id") + ")"
	}
	return b.Device
}
