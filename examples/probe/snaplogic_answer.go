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

// snapLogicAnswer is an exchange with the parts of its answer that the questions need.
type snapLogicAnswer struct {
	exchange exchange
	rows     []snaplogic.Activity
	total    int // of the list; -1: missing
	limit    int // in the answer; -1: missing
	longest  int // the number of rows in an earlier answer to the same limit
	wrapped  bool
	refusal  int    // the status of an answer that refuses the request; 0: it is no refusal
	problem  string // why the answer is no list, in the probe's own words; "": it is a list
}

// readSnapLogic reads an exchange. The SDK decides whether the answer is a list.
func readSnapLogic(e exchange) snapLogicAnswer {
	a := snapLogicAnswer{exchange: e, total: -1, limit: -1}
	failure, isOurs := errors.AsType[*activity.Error](e.err)
	switch {
	case e.err != nil:
		a.problem, _ = explainError(e.err)
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
		a.problem = "the SDK understands the answer, but the probe does not"
		return a
	}
	in := &whole.page
	if whole.Inner != nil {
		in, a.wrapped = whole.Inner, true
	}
	a.total, a.limit = snapLogicInt(in.Total), snapLogicInt(in.Limit)
	for _, entry := range in.Entries {
		var row snaplogic.Activity
		_ = row.UnmarshalJSON(entry) // cannot fail: the JSON was decoded before
		a.rows = append(a.rows, row)
	}
	return a
}

// snapLogicInt reads a number that may be in quotes. It returns -1 if there is none, or a negative
// one.
func snapLogicInt(value json.RawMessage) int {
	n, err := strconv.Atoi(strings.Trim(string(value), `"`))
	if err != nil || n < 0 {
		return -1
	}
	return n
}

// complete reports whether the answer has all rows of its list, so that a row that is not in it is
// not listed. Without a total, an answer is complete if a longer one was possible.
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

// ids returns the ids of the rows in their order.
func (a snapLogicAnswer) ids() []string {
	ids := make([]string, len(a.rows))
	for i := range a.rows {
		ids[i] = a.rows[i].ID
	}
	return ids
}

// openList returns the finding for an answer that is no list.
func (a snapLogicAnswer) openList() finding {
	return leavesOpen("the list could not be read: " + a.problem)
}

// presence is whether a row is in an answer.
type presence string

const (
	listed   presence = "listed"
	unlisted presence = "not listed"
	unsure   presence = "unsure" // the answer does not show whether
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
