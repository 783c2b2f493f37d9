package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
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

func noWord(string) bool { return false }

// vendorWord is what a word of a vendor looks like, such as an event type. Names of people have
// blanks.
var vendorWord = regexp.MustCompile(`^[A-Za-z][A-Za-z_]{0,39}$`)

// mostWords is how many words that the SDK does not know are shown. A vendor has few; more of them
// are texts.
const mostWords = 20

// shownWords returns which values of a field may stand in the report, in the order in which they
// are found: those that the SDK knows, and the others if they look like words of the vendor and are
// few. hidden is the number of different ones left out.
func shownWords(found []string, known func(string) bool) (shown []string, hidden int) {
	var strange []string
	for _, word := range found {
		switch {
		case slices.Contains(shown, word) || slices.Contains(strange, word):
		case known(word):
			shown = append(shown, word)
		default:
			strange = append(strange, word)
		}
	}
	few := len(strange) <= mostWords
	for _, word := range strange {
		if few && vendorWord.MatchString(word) {
			shown = append(shown, word)
		} else {
			hidden++
		}
	}
	return shown, hidden
}
