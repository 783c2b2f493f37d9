package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/activity-sdk/activity/examples/report/internal/chart"
	"github.com/activity-sdk/activity/examples/report/internal/text"
)

// printer writes answers: tables to the terminal, pictures into a folder.
type printer struct {
	out    io.Writer
	folder *os.Root
}

func newPrinter(out io.Writer, folder string) (*printer, error) {
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return nil, fmt.Errorf("make the folder for the pictures: %w", err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("open the folder for the pictures: %w", err)
	}
	return &printer{out, root}, nil
}

func (p *printer) close() { _ = p.folder.Close() } // it was only read from

func (p *printer) heading(title, question, where string) error {
	line := text.Plain(fmt.Sprintf("%s: %s (%s)", title, question, where))
	_, err := fmt.Fprintf(p.out, "\n%s\n%s\n", line, strings.Repeat("=", min(utf8.RuneCountInString(line), text.Width)))
	return err
}

func (p *printer) answer(name string, a answer) error {
	for _, table := range a.tables {
		if err := p.table(table); err != nil {
			return err
		}
	}
	notes := a.notes
	if a.chart != nil {
		files, err := chart.Save(p.folder, name, a.chart, "")
		if err != nil {
			return err
		}
		for i, file := range files {
			files[i] = filepath.Join(p.folder.Name(), file)
		}
		notes = append(notes, "Pictures: "+strings.Join(files, ", "))
	}
	return p.notes(notes...)
}

func (p *printer) table(t captioned) error {
	if _, err := fmt.Fprintln(p.out); err != nil {
		return err
	}
	if err := text.Paragraph(p.out, t.caption); err != nil {
		return err
	}
	if len(t.Rows) == 0 {
		return nil
	}
	if _, err := fmt.Fprintln(p.out); err != nil {
		return err
	}
	return t.Write(p.out)
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
