package main

import (
	"strconv"
	"time"

	"github.com/activity-sdk/activity/examples/report/internal/chart"
	"github.com/activity-sdk/activity/examples/report/internal/page"
	"github.com/activity-sdk/activity/examples/report/internal/tally"
	"github.com/activity-sdk/activity/examples/report/internal/text"
)

// answer is what there is to say to a question.
type answer struct {
	tables []captioned
	notes  []string    // what the figures mean, and what is not known about them
	chart  chart.Chart // nil: the answer has none, or nothing to show
	page   *page.Page  // nil: the answer has none
}

// captioned is a table with the line above it.
type captioned struct {
	caption string
	text.Table
	lines []string // below it
}

// How many rows are shown at most.
const (
	tableRows    = 15
	barRows      = 20
	calendarRows = 40
)

// stacked are the series of a ranking's columns.
func stacked(r tally.Ranking) []chart.Series {
	series := make([]chart.Series, len(r.Columns))
	for i, name := range r.Columns {
		series[i] = chart.Series{Name: name, Values: r.Values[i]}
	}
	return series
}

// when writes a time to the minute, in UTC.
func when(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04")
}

// period writes a span, in UTC.
func period(s tally.Span) string { return when(s.From) + " to " + when(s.Until) + " UTC" }

// long writes a duration that is whole in its largest unit.
func long(d time.Duration) string {
	for _, unit := range []struct {
		length time.Duration
		name   string
	}{{day, "day"}, {time.Hour, "hour"}} {
		if n := d / unit.length; d%unit.length == 0 && n > 0 {
			return plural(int(n), unit.name)
		}
	}
	return plural(int(d/time.Minute), "minute")
}

// exact writes a short duration to the second.
func exact(d time.Duration) string { return d.Round(time.Second).String() }

// share writes a part of a whole in percent.
func share(part, whole float64) string {
	return strconv.FormatFloat(100*part/max(whole, 1), 'f', 1, 64)
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// dates writes a span for a title.
func dates(s tally.Span) string {
	const date = "2 Jan 2006"
	return s.From.UTC().Format(date) + " to " + s.Until.Add(-1).UTC().Format(date) // the end itself is not in it
}
