// Package page makes one HTML page of events, to look through in a browser. Its style, its script
// and its events are inside of it. It loads nothing, and its policy lets nothing be loaded or run
// but its own script: what a record holds is shown as text.
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

// Page is what the page shows.
type Page struct {
	Where  string // the events come from
	Mark   string // what is to be known about all of it, as a banner; "": nothing
	Made   time.Time
	Events []Event // newest first; those without a time last
	All    int     // how many events there are in all; more than Events: the page says so
}

// Event is an event, and what the person who did it is called.
type Event struct {
	activity.Event
	Who string // "": nobody is named
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
		cut = fmt.Sprintf("This page has the newest %d of %d events. Older ones are in no figure and no list of it.", len(p.Events), p.All)
	}
	return parsed.Execute(out, map[string]any{
		"Where": p.Where, "Mark": p.Mark, "Made": minute(p.Made), "Period": period, "Cut": cut,
		"Style": template.CSS(style), "StyleHash": hash(style), //nolint:gosec // a file of this package
		"Script": template.JS(script), "ScriptHash": hash(script), //nolint:gosec // a file of this package
		"Data": template.JS(data), //nolint:gosec // JSON in which encoding/json escaped what HTML could take for its own
	})
}

// bounds returns the times of the first and the last event; zero if there is none with a time.
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

// hash names a script or a style in the page's policy.
func hash(content string) string {
	sum := sha256.Sum256([]byte(content))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
