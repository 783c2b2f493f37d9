package main

import (
	"strconv"
	"time"

	"github.com/activity-sdk/activity/examples/report/internal/chart"
	"github.com/activity-sdk/activity/examples/report/internal/page"
	"github.com/activity-sdk/activity/examples/report/internal/tally"
	"github.com/activity-sdk/activity/examples/report/internal/text"
)

// answer is the answer to one question.
type answer struct {
	sections []section
	notes    []string    // what the figures mean, and what is unknown about them
	chart    chart.Chart // nil if there is none, or nothing to draw
	page     *page.Page  // nil if there is none
}

// section is a table or a list with its caption.
type section struct {
	caption string
	text.Table
	lines []string // below the table
}

// The most rows that are shown.
const (
	tableRows    = 15
	barRows      = 20
	calendarRows = 40
)

// seriesOf returns a series for each column of a ranking.
func seriesOf(r tally.Ranking) []chart.Series {
	series := make([]chart.Series, len(r.Columns))
	for i, name := range r.Columns {
		series[i] = chart.Series{Name: name, Values: r.Values[i]}
	}
	return series
}

// minute formats a time to the minute, in UTC.
func minute(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04")
}

// period formats a span to the minute, in UTC.
func period(s tally.Span) string { return minute(s.From) + " to " + minute(s.Until) + " UTC" }

// durationText formats a duration in the largest unit of which it is a multiple.
func durationText(d time.Duration) string {
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

// toSeconds formats a short duration to the second.
func toSeconds(d time.Duration) string { return d.Round(time.Second).String() }

// percent formats a part of a whole in percent.
func percent(part, whole float64) string {
	return strconv.FormatFloat(100*part/max(whole, 1), 'f', 1, 64)
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// dates formats a span for a title.
func dates(s tally.Span) string {
	const date = "2 Jan 2006"
	return s.From.UTC().Format(date) + " to " + s.Until.Add(-1).UTC().Format(date) // the end is exclusive
}
