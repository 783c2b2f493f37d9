package wire

import (
	"strings"
	"unicode"
)

// maxLine is the most bytes that OneLine returns.
const maxLine = 4 << 10

// OneLine returns a text as one line. It replaces unprintable characters by spaces, removes spaces
// at both ends, and cuts a text of more than 4 KiB, which then ends with an ellipsis.
func OneLine(s string) string {
	const ellipsis = "…"
	var line strings.Builder
	for _, r := range strings.TrimSpace(s) {
		if line.Len() > maxLine-2*len(ellipsis) {
			return strings.TrimSpace(line.String()) + ellipsis
		}
		if !unicode.IsPrint(r) {
			r = ' '
		}
		line.WriteRune(r)
	}
	return strings.TrimSpace(line.String())
}
