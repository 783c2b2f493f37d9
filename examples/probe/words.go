package main

import (
	"regexp"
	"slices"
)

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
