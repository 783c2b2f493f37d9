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

// opswatAccess is one activity of an answer.
type opswatAccess struct {
	raw  string
	text string    // of the timestamp
	at   time.Time // as UTC; zero: it cannot be read
	item opswat.Activity
}

// opswatAccesses returns the activities of an answer. It reports false if there is no list in it.
func opswatAccesses(e exchange) (all []opswatAccess, ok bool) {
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
		a := opswatAccess{raw: string(raw)}
		var members map[string]json.RawMessage
		if json.Unmarshal(raw, &members) != nil || a.item.UnmarshalJSON(raw) != nil {
			return nil, false
		}
		_ = json.Unmarshal(members["timestamp"], &a.text) // "" if it is no text
		a.at = a.item.Timestamp.UTC()
		all = append(all, a)
	}
	return all, true
}

// opswatFails says why there is no list in an answer.
func opswatFails(e exchange) finding {
	result, _ := judge(e)
	if result == ok {
		result = "the probe cannot read it"
	}
	return leavesOpen("there is no list in the answer: " + result)
}

// opswatRefuses reports whether the service refuses what was asked, rather than who asks.
func opswatRefuses(e exchange) bool {
	return slices.Contains([]int{http.StatusBadRequest, http.StatusNotAcceptable, http.StatusConflict, http.StatusRequestEntityTooLarge,
		http.StatusUnprocessableEntity}, e.status)
}

// opswatMembers are names of members that an error may show.
var opswatMembers = []string{"error", "errors", "error_description", "code", "message", "status", "timestamp", "path", "details", "description", "data", "result", "success"}

// opswatSays describes the body of a refusal.
func opswatSays(e exchange) string {
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
	for _, name := range opswatMembers {
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
