// Package page writes an HTML page to search events in a browser. The file contains its style, its
// script and its events. The page loads nothing, and its Content-Security-Policy forbids to load
// anything or to run another script. The contents of records are shown as text.
package page

import (
	"crypto/sha256"
	_ "embed" // the parts of the page
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"time"

	"github.com/activity-sdk/activity"
)

// Page is the contents of a page.
type Page struct {
	Where  string // the source of the events, as shown
	Mark   string // a warning as a banner; "" for none
	Made   time.Time
	Events []Event // newest first; those without a time last
	All    int     // the number of events in the source; if Events has fewer, the page says so
}

// Event is an event with the name of the person who caused it.
type Event struct {
	activity.Event
	Who string // "" if nobody is named
}

var (
	//go:embed page.html
	markup string
	//go:embed page.css
	style string
	//go:embed page.js
	script string

	parsed = template.Must(template.New("page").Parse(markup))
)

// Write writes the page.
func (p Page) Write(out io.Writer) error {
	data, err := p.data()
	if err != nil {
		return err
	}
	first, last := p.bounds()
	period := "no events"
	if !last.IsZero() {
		period = minute(first) + " to " + minute(last) + " UTC"
	}
	cut := ""
	if p.All > len(p.Events) {
		cut = fmt.Sprintf("This page has the newest %d of %d events. No number or list includes the older ones.", len(p.Events), p.All)
	}
	return parsed.Execute(out, map[string]any{
		"Where": p.Where, "Mark": p.Mark, "Made": minute(p.Made), "Period": period, "Cut": cut,
		"Style": template.CSS(style), "StyleHash": hash(style), //nolint:gosec // a file of this package
		"Script": template.JS(script), "ScriptHash": hash(script), //nolint:gosec // a file of this package
		"Data": template.JS(data), //nolint:gosec // encoding/json escapes the characters of HTML
	})
}

// bounds returns the times of the first and the last event, or zero if none has a time.
func (p Page) bounds() (first, last time.Time) {
	for _, e := range p.Events {
		if e.Time.IsZero() {
			continue
		}
		if last.IsZero() {
			last = e.Time
		}
		first = e.Time
	}
	return first, last
}

func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") }

// hash returns the name of a script or style in the Content-Security-Policy.
func hash(content string) string {
	sum := sha256.Sum256([]byte(content))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
