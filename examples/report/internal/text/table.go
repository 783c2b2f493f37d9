package text

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Table is a table of texts. It is printed no wider than [Width]: what does not fit is cut in the
// widest columns of words, never in those of figures.
type Table struct {
	Columns []Column
	Rows    [][]string // as many cells each as there are columns
}

// Column is a column's heading and what it holds.
type Column struct {
	Name    string
	Figures bool // set to the right, and never cut
}

const (
	indent    = "  "
	gap       = "  "
	leastWide = 8
)

// Write prints the table. It replaces what [Plain] does.
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

// widths returns how wide each column is: as wide as it needs, or as there is room for.
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
			if !t.Columns[i].Figures && width > leastWide && (widest < 0 || width > widths[widest]) {
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
		if t.Columns[i].Figures {
			padded[i] = space + cell
		} else {
			padded[i] = cell + space
		}
	}
	return strings.TrimRight(indent+strings.Join(padded, gap), " ")
}
