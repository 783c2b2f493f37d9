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
	span.From = span.WholeDays().From // half a day would look like an idle one
	l, err := tally.LoginsOf(ctx, a.events(span), span)
	if err != nil {
		return answer{}, err
	}
	return loginsAnswer(l, span), nil
}

func loginsAnswer(l tally.Logins, span tally.Span) answer {
	shown := l.Days[max(0, len(l.Days)-calendarDays):]
	table := text.Table{Columns: []text.Column{{Name: "user"}, {Name: "days", Figures: true}, {Name: "logins", Figures: true},
		{Name: "last login", Figures: true}, {Name: mondays(shown), Figures: true}}}
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
		tables: []captioned{{caption: caption, Table: table}},
		notes: []string{
			fmt.Sprintf("On the right the last %d days in UTC, by weeks that begin on the dates above: logins per day, · is none, + more than "+
				"nine.", len(shown)),
			"Counted are events of the types " + quoted(l.Counted) + ", since their names say so: those of the service are not documented. " +
				"Others that came: " + quoted(l.Others) + ".",
			"A user without any event in this time is not listed: the service lists events, not accounts.",
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

// calendarDays is how many days fit a line.
const calendarDays = 28

// place is where the day with that index stands in a line: there is a blank before each Monday.
func place(days []time.Time, index int) int {
	at := index
	for _, day := range days[min(1, index) : index+1] {
		if index > 0 && day.Weekday() == time.Monday {
			at++
		}
	}
	return at
}

// mondays heads calendar lines with the dates of Mondays.
func mondays(days []time.Time) string {
	line := bytes.Repeat([]byte{' '}, place(days, len(days)-1)+1)
	for i, day := range days {
		if at := place(days, i); day.Weekday() == time.Monday && len(line)-at >= len("02 Jan") {
			copy(line[at:], day.Format("02 Jan"))
		}
	}
	return string(line)
}

// calendarLine writes a character for each day: its count, · for none, + for more than nine.
func calendarLine(days []time.Time, counts []int) string {
	line := slices.Repeat([]rune{' '}, place(days, len(days)-1)+1)
	for i, n := range counts {
		line[place(days, i)] = []rune("·123456789+")[min(n, 10)]
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
