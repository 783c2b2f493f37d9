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

// mega is how many bit/s are one Mbit/s, the unit of a limit.
const mega = 1e6

func (a asperaSource) bandwidth(ctx context.Context, span tally.Span) (answer, error) {
	b, err := tally.BandwidthOf(ctx, a.transfers(span), span)
	if err != nil {
		return answer{}, err
	}
	return bandwidthAnswer(b, span, a.limit), nil
}

// bandwidthAnswer has a limit in Mbit/s, or none if it is 0.
func bandwidthAnswer(b tally.Bandwidth, span tally.Span, limit float64) answer {
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
			bytes.Text(float64(user.Sent)), bytes.Text(float64(user.Received)), share(float64(user.Bytes), whole), bits.Text(user.Peak())})
	}
	caption := fmt.Sprintf("%d of %d users, most bytes first; %d transfers, %s %s; %s", len(table.Rows), len(b.Users), b.Transfers,
		bytes.Text(whole), bytes.Name, period(span))
	result := answer{
		tables: []captioned{{caption: caption, Table: table}},
		notes: []string{
			fmt.Sprintf("Peak is the highest mean over %s. The bytes of a transfer are spread evenly over its session, or until its "+
				"last update while it runs: the service does not say how they were spread. 1 GB is 10^9 bytes.", long(b.Step)),
			"A session that the service lists on both sides, sent and received, counts on both. Where it names no user, which is not a " +
				"documented member, the client's address stands for one.",
			"Sent and received are the directions send and receive. They are most likely the node's view: what a node sends, a user downloads.",
		},
	}
	if b.Unplaced > 0 {
		result.notes = append(result.notes, fmt.Sprintf("%d transfers have no times to be spread over: they are in the sums alone.", b.Unplaced))
	}
	if limit > 0 {
		over := b.Over(limit * mega)
		result.tables = append(result.tables, overTable(over, limit, b.Step))
		result.notes = append(result.notes, fmt.Sprintf("The limit is for one user, sending and receiving together: a mean of %s over %s. A shorter time "+
			"(-since) is looked at in finer steps.", rate(limit), long(b.Step)))
		b.Users = overFirst(b.Users, over)
	} else {
		result.notes = append(result.notes, "No limit is set: -limit 500 would name who used more than 500 Mbit/s, when and for how long.")
	}
	if len(b.Users) > 0 {
		result.chart = bandwidthChart(b, span, limit)
	}
	return result
}

// rate writes a limit.
func rate(limit float64) string { return strconv.FormatFloat(limit, 'f', -1, 64) + " Mbit/s" }

// overTable lists who was above the limit, the longest time first.
func overTable(over []tally.Over, limit float64, step time.Duration) captioned {
	users := map[string]bool{}
	for _, o := range over {
		users[o.User] = true
	}
	over = slices.SortedStableFunc(slices.Values(over), func(x, y tally.Over) int {
		return cmp.Or(cmp.Compare(y.Long(), x.Long()), cmp.Compare(y.Mean, x.Mean))
	})
	table := text.Table{Columns: []text.Column{{Name: "user"}, {Name: "from (UTC)", Figures: true}, {Name: "until (UTC)", Figures: true},
		{Name: "for", Figures: true}, {Name: "mean Mbit/s", Figures: true}, {Name: "peak Mbit/s", Figures: true}}}
	for _, o := range over[:min(tableRows, len(over))] {
		table.Rows = append(table.Rows, []string{o.User, when(o.From), when(o.Until), long(o.Long()), strconv.FormatFloat(o.Mean/mega, 'f', 1, 64),
			strconv.FormatFloat(o.Peak/mega, 'f', 1, 64)})
	}
	if len(over) == 0 {
		return captioned{caption: fmt.Sprintf("Nobody used more than %s, as a mean over %s", rate(limit), long(step))}
	}
	return captioned{caption: fmt.Sprintf("More than %s, as a mean over %s: %d of %d times, of %s; the longest first", rate(limit), long(step),
		len(table.Rows), len(over), plural(len(users), "user")), Table: table}
}

// overFirst sorts users by how long they were above the limit, and then by their peaks.
func overFirst(users []tally.UserTransfer, over []tally.Over) []tally.UserTransfer {
	total := map[string]time.Duration{}
	for _, o := range over {
		total[o.User] += o.Long()
	}
	return slices.SortedStableFunc(slices.Values(users), func(x, y tally.UserTransfer) int {
		return cmp.Or(cmp.Compare(total[y.User], total[x.User]), cmp.Compare(y.Peak(), x.Peak()))
	})
}

// bandwidthChart stacks the users, of whom those that are left over are one. With a limit it shows
// the first users alone, since the others together say nothing about the limit of one.
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
		bits = unit.Scale{Name: "Mbit/s", Divisor: mega} // as the limit
	}
	for i, s := range series {
		series[i].Values = make([]float64, b.Steps)
		for step, rate := range s.Values {
			series[i].Values[step] = bits.In(rate)
		}
	}
	areas := chart.Areas{Title: "Aspera on Cloud: throughput by user, " + dates(span),
		Axis:  fmt.Sprintf("throughput (%s), mean over %s", bits.Name, long(b.Step)),
		Begin: b.Begin, Step: b.Step, Series: series, Heading: "user, most bytes first"}
	if limit > 0 {
		areas.Title = "Aspera on Cloud: throughput by user against " + rate(limit) + " for one, " + dates(span)
		areas.Heading = "user, longest above the limit first"
		areas.Limit = &chart.Limit{Name: "limit of one user: " + rate(limit), Value: bits.In(limit * mega)}
	}
	return areas
}
