// Package text prints tables and paragraphs that fit into a terminal.
package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Width is the most columns of a line.
const Width = 100

// Plain replaces characters that must not reach a terminal or a chart: control characters, such as
// those that begin an escape sequence, marks that change the direction of writing, and bytes that
// are not UTF-8.
func Plain(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '�'
		}
		return r
	}, s)
}

// Shorten cuts a text to at most most characters, the last of which is then an ellipsis.
func Shorten(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:max(most-1, 0)]) + "…"
}
