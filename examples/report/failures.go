package main

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/activity-sdk/activity/examples/report/internal/chart"
	"github.com/activity-sdk/activity/examples/report/internal/tally"
	"github.com/activity-sdk/activity/examples/report/internal/text"
	"github.com/activity-sdk/activity/snaplogic"
)

func (l snapLogicSource) failures(ctx context.Context, span tally.Span) (answer, error) {
	users, err := tally.FailuresOf(ctx, l.activities(snaplogic.ActivityQuery{Start: span.From, End: span.Until, EventTypes: tally.FailureTypes}))
	if err != nil {
		return answer{}, err
	}
	return failuresAnswer(users, span), nil
}

func failuresAnswer(users []tally.Failures, span tally.Span) answer {
	table := text.Table{Columns: []text.Column{{Name: "user"}, {Name: "failed logins", Numeric: true}, {Name: "lockouts", Numeric: true},
		{Name: "bursts", Numeric: true}, {Name: "addresses", Numeric: true}, {Name: "last (UTC)", Numeric: true}}}
	var grid tally.Grid
	var addresses []string
	for i, user := range users {
		grid.Add(user.User, "failed logins", float64(user.Failed))
		if user.Lockouts > 0 {
			grid.Add(user.User, "lockouts", float64(user.Lockouts))
		}
		if i < tableRows {
			table.Rows = append(table.Rows, []string{user.User, strconv.Itoa(user.Failed), strconv.Itoa(user.Lockouts), strconv.Itoa(len(user.Bursts)),
				strconv.Itoa(len(user.Addresses)), minute(user.Last)})
			addresses = append(addresses, user.User+": "+addressList(user.Addresses))
		}
	}
	result := answer{sections: []section{
		{caption: fmt.Sprintf("%d of %d users, most failed logins first; %s", len(table.Rows), len(users), period(span)), Table: table},
		burstList(users),
	}, notes: []string{
		fmt.Sprintf("A burst is %d or more failed logins of one user within %s. A login followed it if the user logged in within %s of its last failure.",
			tally.BurstFailures, durationText(tally.BurstWithin), durationText(tally.SuccessWithin)),
		"Logins that fail at your own identity provider do not reach SnapLogic and are not listed.",
	}}
	if len(addresses) > 0 {
		result.sections = append(result.sections, section{caption: "The addresses of these failures, most failures first",
			lines: addresses})
	}
	if len(users) > 0 {
		ranking := grid.Top(barRows, chart.MaxSeries)
		result.chart = chart.Bars{Title: "SnapLogic: failed logins and lockouts by user, " + dates(span), Axis: "failed logins and lockouts",
			Rows: ranking.Rows, Series: seriesOf(ranking), Heading: "event", Text: wholeNumber}
	}
	return result
}

// burstList returns a line for each burst, in the order of the users.
func burstList(users []tally.Failures) section {
	var lines []string
	all, entered := 0, 0
	for _, user := range users {
		for _, b := range user.Bursts {
			line := fmt.Sprintf("%s, %s UTC: %d failed logins in %s, from %s. ", user.User, minute(b.From), b.Failed, toSeconds(b.Until.Sub(b.From)),
				cmp.Or(strings.Join(b.Addresses, ", "), "an unknown address"))
			if b.Success.IsZero() {
				line += "No login followed in time."
			} else {
				entered++
				line += fmt.Sprintf("A login followed after %s, from %s.", toSeconds(b.Success.Sub(b.Until)), cmp.Or(b.SuccessFrom, "an unknown address"))
			}
			if all++; all <= tableRows {
				lines = append(lines, line)
			}
		}
	}
	return section{caption: fmt.Sprintf("%d of %s of failed logins; a login followed %d of them", len(lines), plural(all, "burst"), entered), lines: lines}
}

// addressList lists addresses with the number of failures from each.
func addressList(addresses []tally.Address) string {
	if len(addresses) == 0 {
		return "no known address"
	}
	const most = 40
	names := make([]string, 0, most)
	for _, a := range addresses[:min(most, len(addresses))] {
		name := a.IP
		if a.Times > 1 {
			name += fmt.Sprintf(" (%d times)", a.Times)
		}
		names = append(names, name)
	}
	list := strings.Join(names, ", ")
	if more := len(addresses) - most; more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	return list
}
