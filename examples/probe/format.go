package main

import (
	"fmt"
	"strings"
	"time"
)

// plural returns a number with its noun.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func activities(n int) string { return plural(n, "activity", "activities") }

const day = 24 * time.Hour

// formatDuration returns a duration in days, or as "2h5m" or "12s", without fractions of its
// smallest unit.
func formatDuration(d time.Duration) string {
	unit := durationUnit(d)
	if unit == day {
		return plural(int(d.Round(day)/day), "day", "days")
	}
	text := d.Round(unit).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// formatDurationAbove returns the next longer duration that formatDuration can show.
func formatDurationAbove(d time.Duration) string {
	unit := durationUnit(d)
	return formatDuration(d.Truncate(unit) + unit)
}

func durationUnit(d time.Duration) time.Duration {
	switch size := d.Abs(); {
	case size >= 2*day:
		return day
	case size >= time.Hour:
		return time.Minute
	case size >= time.Second:
		return time.Second
	}
	return time.Microsecond
}
