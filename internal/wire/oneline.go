package wire

import (
	"strings"
	"unicode"
)

// longestLine bounds what OneLine returns, in bytes.
const longestLine = 4 << 10

// OneLine returns a text as one line, with a blank for each character that does not print and none
// at its ends. What is longer than 4 KiB is cut and ends with an ellipsis.
func OneLine(s string) string {
	const ellipsis = "…"
	var line strings.Builder
	for _, r := range strings.TrimSpace(s) {
		if line.Len() > longestLine-2*len(ellipsis) {
			return strings.TrimSpace(line.String()) + ellipsis
		}
		if !unicode.IsPrint(r) {
			r = ' '
		}
		line.WriteRune(r)
	}
	return strings.TrimSpace(line.String())
}
