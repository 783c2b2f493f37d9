package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// progress shows in one line of a terminal how much of a list is read: as a bar if the service
// returns a total, and as a count otherwise.
type progress struct {
	out   io.Writer // nil shows nothing
	title string
}

const (
	barWidth  = 30
	eraseLine = "\r\x1b[K"
)

// terminal returns f if it is a terminal, and nil otherwise: a file or a pipe cannot overwrite
// lines.
func terminal(f *os.File) io.Writer {
	if info, err := f.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	return f
}

// draw replaces the line. The total may change while a list is read; it is -1 if there is none.
func (p progress) draw(records, total int) {
	switch {
	case p.out == nil:
	case total <= 0:
		fmt.Fprintf(p.out, "%s%s: %d records", eraseLine, p.title, records)
	default:
		done := min(records, total)
		filled := done * barWidth / total
		fmt.Fprintf(p.out, "%s%s: [%s%s] %d of %d", eraseLine, p.title, strings.Repeat("#", filled), strings.Repeat(".", barWidth-filled), done, total)
	}
}

// clear removes the line.
func (p progress) clear() {
	if p.out != nil {
		fmt.Fprint(p.out, eraseLine)
	}
}
