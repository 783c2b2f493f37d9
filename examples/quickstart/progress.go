package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// progress draws how far a walk is, in one line that is drawn over again: a bar where the service
// names a total, else a count.
type progress struct {
	out  io.Writer // nil: nobody watches
	list string
}

const (
	barWidth  = 30
	eraseLine = "\r\x1b[K"
)

// watched gives a file if it is a terminal. What goes to a file or a pipe has no use for lines that
// are drawn over.
func watched(f *os.File) io.Writer {
	if info, err := f.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	return f
}

// show draws the line anew. The total may change while a list is read; -1 is none.
func (p progress) show(records, total int) {
	switch {
	case p.out == nil:
	case total <= 0:
		fmt.Fprintf(p.out, "%s%s: %d records", eraseLine, p.list, records)
	default:
		done := min(records, total)
		filled := done * barWidth / total
		fmt.Fprintf(p.out, "%s%s: [%s%s] %d of %d", eraseLine, p.list, strings.Repeat("#", filled), strings.Repeat(".", barWidth-filled), done, total)
	}
}

// clear leaves the line to others.
func (p progress) clear() {
	if p.out != nil {
		fmt.Fprint(p.out, eraseLine)
	}
}
