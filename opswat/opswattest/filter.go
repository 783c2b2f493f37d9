package opswattest

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/activity-sdk/activity/internal/fake"
	"github.com/activity-sdk/activity/internal/wire"
	"github.com/activity-sdk/activity/opswat"
)

// activitiesBody is the documented body of a request for activities.
type activitiesBody struct {
	Limit     *int64   `json:"limit"`
	Page      *int64   `json:"page"`
	StartDate string   `json:"start_date"`
	EndDate   string   `json:"end_date"`
	Age       *int64   `json:"age"`
	Action    []string `json:"action"`
	Search    string   `json:"search"`
}

// filter is a parsed body.
type filter struct {
	limit      int
	page       int
	from, till time.Time // from is included, till is not; the zero time is no bound
	actions    []string
	search     string // in lower case
}

const (
	defaultLimit = 50
	maxPage      = 1 << 24        // after all rows; an int can hold its product with a limit
	defaultAge   = 24             // hours
	maxAge       = 100 * 365 * 24 // a century; a time.Duration can hold it
	dateLayout   = "01/02/2006"
)

var (
	isDate   = fake.Layout(dateLayout)
	isAction = fake.Match(regexp.MustCompile(`[a-z]+(_[a-z]+)*`), "an action such as blocked, allowed or monitored_block")
)

// readFilter parses a body. It returns status 0 if the fake accepts it.
func readFilter(body []byte, rules filterRules) (f filter, status int, problem string) {
	var b activitiesBody
	err := fake.StrictJSON(body, &b)
	if err == nil {
		err = noEmptyMember(body)
	}
	if err == nil {
		f, err = b.filter(rules)
	}
	switch {
	case err != nil:
		return f, http.StatusBadRequest, err.Error()
	case f.limit < 1 || f.limit > rules.largestLimit && !rules.limitCapped:
		return f, http.StatusNotAcceptable, fmt.Sprintf("member limit: want an integer from 1 to %d", rules.largestLimit)
	}
	f.limit = min(f.limit, rules.largestLimit)
	return f, 0, ""
}

// noEmptyMember returns an error for a member that a lenient service would ignore.
func noEmptyMember(body []byte) error {
	r := wire.NewReader(body)
	return r.Object(func(name string) error {
		value, err := r.Value()
		switch string(value) {
		case "null", `""`, "[]":
			return fmt.Errorf("member %s is empty: leave it out", name)
		}
		return err
	})
}

// filter checks the members, except for the limit, which has its own status.
func (b activitiesBody) filter(rules filterRules) (filter, error) {
	f := filter{
		limit:   int(*cmp.Or(b.Limit, new(int64(min(rules.largestLimit, defaultLimit))))),
		page:    int(min(*cmp.Or(b.Page, new(int64(1))), maxPage)),
		actions: b.Action,
		search:  strings.ToLower(b.Search),
	}
	if f.page < 1 {
		return f, errors.New("member page: want an integer of at least 1")
	}
	for _, action := range b.Action {
		if err := isAction(action); err != nil {
			return f, fmt.Errorf("member action: %w", err)
		}
	}
	var end time.Time
	var err error
	if f.from, err = day("start_date", b.StartDate); err != nil {
		return f, err
	}
	if end, err = day("end_date", b.EndDate); err != nil {
		return f, err
	}
	if !end.IsZero() {
		if end.Before(f.from) || end.Equal(f.from) && !rules.equalDates {
			return f, errors.New("member end_date: want a date greater than start_date")
		}
		f.till = end.AddDate(0, 0, 1)
		if rules.exclusiveEnd {
			f.till = end
		}
	}
	age := *cmp.Or(b.Age, new(int64(defaultAge)))
	if age < 1 {
		return f, errors.New("member age: want whole hours, at least 1")
	}
	both, none := !f.from.IsZero() && !end.IsZero(), f.from.IsZero() && end.IsZero()
	if !both && (none || !rules.loneDates) {
		f.from = later(f.from, time.Now().Add(-time.Duration(min(age, maxAge))*time.Hour))
	}
	return f, nil
}

// day parses a date. It returns the zero time for an empty one.
func day(name, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if isDate(text) != nil {
		return time.Time{}, fmt.Errorf("member %s: want a date as MM/DD/YYYY", name)
	}
	return time.Parse(dateLayout, text)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// keeps reports whether the filter selects a row. The dates do not filter a row without a readable
// time.
func (f filter) keeps(row fake.Row) bool {
	a := row.Value.(opswat.Activity)
	switch at := a.Timestamp; {
	case at.IsZero():
	case at.Before(f.from), !f.till.IsZero() && !at.Before(f.till):
		return false
	}
	if len(f.actions) > 0 && !slices.Contains(f.actions, string(a.Action)) {
		return false
	}
	if f.search == "" {
		return true
	}
	columns := []string{a.DeviceName, a.DeviceGroup, a.AppUser, a.DeviceID, a.AppName, a.AccessRule, a.DeviceStatus}
	return slices.ContainsFunc(columns, func(text string) bool { return strings.Contains(strings.ToLower(text), f.search) })
}
