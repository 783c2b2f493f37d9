package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/activity-sdk/activity/sdelements"
)

// sdElementsAnswer is an exchange with the contents of a list.
type sdElementsAnswer struct {
	exchange
	listed   bool // it is a list
	rows     []sdelements.Activity
	next     string    // the link to the next page; "": none
	count    int       // -1: none
	from, to time.Time // the bounds that a stream returns; zero: none
}

func readSDElements(e exchange) sdElementsAnswer {
	a := sdElementsAnswer{exchange: e, count: -1}
	if e.status != http.StatusOK || e.err != nil {
		return a
	}
	var page struct {
		Count   json.RawMessage   `json:"count"`
		Next    json.RawMessage   `json:"next"`
		From    json.RawMessage   `json:"date_from"`
		To      json.RawMessage   `json:"date_to"`
		Results []json.RawMessage `json:"results"`
	}
	if json.Unmarshal(e.body, &page) != nil {
		return a
	}
	for _, record := range page.Results {
		var row sdelements.Activity
		if row.UnmarshalJSON(record) != nil {
			return a
		}
		a.rows = append(a.rows, row)
	}
	a.listed = true
	if json.Unmarshal(page.Count, &a.count) != nil { // null leaves it unchanged
		a.count = -1
	}
	_ = json.Unmarshal(page.Next, &a.next) // a value that is no string is no link
	a.from, a.to = sdElementsDate(page.From), sdElementsDate(page.To)
	return a
}

// sdElementsDate reads a date. It takes a date without a zone for UTC, and returns zero for one
// that it cannot read.
func sdElementsDate(value json.RawMessage) time.Time {
	var text string
	if json.Unmarshal(value, &text) != nil {
		return time.Time{}
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return at
		}
	}
	return time.Time{}
}

// more reports whether other pages follow.
func (a sdElementsAnswer) more() bool { return a.next != "" || a.count > len(a.rows) }

// has reports whether an activity is listed.
func (a sdElementsAnswer) has(id int64) bool {
	return slices.ContainsFunc(a.rows, func(row sdelements.Activity) bool { return row.ID == id })
}

// problem returns why an answer is no list.
func (a sdElementsAnswer) problem() string {
	switch {
	case a.status == 0:
		result, _ := explainError(a.err)
		return result
	case len(a.body) >= maxBody:
		return "an answer that is longer than the probe reads"
	case a.status == http.StatusOK:
		return "status 200 with something that is no list of activities"
	}
	return fmt.Sprintf("status %d %s", a.status, a.detail())
}

// sdElementsDetails are error texts of Django REST framework, in which the service is written.
var sdElementsDetails = []string{"Invalid page.", "Invalid cursor", "Not found."}

func (a sdElementsAnswer) detail() string {
	var body map[string]json.RawMessage
	if json.Unmarshal(a.body, &body) != nil {
		return "without a JSON object"
	}
	var detail string
	if json.Unmarshal(body["detail"], &detail) != nil {
		return `without a text in "detail"`
	}
	for _, known := range sdElementsDetails {
		if strings.EqualFold(strings.TrimRight(detail, "."), strings.TrimRight(known, ".")) {
			return fmt.Sprintf(`with "detail": %q`, known)
		}
	}
	return `with another text in "detail"`
}

// refuses reports whether the service refuses the request, rather than fails.
func (a sdElementsAnswer) refuses() bool { return a.status == http.StatusBadRequest }

// now returns the service's time, or the local time if the answer has none.
func (a sdElementsAnswer) now() time.Time {
	if !a.date.IsZero() {
		return a.date
	}
	return a.sent
}

// The layouts of a date in a query. The service's resolution is a microsecond.
const (
	sdElementsUTC    = "2006-01-02T15:04:05.999999Z"
	sdElementsNoZone = "2006-01-02T15:04:05.999999"
)

func sdElementsTime(at time.Time) string { return at.UTC().Format(sdElementsUTC) }
