package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/activity-sdk/activity"
)

// table says how the records of one list are shown.
type table[T any] struct {
	vendor string // as people call it
	name   string // as the packages call it
	list   string // what the list is of
	where  string // the service that was asked
	tenant bool   // a real one: the walk is bounded
	header []string
	row    func(T) []string
	raw    func(T) json.RawMessage
}

// walk reads a list page by page and prints it as a table, or as lines of JSON.
func walk[T any](ctx context.Context, q *quickstart, list activity.List[T], t table[T]) error {
	begun := time.Now()
	var first []T
	records, pages, total := 0, 0, -1
	bar := progress{q.progress, t.vendor}
	defer bar.clear()
	for page, err := range list.Pages(ctx) {
		if err != nil {
			return err
		}
		pages++
		records += len(page.Items)
		total = max(total, page.Total)
		bar.show(records, total)
		if missing := q.rows - len(first); missing > 0 {
			first = append(first, page.Items[:min(missing, len(page.Items))]...)
		}
		if q.json {
			if err := printLines(q.out, t, page.Items); err != nil {
				return err
			}
		}
		if t.tenant && q.limit > 0 && records >= q.limit {
			break
		}
	}
	if q.json {
		return nil
	}
	bar.clear()
	fmt.Fprintf(q.out, "\n%s: %s (%s)\n\n", t.vendor, t.list, t.where)
	if err := printTable(q.out, t, first); err != nil {
		return err
	}
	fmt.Fprintf(q.out, "\n  %s in %s, %s, %v\n", count(records, "record"), count(pages, "page"), totalText(total),
		time.Since(begun).Round(time.Millisecond))
	return nil
}

func printTable[T any](out io.Writer, t table[T], rows []T) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "  "+strings.Join(t.header, "\t"))
	for _, row := range rows {
		cells := t.row(row)
		for i, cell := range cells {
			cells[i] = shorten(plain(cell), 48)
		}
		fmt.Fprintln(w, "  "+strings.Join(cells, "\t"))
	}
	return w.Flush()
}

// line is one record for a program that reads this one's output.
type line struct {
	Vendor string          `json:"vendor"`
	List   string          `json:"list"`
	Record json.RawMessage `json:"record"`
}

func printLines[T any](out io.Writer, t table[T], items []T) error {
	var lines bytes.Buffer
	e := json.NewEncoder(&lines)
	e.SetEscapeHTML(false)
	for _, item := range items {
		if err := e.Encode(line{t.name, t.list, t.raw(item)}); err != nil {
			return err
		}
	}
	_, err := io.WriteString(out, escaped(lines.String()))
	return err
}

// plain replaces what a service may have put into a text but no terminal should be told: control
// characters, such as those that begin an escape sequence, line breaks, marks that change the
// direction of writing, bytes that are no UTF-8.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return utf8.RuneError
		}
		return r
	}, s)
}

// escaped writes the same characters in lines of JSON as escapes, which mean the same there: the
// encoder has left those above ASCII as they are.
func escaped(lines string) string {
	var out strings.Builder
	for _, r := range lines {
		switch {
		case unicode.IsPrint(r) || r == '\n':
			out.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	return out.String()
}

func shorten(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func totalText(total int) string {
	if total < 0 {
		return "the service names no total"
	}
	return fmt.Sprintf("total %d", total)
}

func when(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04:05")
}
