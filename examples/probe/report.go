package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// report is what is shared. It has shapes, counts and the probe's own words.
type report struct {
	Services []serviceReport `json:"services"`
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
func (r report) save(folder string, out io.Writer) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	for name, content := range map[string][]byte{"probe.json": append(data, '\n'), "probe.md": []byte(r.markdown())} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			return fmt.Errorf("write the report: %w", err)
		}
	}
	fmt.Fprintf(out, "The report is in %s and %s. It has names of members, kinds of values, counts and statuses, and no value of yours. "+
		"Read it before you share it.\n", filepath.Join(folder, "probe.json"), filepath.Join(folder, "probe.md"))
	return nil
}

func (r report) markdown() string {
	var b strings.Builder
	b.WriteString("# What the services showed\n\nThis report has names of members, kinds of values, counts and statuses. It has no value of the tenant.\n")
	for _, s := range r.Services {
		fmt.Fprintf(&b, "\n## %s\n\n", s.Name)
		if s.Fake {
			b.WriteString("These are answers of a fake: they say nothing about the service.\n\n")
		}
		fmt.Fprintf(&b, "%d requests were sent.\n\n| | | |\n|---|---|---|\n", s.Requests)
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
