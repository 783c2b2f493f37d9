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

// source is the service that a list is read from.
type source struct {
	name  string    // in the title of a table
	start time.Time // of the records to read; zero for all
	fake  bool
}

func fake(start time.Time) source { return source{name: "embedded fake", start: start, fake: true} }

func (q *quickstart) service(name string) source {
	return source{name: name, start: time.Now().Add(-q.since)}
}

// table describes how the records of a list are shown.
type table[T any] struct {
	title  string // the vendor, for people
	vendor string // the vendor, for programs
	list   string
	source source
	header []string
	row    func(T) []string
}

// printList reads a list page by page and prints it, as a table or as lines of JSON. It reads a
// fake to its end, and at most q.limit records of a real service.
func printList[T any](ctx context.Context, q *quickstart, list activity.List[T], t table[T]) error {
	begun := time.Now()
	var first []T
	records, pages, total := 0, 0, -1
	bar := progress{q.progress, t.title}
	defer bar.clear()
	for page, err := range list.Pages(ctx) {
		if err != nil {
			return err
		}
		pages++
		records += len(page.Items)
		total = max(total, page.Total)
		bar.draw(records, total)
		if missing := q.rows - len(first); missing > 0 {
			first = append(first, page.Items[:min(missing, len(page.Items))]...)
		}
		if q.json {
			if err := printLines(q.out, t, page.Items); err != nil {
				return err
			}
		}
		if !t.source.fake && q.limit > 0 && records >= q.limit {
			break
		}
	}
	if q.json {
		return nil
	}
	bar.clear()
	fmt.Fprintf(q.out, "\n%s: %s (%s)\n\n", t.title, t.list, t.source.name)
	if err := printTable(q.out, t, first); err != nil {
		return err
	}
	fmt.Fprintf(q.out, "\n  %s in %s, %s, %v\n", plural(records, "record"), plural(pages, "page"), totalText(total),
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

// line is one record for a program that reads the output.
type line struct {
	Vendor string `json:"vendor"`
	List   string `json:"list"`
	Record any    `json:"record"`
}

func printLines[T any](out io.Writer, t table[T], items []T) error {
	var lines bytes.Buffer
	e := json.NewEncoder(&lines)
	e.SetEscapeHTML(false)
	for _, item := range items {
		if err := e.Encode(line{t.vendor, t.list, item}); err != nil {
			return err
		}
	}
	_, err := io.WriteString(out, escaped(lines.String()))
	return err
}

// plain replaces characters that must not reach a terminal: control characters, such as those that
// begin an escape sequence, line breaks, marks that change the direction of writing, and bytes that
// are not UTF-8.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return utf8.RuneError
		}
		return r
	}, s)
}

// escaped replaces the same characters in lines of JSON with escapes, which have the same meaning.
// The encoder escapes only those in ASCII.
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

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func totalText(total int) string {
	if total < 0 {
		return "no total from the service"
	}
	return fmt.Sprintf("total %d", total)
}

func timeText(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04:05")
}
