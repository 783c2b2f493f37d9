package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/examples/report/internal/chart"
	"github.com/activity-sdk/activity/examples/report/internal/tally"
	"github.com/activity-sdk/activity/examples/report/internal/text"
	"github.com/activity-sdk/activity/examples/report/internal/unit"
)

func (a asperaSource) bandwidth(ctx context.Context, span tally.Span) (answer, error) {
	b, err := tally.BandwidthOf(ctx, a.transfers.OwnOrganization().Transfers(aspera.TransferQuery{Start: span.From, Stop: span.Until}), span)
	if err != nil {
		return answer{}, err
	}
	return bandwidthAnswer(b, span), nil
}

func bandwidthAnswer(b tally.Bandwidth, span tally.Span) answer {
	whole, peak := 0.0, 0.0
	for _, user := range b.Users {
		whole += float64(user.Bytes)
		peak = max(peak, user.Peak())
	}
	bits := unit.Bits(peak)
	bytes := unit.Bytes(whole)
	table := text.Table{Columns: []text.Column{{Name: "user"}, {Name: "transfers", Figures: true}, {Name: "failed", Figures: true},
		{Name: "sent " + bytes.Name, Figures: true}, {Name: "received " + bytes.Name, Figures: true},
		{Name: "share %", Figures: true}, {Name: "peak " + bits.Name, Figures: true}}}
	for _, user := range b.Users[:min(tableRows, len(b.Users))] {
		table.Rows = append(table.Rows, []string{user.User, strconv.Itoa(user.Transfers), strconv.Itoa(user.Failed),
			bytes.Text(float64(user.Sent)), bytes.Text(float64(user.Received)),
			strconv.FormatFloat(100*float64(user.Bytes)/max(whole, 1), 'f', 1, 64), bits.Text(user.Peak())})
	}
	caption := fmt.Sprintf("%d of %d users, most bytes first; %d transfers, %s %s; %s", len(table.Rows), len(b.Users), b.Transfers,
		bytes.Text(whole), bytes.Name, period(span))
	result := answer{
		tables: []captioned{{caption, table}},
		notes: []string{
			fmt.Sprintf("Peak is the highest mean over %s. The bytes of a transfer are spread evenly over its session, or until its "+
				"last update while it runs: the service gives no course. 1 GB is 10^9 bytes.", long(b.Step)),
			"A session that the service lists on both sides, sent and received, counts on both. Where it names no user, which is not a " +
				"documented member, the client's address stands for one.",
			"Sent and received are the directions send and receive. They are most likely the node's view: what a node sends, a user downloads.",
		},
	}
	if b.Unplaced > 0 {
		result.notes = append(result.notes, fmt.Sprintf("%d transfers have no times to be spread over: they are in the sums alone.", b.Unplaced))
	}
	if len(b.Users) > 0 {
		result.chart = bandwidthChart(b, span)
	}
	return result
}

func bandwidthChart(b tally.Bandwidth, span tally.Span) chart.Chart {
	shown := len(b.Users)
	if shown > chart.MaxSeries {
		shown = chart.MaxSeries - 1
	}
	series := make([]chart.Series, 0, chart.MaxSeries)
	for _, user := range b.Users[:shown] {
		series = append(series, chart.Series{Name: user.User, Values: user.Rates})
	}
	if others := b.Others(shown); others != nil {
		series = append(series, chart.Series{Name: fmt.Sprintf("%d others", len(b.Users)-shown), Values: others})
	}
	peak := 0.0
	for step := range b.Steps {
		sum := 0.0
		for _, s := range series {
			sum += s.Values[step]
		}
		peak = max(peak, sum)
	}
	bits := unit.Bits(peak)
	for i, s := range series {
		series[i].Values = make([]float64, b.Steps)
		for step, rate := range s.Values {
			series[i].Values[step] = bits.In(rate)
		}
	}
	return chart.Areas{Title: "Aspera on Cloud: throughput by user, " + dates(span),
		Axis:  fmt.Sprintf("throughput (%s), mean over %s", bits.Name, long(b.Step)),
		Begin: b.Begin, Step: b.Step, Series: series, Heading: "user, most bytes first"}
}
