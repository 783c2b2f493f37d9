package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// vendorWord matches what looks like a word of a vendor, such as an event type. Names of people
// contain blanks.
var vendorWord = regexp.MustCompile(`^[A-Za-z][A-Za-z_]{0,39}$`)

// maxUnknownWords is how many words that the SDK does not know are shown. A vendor has few words: a
// field with more of them holds texts.
const maxUnknownWords = 20

// reportableWords returns the values of a field that may appear in the report, each once: those
// that the SDK knows, and others if they are few and look like words of the vendor. hidden is the
// number of distinct values left out.
func reportableWords(found []string, known func(string) bool) (shown []string, hidden int) {
	var unknown []string
	for _, word := range found {
		switch {
		case slices.Contains(shown, word) || slices.Contains(unknown, word):
		case known(word):
			shown = append(shown, word)
		default:
			unknown = append(unknown, word)
		}
	}
	few := len(unknown) <= maxUnknownWords
	for _, word := range unknown {
		if few && vendorWord.MatchString(word) {
			shown = append(shown, word)
		} else {
			hidden++
		}
	}
	return shown, hidden
}

// countWords returns the reportable values of a field, sorted, each with its number of occurrences.
// hidden is the number of distinct values left out.
func countWords(found []string, known func(string) bool) (shown []string, hidden int) {
	count := map[string]int{}
	for _, word := range found {
		count[word]++
	}
	shown, hidden = reportableWords(found, known)
	slices.Sort(shown)
	for i, word := range shown {
		shown[i] = fmt.Sprintf("%s (%d)", word, count[word])
	}
	return shown, hidden
}

// joinWords joins the words that are shown, and adds how many are hidden.
func joinWords(shown []string, hidden int) string {
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
