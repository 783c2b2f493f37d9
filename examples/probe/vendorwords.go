package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// countedWords lists the values of a field that may stand in the report, sorted, with how often
// each is found. hidden is the number of different ones left out.
func countedWords(found []string, known func(string) bool) (shown []string, hidden int) {
	count := map[string]int{}
	for _, word := range found {
		count[word]++
	}
	shown, hidden = shownWords(found, known)
	slices.Sort(shown)
	for i, word := range shown {
		shown[i] = fmt.Sprintf("%s (%d)", word, count[word])
	}
	return shown, hidden
}

// wordList joins the words that are shown, and says how many different ones are not.
func wordList(shown []string, hidden int) string {
	parts := slices.Clone(shown)
	switch hidden {
	case 0:
	case 1:
		parts = append(parts, "1 other is not shown, since it does not look like a word of the service")
	default:
		parts = append(parts, fmt.Sprintf("%d others are not shown, since they do not look like words of the service", hidden))
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}

func anyWord(string) bool { return true }
func noWord(string) bool  { return false }

// number writes a number of things.
func number(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// Offsets of zones lie between these, and are whole quarters of an hour.
const (
	zoneWest = -12 * time.Hour
	zoneEast = 14 * time.Hour
	zoneStep = 15 * time.Minute
)

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
