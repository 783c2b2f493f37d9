package main

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/examples/report/internal/chart"
	"github.com/activity-sdk/activity/examples/report/internal/tally"
	"github.com/activity-sdk/activity/examples/report/internal/text"
)

func (a asperaSource) logins(ctx context.Context, span tally.Span) (answer, error) {
	span.From = span.WholeDays().From // part of a day would look like a day without logins
	l, err := tally.LoginsOf(ctx, a.events(span), span)
	if err != nil {
		return answer{}, err
	}
	return loginsAnswer(l, span), nil
}

func loginsAnswer(l tally.Logins, span tally.Span) answer {
	shown := l.Days[max(0, len(l.Days)-calendarDays):]
	table := text.Table{Columns: []text.Column{{Name: "user"}, {Name: "days", Numeric: true}, {Name: "logins", Numeric: true},
		{Name: "last login", Numeric: true}, {Name: mondays(shown), Numeric: true}}}
	for _, user := range l.Users[:min(calendarRows, len(l.Users))] {
		last := "-"
		if user.Total > 0 {
			last = user.Last.UTC().Format(time.DateOnly)
		}
		table.Rows = append(table.Rows, []string{user.User, strconv.Itoa(user.Active()), strconv.Itoa(user.Total), last,
			calendarLine(shown, user.Days[len(l.Days)-len(shown):])})
	}
	caption := fmt.Sprintf("%d of %d users, those who logged in on the fewest of %d days first; %s", len(table.Rows), len(l.Users), len(l.Days),
		period(span))
	result := answer{
		sections: []section{{caption: caption, Table: table}},
		notes: []string{
			fmt.Sprintf("On the right, the logins on each of the last %d days (UTC), by weeks that begin on the dates above. · means none, + more "+
				"than nine.", len(shown)),
			"Events of these types count as logins, by their names, since the vendor does not document the types: " + quoted(l.Counted) + ". " +
				"Other types: " + quoted(l.Others) + ".",
			"A user without any event in this time is missing: the service lists events, not accounts.",
		},
	}
	if l.Undated > 0 {
		result.notes = append(result.notes, fmt.Sprintf("%d logins have no readable time and are not counted.", l.Undated))
	}
	if len(l.Users) > 0 {
		c := chart.Calendar{Title: "Aspera on Cloud: logins per day, " + dates(span), Days: l.Days, Heading: "logins per day"}
		for _, user := range l.Users[:min(calendarRows, len(l.Users))] {
			c.Rows = append(c.Rows, chart.Row{Name: user.User, Counts: user.Days})
		}
		result.chart = c
	}
	return result
}

// calendarDays is the number of days that fit into a line.
const calendarDays = 28

// column returns the position of a day in a line, which has a blank before each Monday.
func column(days []time.Time, index int) int {
	at := index
	for _, day := range days[min(1, index) : index+1] {
		if index > 0 && day.Weekday() == time.Monday {
			at++
		}
	}
	return at
}

// mondays returns the heading of calendar lines: the dates of Mondays.
func mondays(days []time.Time) string {
	line := bytes.Repeat([]byte{' '}, column(days, len(days)-1)+1)
	for i, day := range days {
		if at := column(days, i); day.Weekday() == time.Monday && len(line)-at >= len("02 Jan") {
			copy(line[at:], day.Format("02 Jan"))
		}
	}
	return string(line)
}

// calendarLine returns a character for each day: its count, · for none, or + for more than nine.
func calendarLine(days []time.Time, counts []int) string {
	line := slices.Repeat([]rune{' '}, column(days, len(days)-1)+1)
	for i, n := range counts {
		line[column(days, i)] = []rune("·123456789+")[min(n, 10)]
	}
	return string(line)
}

func quoted(types []aspera.EventType) string {
	if len(types) == 0 {
		return "(none)"
	}
	names := make([]string, len(types))
	for i, name := range types {
		names[i] = strconv.Quote(string(name))
	}
	return strings.Join(names, ", ")
}
