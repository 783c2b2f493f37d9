package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/activity-sdk/activity/examples/report/internal/chart"
	"github.com/activity-sdk/activity/examples/report/internal/tally"
	"github.com/activity-sdk/activity/examples/report/internal/text"
	"github.com/activity-sdk/activity/examples/report/internal/unit"
)

// mega is the number of bit/s in one Mbit/s, the unit of a limit.
const mega = 1e6

func (a asperaSource) bandwidth(ctx context.Context, span tally.Span) (answer, error) {
	b, err := tally.BandwidthOf(ctx, a.transfers(span), span)
	if err != nil {
		return answer{}, err
	}
	return bandwidthAnswer(b, span, a.limit), nil
}

// bandwidthAnswer takes a limit in Mbit/s, or 0 for no limit.
func bandwidthAnswer(b tally.Bandwidth, span tally.Span, limit float64) answer {
	whole, peak := 0.0, 0.0
	for _, user := range b.Users {
		whole += float64(user.Bytes)
		peak = max(peak, user.Peak())
	}
	bits := unit.Bits(peak)
	bytes := unit.Bytes(whole)
	table := text.Table{Columns: []text.Column{{Name: "user"}, {Name: "transfers", Numeric: true}, {Name: "failed", Numeric: true},
		{Name: "sent " + bytes.Name, Numeric: true}, {Name: "received " + bytes.Name, Numeric: true},
		{Name: "share %", Numeric: true}, {Name: "peak " + bits.Name, Numeric: true}}}
	for _, user := range b.Users[:min(tableRows, len(b.Users))] {
		table.Rows = append(table.Rows, []string{user.User, strconv.Itoa(user.Transfers), strconv.Itoa(user.Failed),
			bytes.Text(float64(user.Sent)), bytes.Text(float64(user.Received)), percent(float64(user.Bytes), whole), bits.Text(user.Peak())})
	}
	caption := fmt.Sprintf("%d of %d users, most bytes first; %d transfers, %s %s; %s", len(table.Rows), len(b.Users), b.Transfers,
		bytes.Text(whole), bytes.Name, period(span))
	result := answer{
		sections: []section{{caption: caption, Table: table}},
		notes: []string{
			fmt.Sprintf("Peak is the highest mean over %s. The report spreads the bytes of a transfer evenly over its session, or until its "+
				"last update if it still runs: the service does not say when they were sent. 1 GB is 10^9 bytes.", durationText(b.Step)),
			"A session that the service lists on both sides, sent and received, counts on both. If a transfer names no user (the member is " +
				"not documented), the client's address is shown.",
			"Sent and received are the directions send and receive. Most likely they are those of the node: what a node sends, a user downloads.",
		},
	}
	if b.Untimed > 0 {
		result.notes = append(result.notes, fmt.Sprintf("%d transfers have no times. They are in the sums, but not in the rates.", b.Untimed))
	}
	if limit > 0 {
		over := b.Excesses(limit * mega)
		result.sections = append(result.sections, excessTable(over, limit, b.Step))
		result.notes = append(result.notes, fmt.Sprintf("The limit is for one user, sent and received together: a mean of %s over %s. With a shorter time "+
			"(-since), the steps are shorter.", rate(limit), durationText(b.Step)))
		b.Users = sortByExcess(b.Users, over)
	} else {
		result.notes = append(result.notes, "No limit is set. -limit 500 lists who used more than 500 Mbit/s, when and for how long.")
	}
	if len(b.Users) > 0 {
		result.chart = bandwidthChart(b, span, limit)
	}
	return result
}

// rate formats a limit.
func rate(limit float64) string { return strconv.FormatFloat(limit, 'f', -1, 64) + " Mbit/s" }

// excessTable lists who was above the limit, longest first.
func excessTable(over []tally.Excess, limit float64, step time.Duration) section {
	users := map[string]bool{}
	for _, o := range over {
		users[o.User] = true
	}
	over = slices.SortedStableFunc(slices.Values(over), func(x, y tally.Excess) int {
		return cmp.Or(cmp.Compare(y.Duration(), x.Duration()), cmp.Compare(y.Mean, x.Mean))
	})
	table := text.Table{Columns: []text.Column{{Name: "user"}, {Name: "from (UTC)", Numeric: true}, {Name: "until (UTC)", Numeric: true},
		{Name: "for", Numeric: true}, {Name: "mean Mbit/s", Numeric: true}, {Name: "peak Mbit/s", Numeric: true}}}
	for _, o := range over[:min(tableRows, len(over))] {
		table.Rows = append(table.Rows, []string{o.User, minute(o.From), minute(o.Until), durationText(o.Duration()), strconv.FormatFloat(o.Mean/mega, 'f', 1, 64),
			strconv.FormatFloat(o.Peak/mega, 'f', 1, 64)})
	}
	if len(over) == 0 {
		return section{caption: fmt.Sprintf("Nobody used more than %s, as a mean over %s", rate(limit), durationText(step))}
	}
	return section{caption: fmt.Sprintf("More than %s, as a mean over %s: %d of %d times, of %s; longest first", rate(limit), durationText(step),
		len(table.Rows), len(over), plural(len(users), "user")), Table: table}
}

// sortByExcess sorts users by the time that they were above the limit, and then by their peaks.
func sortByExcess(users []tally.UserTransfer, over []tally.Excess) []tally.UserTransfer {
	total := map[string]time.Duration{}
	for _, o := range over {
		total[o.User] += o.Duration()
	}
	return slices.SortedStableFunc(slices.Values(users), func(x, y tally.UserTransfer) int {
		return cmp.Or(cmp.Compare(total[y.User], total[x.User]), cmp.Compare(y.Peak(), x.Peak()))
	})
}

// bandwidthChart stacks the first users and the sum of the others. With a limit it shows the first
// users only, since the sum of others cannot be compared with the limit of one user.
func bandwidthChart(b tally.Bandwidth, span tally.Span, limit float64) chart.Chart {
	shown := len(b.Users)
	if shown > chart.MaxSeries || limit > 0 {
		shown = min(shown, chart.MaxSeries-1)
	}
	series := make([]chart.Series, 0, chart.MaxSeries)
	for _, user := range b.Users[:shown] {
		series = append(series, chart.Series{Name: user.User, Values: user.Rates})
	}
	if others := b.Others(shown); others != nil && limit == 0 {
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
	if limit > 0 {
		bits = unit.Scale{Name: "Mbit/s", Divisor: mega} // the unit of the limit
	}
	for i, s := range series {
		series[i].Values = make([]float64, b.Steps)
		for step, rate := range s.Values {
			series[i].Values[step] = bits.In(rate)
		}
	}
	areas := chart.Areas{Title: "Aspera on Cloud: throughput by user, " + dates(span),
		Axis:  fmt.Sprintf("throughput (%s), mean over %s", bits.Name, durationText(b.Step)),
		Begin: b.Begin, Step: b.Step, Series: series, Heading: "user, most bytes first"}
	if limit > 0 {
		areas.Title = "Aspera on Cloud: throughput by user against " + rate(limit) + " per user, " + dates(span)
		areas.Heading = "user, longest above the limit first"
		areas.Limit = &chart.Limit{Name: "limit of one user: " + rate(limit), Value: bits.In(limit * mega)}
	}
	return areas
}
