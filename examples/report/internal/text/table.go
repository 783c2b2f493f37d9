package text

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Table is a table that is printed at most [Width] wide: Write cuts the cells of the widest
// columns, except those that are numeric.
type Table struct {
	Columns []Column
	Rows    [][]string // each with a cell per column
}

// Column describes a column.
type Column struct {
	Name    string
	Numeric bool // aligned to the right and never cut
}

const (
	indent   = "  "
	gap      = "  "
	minWidth = 8
)

// Write prints the table, with cells as [Plain] returns them.
func (t Table) Write(out io.Writer) error {
	header := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		header[i] = c.Name
	}
	lines := [][]string{header}
	for _, row := range t.Rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = Plain(cell)
		}
		lines = append(lines, cells)
	}
	widths := t.widths(lines)
	for _, line := range lines {
		if _, err := fmt.Fprintln(out, t.line(line, widths)); err != nil {
			return err
		}
	}
	return nil
}

// widths returns the width of each column: what its cells need, or less if there is no room.
func (t Table) widths(lines [][]string) []int {
	widths := make([]int, len(t.Columns))
	whole := len(indent) + len(gap)*(len(widths)-1)
	for i := range widths {
		for _, line := range lines {
			widths[i] = max(widths[i], utf8.RuneCountInString(line[i]))
		}
		whole += widths[i]
	}
	for ; whole > Width; whole-- {
		widest := -1
		for i, width := range widths {
			if !t.Columns[i].Numeric && width > minWidth && (widest < 0 || width > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			break
		}
		widths[widest]--
	}
	return widths
}

func (t Table) line(cells []string, widths []int) string {
	padded := make([]string, len(cells))
	for i, cell := range cells {
		cell = Shorten(cell, widths[i])
		space := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
		if t.Columns[i].Numeric {
			padded[i] = space + cell
		} else {
			padded[i] = cell + space
		}
	}
	return strings.TrimRight(indent+strings.Join(padded, gap), " ")
}
