package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/activity-sdk/activity/opswat"
)

// opswatRow is one activity of an answer.
type opswatRow struct {
	raw  string
	text string    // of the timestamp
	at   time.Time // the timestamp, read as UTC; zero: it cannot be read
	item opswat.Activity
}

// opswatRows returns the activities of an answer. It reports false if the answer is no list.
func opswatRows(e exchange) (all []opswatRow, ok bool) {
	switch {
	case e.err != nil || e.status == 0:
		return nil, false
	case e.status == http.StatusRequestEntityTooLarge, e.status == http.StatusNoContent:
		return nil, true
	}
	var raws []json.RawMessage
	if e.status != http.StatusOK || json.Unmarshal(e.body, &raws) != nil || raws == nil {
		return nil, false
	}
	for _, raw := range raws {
		a := opswatRow{raw: string(raw)}
		var members map[string]json.RawMessage
		if json.Unmarshal(raw, &members) != nil || a.item.UnmarshalJSON(raw) != nil {
			return nil, false
		}
		_ = json.Unmarshal(members["timestamp"], &a.text) // "" if it is no string
		a.at = a.item.Timestamp.UTC()
		all = append(all, a)
	}
	return all, true
}

// opswatUnreadable returns the finding for an answer that is no list.
func opswatUnreadable(e exchange) finding {
	result, _ := outcome(e)
	if result == resultOK {
		result = "the probe cannot read it"
	}
	return leavesOpen("there is no list in the answer: " + result)
}

// opswatRefused reports whether the service refuses the request, not the account.
func opswatRefused(e exchange) bool {
	return slices.Contains([]int{http.StatusBadRequest, http.StatusNotAcceptable, http.StatusConflict, http.StatusRequestEntityTooLarge,
		http.StatusUnprocessableEntity}, e.status)
}

// opswatErrorMembers are the members of an error whose names may be shown.
var opswatErrorMembers = []string{"error", "errors", "error_description", "code", "message", "status", "timestamp", "path", "details", "description", "data", "result", "success"}

// describeBody describes the body of a refusal without its values.
func describeBody(e exchange) string {
	if len(bytes.TrimSpace(e.body)) == 0 {
		return "an empty body"
	}
	switch e.body = bytes.TrimSpace(e.body); e.body[0] {
	case '[':
		return "an array"
	case '{':
	default:
		return "a body that is no JSON object"
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(e.body, &members) != nil {
		return "a body that is no JSON object"
	}
	var known []string
	for _, name := range opswatErrorMembers {
		if _, ok := members[name]; ok {
			known = append(known, name)
		}
	}
	text := "an object with " + strings.Join(known, ", ")
	switch others := len(members) - len(known); {
	case len(known) == 0:
		return fmt.Sprintf("an object with %d members", others)
	case others > 0:
		text += fmt.Sprintf(" and %d more", others)
	}
	return text
}
