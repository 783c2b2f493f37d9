package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/activity-sdk/activity/examples/report/internal/chart"
	"github.com/activity-sdk/activity/examples/report/internal/page"
	"github.com/activity-sdk/activity/examples/report/internal/text"
)

// printer prints tables, and saves charts and the page in a folder.
type printer struct {
	out    io.Writer
	folder *os.Root
	mark   string // in all charts and on the page; "" for none
}

func newPrinter(out io.Writer, folder, mark string) (*printer, error) {
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return nil, fmt.Errorf("make the folder for the charts: %w", err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("open the folder for the charts: %w", err)
	}
	return &printer{out, root, mark}, nil
}

func (p *printer) close() { _ = p.folder.Close() } // the folder needs no flush

func (p *printer) heading(title, question, where string) error {
	return p.underlined(fmt.Sprintf("%s: %s (%s)", title, question, where))
}

// noData prints why there is no report of a vendor.
func (p *printer) noData(title, reason string) error {
	if err := p.underlined(title); err != nil {
		return err
	}
	return p.notes(reason)
}

func (p *printer) underlined(line string) error {
	line = text.Plain(line)
	_, err := fmt.Fprintf(p.out, "\n%s\n%s\n", line, strings.Repeat("=", min(utf8.RuneCountInString(line), text.Width)))
	return err
}

func (p *printer) answer(name string, a answer) error {
	for _, table := range a.sections {
		if err := p.table(table); err != nil {
			return err
		}
	}
	notes := a.notes
	if a.chart != nil {
		files, err := chart.Save(p.folder, name, a.chart, p.mark)
		if err != nil {
			return err
		}
		for i, file := range files {
			files[i] = filepath.Join(p.folder.Name(), file)
		}
		notes = append(notes, "Charts: "+strings.Join(files, ", "))
	}
	if a.page != nil {
		file, err := p.page(*a.page)
		if err != nil {
			return err
		}
		notes = append(notes, "The page: "+file)
	}
	return p.notes(notes...)
}

// page saves the page. It contains names, so its mode is 0600.
func (p *printer) page(page page.Page) (string, error) {
	const name = "report.html"
	page.Mark = p.mark
	file, err := p.folder.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return "", fmt.Errorf("save the page: %w", err)
	}
	if err = file.Chmod(0o600); err == nil { // an existing file may have another mode
		err = page.Write(file)
	}
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return "", fmt.Errorf("save the page: %w", err)
	}
	return filepath.Join(p.folder.Name(), name), nil
}

func (p *printer) table(t section) error {
	if _, err := fmt.Fprintln(p.out); err != nil {
		return err
	}
	if err := text.Paragraph(p.out, t.caption); err != nil {
		return err
	}
	if len(t.Rows) > 0 {
		if _, err := fmt.Fprintln(p.out); err != nil {
			return err
		}
		if err := t.Write(p.out); err != nil {
			return err
		}
	}
	if len(t.lines) > 0 {
		return p.notes(t.lines...)
	}
	return nil
}

func (p *printer) notes(notes ...string) error {
	if _, err := fmt.Fprintln(p.out); err != nil {
		return err
	}
	for _, note := range notes {
		if err := text.Note(p.out, note); err != nil {
			return err
		}
	}
	return nil
}
