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

// report is what is shared. It has names, kinds and counts, and the probe's own words.
type report struct {
	Made     string          `json:"made"` // the day
	SDK      string          `json:"sdk"`  // its version
	Services []serviceReport `json:"services"`
}

func newReport() report {
	r := report{Made: time.Now().UTC().Format(time.DateOnly), SDK: "unknown"}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		r.SDK = info.Main.Version
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
		indented(out, text)
	}
	fmt.Fprintln(out)
}

// width is how long a line of a terminal may be.
const width = 100

// indented prints a text in lines that fit.
func indented(out io.Writer, text string) {
	line := "   "
	for word := range strings.FieldsSeq(text) {
		if utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			fmt.Fprintln(out, line)
			line = "   "
		}
		line += " " + word
	}
	if text != "" {
		fmt.Fprintln(out, line)
	}
}

// save writes probe.json and probe.md, readable by the user alone until the user decides otherwise.
// A link of that name is replaced, and not followed.
func (r report) save(folder *os.Root, out io.Writer) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err == nil {
		err = errors.Join(replace(folder, "probe.json", append(data, '\n')), replace(folder, "probe.md", []byte(r.markdown())))
	}
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	fmt.Fprintf(out, "The report is in %s and %s. It has names of members, kinds of values, counts, and words such as event types, "+
		"and is meant to have no value of yours. Read it before you share it.\n",
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
	fmt.Fprintf(&b, "# What the services showed\n\nMade on %s with version %s of the SDK. It has names of members, kinds of values, counts and statuses.\n", r.Made, r.SDK)
	for _, s := range r.Services {
		fmt.Fprintf(&b, "\n## %s\n\n", s.Name)
		if s.Fake {
			b.WriteString("These are answers of a fake: they say nothing about the service.\n\n")
		}
		fmt.Fprintf(&b, "%d requests were sent.\n\n| what | result | to do |\n|---|---|---|\n", s.Requests)
		for _, c := range s.Checks {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", c.What, c.Result, c.ToDo)
		}
		for _, e := range s.Questions {
			fmt.Fprintf(&b, "\n### %s\n\n- Not known: %s\n- Why it matters: %s\n- How it was asked: %s\n- Answer (%s): %s\n", e.ID, e.Unknown, e.Why, e.Asked, e.Certainty, e.Answer)
			if e.Follows != "" {
				fmt.Fprintf(&b, "- What follows: %s\n", e.Follows)
			}
		}
	}
	return b.String()
}
