package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"
	"unicode/utf8"
)

// report is what the user may share. It has names, kinds, counts and the probe's own words.
type report struct {
	Made     string          `json:"made"` // the day
	SDK      string          `json:"sdk"`  // its version, and the commit if it is known
	Services []serviceReport `json:"services"`
}

// version is the newest version in CHANGELOG.md. A program that go run builds from a checkout has
// no version of its own.
const version = "0.1.0"

func newReport() report {
	r := report{Made: time.Now().UTC().Format(time.DateOnly), SDK: version}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				r.SDK += " (" + s.Value[:min(12, len(s.Value))] + ")"
			}
		}
	}
	return r
}

type serviceReport struct {
	Name      string  `json:"name"`
	Fake      bool    `json:"fake,omitempty"`
	Requests  int     `json:"requests"`
	Checks    []check `json:"checks"`
	Questions []entry `json:"questions"`
}

// entry is a question with its answer.
type entry struct {
	ID        string          `json:"id"`
	Unknown   string          `json:"unknown"`
	Why       string          `json:"why"`
	Asked     string          `json:"asked"`
	Answer    string          `json:"answer"`
	Certainty certainty       `json:"certainty"`
	Follows   string          `json:"follows,omitempty"`
	Exchanges []exchangeShape `json:"exchanges,omitempty"`
}

func (e entry) print(out io.Writer) {
	fmt.Fprintf(out, "  %s\n", e.ID)
	for _, text := range []string{e.Unknown, string(e.Certainty) + ": " + e.Answer, e.Follows} {
		printIndented(out, text)
	}
	fmt.Fprintln(out)
}

const lineWidth = 100

// printIndented prints a text in lines of at most lineWidth characters.
func printIndented(out io.Writer, text string) {
	line := "   "
	for word := range strings.FieldsSeq(text) {
		if utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > lineWidth {
			fmt.Fprintln(out, line)
			line = "   "
		}
		line += " " + word
	}
	if text != "" {
		fmt.Fprintln(out, line)
	}
}

// save writes probe.json and probe.md with mode 0600. It replaces a link of that name instead of
// following it.
func (r report) save(folder *os.Root, out io.Writer) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err == nil {
		err = errors.Join(replace(folder, "probe.json", append(data, '\n')), replace(folder, "probe.md", []byte(r.markdown())))
	}
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	fmt.Fprintf(out, "The report is in %s and %s. It contains names and kinds of JSON members, counts, and words such as event types. "+
		"It should contain no data of yours. Read it before you share it.\n",
		filepath.Join(folder.Name(), "probe.json"), filepath.Join(folder.Name(), "probe.md"))
	return nil
}

func replace(folder *os.Root, name string, content []byte) error {
	const suffix = ".new"
	if err := folder.Remove(name + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := folder.WriteFile(name+suffix, content, 0o600); err != nil {
		return err
	}
	return folder.Rename(name+suffix, name)
}

func (r report) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Probe report\n\nMade on %s with version %s of the SDK. It contains names and kinds of JSON members, counts and statuses.\n", r.Made, r.SDK)
	for _, s := range r.Services {
		fmt.Fprintf(&b, "\n## %s\n\n", s.Name)
		if s.Fake {
			b.WriteString("These answers come from a fake. They show nothing about the service.\n\n")
		}
		fmt.Fprintf(&b, "%d requests were sent.\n\n| check | result | what to do |\n|---|---|---|\n", s.Requests)
		for _, c := range s.Checks {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", c.What, c.Result, c.ToDo)
		}
		for _, e := range s.Questions {
			fmt.Fprintf(&b, "\n### %s\n\n- Question: %s\n- Why it matters: %s\n- How the probe finds out: it %s\n- Answer (%s): %s\n", e.ID, e.Unknown, e.Why, e.Asked, e.Certainty, e.Answer)
			if e.Follows != "" {
				fmt.Fprintf(&b, "- What it means for you: %s\n", e.Follows)
			}
		}
	}
	return b.String()
}
