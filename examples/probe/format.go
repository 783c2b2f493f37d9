package main

import (
	"fmt"
	"strings"
	"time"
)

// number writes a number of things.
func number(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

const fullDay = 24 * time.Hour

// span writes a duration without what is too fine to matter.
func span(d time.Duration) string {
	unit := spanUnit(d)
	if unit == fullDay {
		return number(int(d.Round(fullDay)/fullDay), "day", "days")
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

// spanAbove writes the next duration above one, in the unit that span has for it.
func spanAbove(d time.Duration) string {
	unit := spanUnit(d)
	return span(d.Truncate(unit) + unit)
}

func spanUnit(d time.Duration) time.Duration {
	switch size := d.Abs(); {
	case size >= 2*fullDay:
		return fullDay
	case size >= time.Hour:
		return time.Minute
	case size >= time.Second:
		return time.Second
	}
	return time.Microsecond
}
