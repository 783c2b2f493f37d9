// Package text writes tables that fit a terminal.
package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Width is how many columns a line may have.
const Width = 100

// Plain replaces what a service may have put into a text but no terminal or picture should be told:
// control characters, such as those that begin an escape sequence, marks that change the direction
// of writing, bytes that are no UTF-8.
func Plain(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '�'
		}
		return r
	}, s)
}

// Shorten cuts a text to that many characters, the last of which then is an ellipsis.
func Shorten(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:max(most-1, 0)]) + "…"
}
