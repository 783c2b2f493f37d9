package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
)

// snapLogicAnswer is an answer of SnapLogic's, as far as the questions go by it.
type snapLogicAnswer struct {
	exchange exchange
	rows     []snaplogic.Activity
	total    int // of the list; -1: the answer does not say
	limit    int // as the answer has it; -1: it has none
	longest  int // how many rows an answer to the same limit had before
	wrapped  bool
	refusal  int    // the status of an answer that refuses the request; 0: it does not
	problem  string // why there are no rows, in the probe's own words; "": it is a list
}

// readSnapLogic understands an exchange. Whether it is a list is for the SDK to say.
func readSnapLogic(e exchange) snapLogicAnswer {
	a := snapLogicAnswer{exchange: e, total: -1, limit: -1}
	failure, isOurs := errors.AsType[*activity.Error](e.err)
	switch {
	case e.err != nil:
		a.problem, _ = explain(e.err)
		if errors.Is(e.err, activity.ErrInvalid) && e.status != 0 && isOurs {
			a.refusal = failure.StatusCode
		}
		return a
	case e.status == http.StatusNoContent: // an empty list
		a.total = 0
		return a
	}
	type page struct {
		Total   json.RawMessage   `json:"total"`
		Limit   json.RawMessage   `json:"limit"`
		Entries []json.RawMessage `json:"entries"`
	}
	var whole struct {
		Inner *page `json:"response_map"`
		page
	}
	if json.Unmarshal(e.body, &whole) != nil {
		a.problem = "the SDK understands the answer, and the probe does not"
		return a
	}
	in := &whole.page
	if whole.Inner != nil {
		in, a.wrapped = whole.Inner, true
	}
	a.total, a.limit = snapLogicInt(in.Total), snapLogicInt(in.Limit)
	for _, entry := range in.Entries {
		var row snaplogic.Activity
		_ = row.UnmarshalJSON(entry) // it is JSON, since it was decoded
		a.rows = append(a.rows, row)
	}
	return a
}

// snapLogicInt reads a number, also one in quotes; -1: it is none, or a negative one.
func snapLogicInt(value json.RawMessage) int {
	n, err := strconv.Atoi(strings.Trim(string(value), `"`))
	if err != nil || n < 0 {
		return -1
	}
	return n
}

// complete reports whether the answer has all that its query leaves of the list, so that a row
// which is not in it is not listed. Where the service does not count, an answer is complete if it
// could have been longer.
func (a snapLogicAnswer) complete() bool {
	if a.problem != "" {
		return false
	}
	if a.total >= 0 {
		return len(a.rows) >= a.total
	}
	return len(a.rows) < a.longest
}

func (a snapLogicAnswer) has(id string) bool {
	return slices.ContainsFunc(a.rows, func(row snaplogic.Activity) bool { return row.ID == id })
}

// ids are those of the rows, in their order.
func (a snapLogicAnswer) ids() []string {
	ids := make([]string, len(a.rows))
	for i := range a.rows {
		ids[i] = a.rows[i].ID
	}
	return ids
}

// openList says why a list that was asked for does not help.
func (a snapLogicAnswer) openList() finding {
	return leavesOpen("the list could not be read: " + a.problem)
}

// presence is whether a row is in an answer.
type presence string

const (
	listed   presence = "listed"
	unlisted presence = "not listed"
	unsure   presence = "unsure" // the answer does not show it
)

func (a snapLogicAnswer) presence(id string) presence {
	switch {
	case a.has(id):
		return listed
	case a.complete():
		return unlisted
	}
	return unsure
}

// snapLogicCount is a number of activities in words.
func snapLogicCount(n int) string { return number(n, "activity", "activities") }
