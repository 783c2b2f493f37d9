package opswat

import (
	"cmp"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

// ActivityQuery selects activities. A field left zero is not sent. What is wrong with a query is
// reported when its list is read, as an [*activity.Error] with [activity.ErrInvalid], before
// anything is sent.
//
// Set StartDate, with or without EndDate, or Age. With none of them the service looks back 24
// hours.
type ActivityQuery struct {
	// StartDate is the earliest time that is wanted. The service takes whole days in UTC: what is
	// sent is the day in which StartDate lies.
	//
	// Without EndDate the list reaches to the present. The service ignores a date that comes alone
	// (probe: opswat.lone), so the next midnight in UTC is sent as the end. It is that of the local
	// clock when the first page is read, and a walk keeps it, as do its cursors. If StartDate is
	// ahead of that clock, it is the midnight after StartDate.
	StartDate time.Time
	// EndDate is the latest time that is wanted. It must be after StartDate, as the vendor has it
	// (probe: opswat.equal), and is refused without one. What is sent is the next midnight in UTC,
	// or EndDate itself if it is one: the service may stop at the beginning of the day that it is
	// given, and then nothing before EndDate may be missing. That it includes the whole day is more
	// likely, though inferred (probe: opswat.day); activities of up to two days after EndDate are
	// then delivered too.
	EndDate time.Time
	// Age reaches back from now. The service takes whole hours: what is sent is rounded up. It
	// ignores Age if both dates are set. Age with StartDate alone is refused.
	Age time.Duration
	// Actions are those to deliver; none means all.
	Actions []Action
	// Search is a keyword that the service looks for in device name, group, user, device id,
	// application, rule and device status.
	Search string
	// Location is the zone in which the timestamps of the answer are read, since they name none
	// (probe: opswat.zone). It changes nothing of what is sent. nil means UTC. In the hour that
	// comes twice when a clock is set back, Timestamp in a list may be an hour off; a feed corrects
	// it where it can.
	Location *time.Location
	// PageSize is how many activities one request asks for, 1 to 50. 0 means 50: requests are
	// scarce, so there is seldom a reason for less.
	PageSize int
	// Extra are members of the request's body that this package does not know, by name. The values
	// are encoded as JSON when the list is made. Names that this package knows are refused, and so
	// is "access_token".
	Extra map[string]any
}

const maxPageSize = 50

// request checks the query and turns it into what its requests have in common.
func (q ActivityQuery) request() (activityRequest, error) {
	var r activityRequest
	switch {
	case q.PageSize < 0 || q.PageSize > maxPageSize:
		return r, invalid("PageSize is outside 1 to 50; 0 means 50")
	case q.Age < 0:
		return r, invalid("Age is negative; it reaches back from now")
	case q.StartDate.IsZero() && !q.EndDate.IsZero():
		return r, invalid("EndDate is set without StartDate: the service ignores a date that comes alone")
	case q.openEnded() && q.Age != 0:
		return r, invalid("StartDate and Age are both set: without EndDate, only one of them says where the list begins")
	case !q.StartDate.IsZero() && !q.EndDate.IsZero() && !q.EndDate.After(q.StartDate):
		return r, invalid("EndDate is not after StartDate")
	case slices.ContainsFunc(q.Actions, func(a Action) bool { return strings.TrimSpace(string(a)) == "" }):
		return r, invalid("Actions holds an empty one; leave Actions empty for all")
	case slices.ContainsFunc(q.Actions, func(a Action) bool { return !utf8.ValidString(string(a)) }):
		return r, invalid("Actions holds one that is not valid UTF-8")
	case !utf8.ValidString(q.Search):
		return r, invalid("Search is not valid UTF-8")
	}
	start, startOK := formatDate(q.StartDate)
	end, endOK := formatDate(nextMidnight(q.EndDate))
	if q.openEnded() {
		_, endOK = openEndDate(q.StartDate) // which is sent when the list is read
	}
	if !startOK || !endOK {
		return r, invalid("StartDate or EndDate lies outside the years 1 to 9999")
	}
	extra, err := encodeExtra(q.Extra)
	if err != nil {
		return r, err
	}
	r = activityRequest{
		StartDate: start,
		EndDate:   end,
		Age:       ceilHours(q.Age),
		Action:    slices.Clone(q.Actions),
		Search:    q.Search,
		Extra:     extra,
	}
	if len(r.encode(position{})) > maxRequest {
		return r, invalid("the query is larger than 64 KiB: a server may refuse that with the status that ends a list")
	}
	return r, nil
}

// openEnded reports whether the list reaches from a date to the present.
func (q ActivityQuery) openEnded() bool { return !q.StartDate.IsZero() && q.EndDate.IsZero() }

// openEndDate writes the day at whose beginning a list ends that reaches from a date to the
// present: the first one behind both, since the service takes no end that is not after the start.
func openEndDate(start time.Time) (text string, ok bool) {
	last := time.Now()
	if start.After(last) {
		last = start
	}
	return formatDate(last.Add(day))
}

// dateLayout is the service's form of a day.
const dateLayout = "01/02/2006"

// formatDate writes the day in UTC in which t lies; nothing for the zero time.
func formatDate(t time.Time) (text string, ok bool) {
	if t.IsZero() {
		return "", true
	}
	t = t.UTC()
	return t.Format(dateLayout), t.Year() >= 1 && t.Year() <= 9999
}

// nextMidnight is t itself if it is midnight in UTC, or zero.
func nextMidnight(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	utc := t.UTC()
	midnight := time.Date(utc.Year(), utc.Month(), utc.Day(), 0, 0, 0, 0, time.UTC)
	if midnight.Before(utc) {
		midnight = midnight.AddDate(0, 0, 1)
	}
	return midnight
}

// ceilHours rounds up.
func ceilHours(d time.Duration) int64 {
	hours := int64(d / time.Hour)
	if d%time.Hour > 0 {
		hours++
	}
	return hours
}

func invalid(message string) error {
	return &activity.Error{Vendor: vendor, Kind: activity.ErrInvalid, Message: message}
}

// activityRequest is the body of a request for activities. Its tags are the one table of the
// members that the SDK owns; they are sent in this order, with Extra behind them, sorted by name.
// Everything in it is valid UTF-8 and shared by all requests of a list, so that it must not be
// changed.
type activityRequest struct {
	Limit     int                       `json:"limit"`
	Page      int64                     `json:"page"`
	StartDate string                    `json:"start_date,omitzero"`
	EndDate   string                    `json:"end_date,omitzero"`
	Age       int64                     `json:"age,omitzero"`
	Action    []Action                  `json:"action,omitempty"`
	Search    string                    `json:"search,omitzero"`
	Extra     map[string]jsontext.Value `json:",embed"`
}

// maxRequest bounds a body. The usual servers in front of a service take a megabyte at least, and
// refuse more with 413.
const maxRequest = 64 << 10

// encode returns the body that asks for one page.
func (r activityRequest) encode(p position) []byte {
	r.Limit, r.Page, r.EndDate = p.Size, p.Page, cmp.Or(p.End, r.EndDate)
	body, err := json.Marshal(r, json.Deterministic(true))
	if err != nil { // request has checked every part
		panic("opswat: a checked query cannot be encoded")
	}
	return body
}

// identity returns what distinguishes this list from others: every member that is sent, except
// those that only page.
func (r activityRequest) identity() url.Values {
	members := url.Values{}
	body := wire.NewReader(r.encode(position{}))
	_ = body.Object(func(name string) error {
		value, err := body.Value()
		if name != "limit" && name != "page" {
			members.Set(name, string(value))
		}
		return err
	})
	return members
}

// encodeExtra makes a copy of the user's members that no later change of theirs can reach.
func encodeExtra(extra map[string]any) (map[string]jsontext.Value, error) {
	encoded := make(map[string]jsontext.Value, len(extra))
	for name, value := range extra {
		switch {
		case strings.TrimSpace(name) == "" || !utf8.ValidString(name):
			return nil, invalid("Extra holds a member whose name is empty or not valid UTF-8")
		case hasField(name):
			return nil, invalid(fmt.Sprintf("Extra holds %q, which has a field of its own or belongs to paging", name))
		case name == "access_token":
			return nil, invalid("Extra holds access_token; tokens come from the credentials")
		}
		text, err := json.Marshal(value, json.Deterministic(true))
		if err != nil { // the library's error may quote the value
			return nil, invalid(fmt.Sprintf("the value of %.64q in Extra cannot be encoded as JSON", name))
		}
		encoded[name] = text
	}
	return encoded, nil
}

// hasField reports whether the SDK sends a member of that name itself.
func hasField(name string) bool {
	for f := range reflect.TypeFor[activityRequest]().Fields() {
		if known, _, _ := strings.Cut(f.Tag.Get("json"), ","); known == name {
			return true
		}
	}
	return false
}
