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

// blocked asks for the accesses of all actions at once: the service answers ten requests a minute,
// and a share needs those that were let through, too.
func (o opswatSource) blocked(ctx context.Context, span tally.Span) (answer, error) {
	span = span.WholeDays() // the service takes days
	sum, err := tally.BlockedOf(ctx, o.activities(opswat.ActivityQuery{StartDate: span.From, EndDate: span.Until}))
	if err != nil {
		return answer{}, err
	}
	return blockedAnswer(sum, span, o.zone), nil
}

func blockedAnswer(sum tally.Blocks, span tally.Span, zone string) answer {
	pairs := text.Table{Columns: []text.Column{{Name: "application"}, {Name: "device"}, {Name: "users"},
		{Name: "blocked", Figures: true}, {Name: "of", Figures: true}, {Name: "share %", Figures: true}, {Name: "last (UTC)", Figures: true}}}
	var grid tally.Grid
	for i, b := range sum.Pairs {
		grid.Add(b.Device, b.App, float64(b.Times))
		if i < tableRows {
			pairs.Rows = append(pairs.Rows, []string{b.App, device(b, sum.Pairs), strings.Join(b.Users, ", "), strconv.Itoa(b.Times), strconv.Itoa(b.All),
				share(float64(b.Times), float64(b.All)), when(b.Last)})
		}
	}
	rules := text.Table{Columns: []text.Column{{Name: "rule"}, {Name: "state of the device"}, {Name: "blocked", Figures: true}, {Name: "of", Figures: true},
		{Name: "share %", Figures: true}}}
	for _, r := range sum.Rules[:min(tableRows, len(sum.Rules))] {
		rules.Rows = append(rules.Rows, []string{r.Rule, r.State, strconv.Itoa(r.Times), strconv.Itoa(r.All), share(float64(r.Times), float64(r.All))})
	}
	result := answer{
		tables: []captioned{
			{caption: fmt.Sprintf("%d of %d pairs of application and device, most blocked first; %d of %d accesses were blocked, which is %s %%; %s",
				len(pairs.Rows), len(sum.Pairs), sum.Blocked, sum.All, share(float64(sum.Blocked), float64(sum.All)), period(span)), Table: pairs},
			{caption: fmt.Sprintf("What blocked them: %d of %d pairs of rule and state, most blocked first", len(rules.Rows), len(sum.Rules)), Table: rules},
		},
		notes: []string{
			"Blocked is the action \"blocked\" alone; \"monitored_block\" by its name let the access through. \"of\" counts the accesses of all " +
				"actions: of that device to that application, or those to which the rule was applied in that state.",
			"The service takes whole days, and names no zone for its times: they are read " + zone + ". In the picture, devices of one name are one bar.",
		},
	}
	if len(sum.Pairs) > 0 {
		ranking := grid.Top(barRows, chart.MaxSeries)
		result.chart = chart.Bars{Title: "OPSWAT Central Management: blocked accesses by device, " + dates(span), Axis: "blocked accesses",
			Rows: ranking.Rows, Series: stacked(ranking), Heading: "application", Text: count}
	}
	return result
}

// device is the device's name, with its id where another device has the same name.
func device(b tally.Blocked, all []tally.Blocked) string {
	if slices.ContainsFunc(all, func(other tally.Blocked) bool { return other.Device == b.Device && other.DeviceID != b.DeviceID }) {
		return b.Device + " (" + cmp.Or(b.DeviceID, "no id") + ")"
	}
	return b.Device
}
