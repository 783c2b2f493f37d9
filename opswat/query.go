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

// ActivityQuery selects activities. Set StartDate, with or without EndDate, or Age; without them
// the service looks back 24 hours. Zero fields are not sent.
//
// If a query is invalid, reading its list returns an [*activity.Error] with [activity.ErrInvalid]
// and sends nothing.
type ActivityQuery struct {
	// StartDate is the earliest time. The service takes whole days in UTC, so the day of StartDate
	// is sent.
	//
	// Without EndDate the list reaches to the present. Since the service ignores a date that comes
	// alone (probe: opswat.lone), an end is sent: the first midnight in UTC after the time at which
	// the first page is read, by the local clock, or after StartDate if that is later. The end
	// stays the same while the list is read, and in its cursors.
	StartDate time.Time
	// EndDate is the latest time. It must be after StartDate, as the vendor demands
	// (probe: opswat.equal), and is refused without one. It is sent rounded up to midnight in UTC,
	// so nothing before it is missing if the service stops at the beginning of that day. More
	// likely, though only inferred, the service includes the day (probe: opswat.day). Then
	// activities of up to two days after EndDate are delivered too.
	EndDate time.Time
	// Age is how far the list reaches back from now. It is rounded up to whole hours, which is what
	// the service takes. The service ignores it if both dates are set. Age with StartDate alone is
	// refused.
	Age time.Duration
	// Actions selects activities with one of these actions; empty means all.
	Actions []Action
	// Search is a keyword that the service looks for in the names of device, group, user,
	// application and rule, in the device id and in the device status.
	Search string
	// Location is the zone in which timestamps are read, since they name none (probe: opswat.zone).
	// nil means UTC. It is not sent. When the clock of the zone is set back, an hour occurs twice:
	// in that hour, Timestamp in a list may be off by an hour. A feed corrects it if it can.
	Location *time.Location
	// PageSize is the number of activities in a page, 1 to 50; 0 means 50. Since requests are
	// scarce, there is seldom a reason for less.
	PageSize int
	// Extra has members of the request's body that this package does not know, by name. Their
	// values are encoded as JSON when the list is made. Names that have a field or belong to paging
	// are refused, and so is "access_token".
	Extra map[string]any
}

const maxPageSize = 50

// request checks the query and returns the body of its requests, without limit and page.
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
		return r, invalid("StartDate and Age are both set: without EndDate, only one of them can set where the list begins")
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
		_, endOK = openEndDate(q.StartDate) // the end is set when the list is read
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

// openEnded reports whether the list reaches from StartDate to the present.
func (q ActivityQuery) openEnded() bool { return !q.StartDate.IsZero() && q.EndDate.IsZero() }

// openEndDate returns the end date of a list that reaches from start to the present: the day after
// both, since the service refuses an end that is not after the start.
func openEndDate(start time.Time) (text string, ok bool) {
	last := time.Now()
	if start.After(last) {
		last = start
	}
	return formatDate(last.Add(day))
}

// dateLayout is the service's format of a day.
const dateLayout = "01/02/2006"

// formatDate returns the day of t in UTC; "" for the zero time. ok is false if the service has no
// format for that year.
func formatDate(t time.Time) (text string, ok bool) {
	if t.IsZero() {
		return "", true
	}
	t = t.UTC()
	return t.Format(dateLayout), t.Year() >= 1 && t.Year() <= 9999
}

// nextMidnight returns t rounded up to midnight in UTC. The zero time stays zero.
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

// ceilHours returns d in hours, rounded up.
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

// activityRequest is the body of a request. Its members are sent in this order, followed by those
// of Extra, sorted by name. All strings are valid UTF-8. All requests of a list share the value, so
// it must not be changed.
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

// maxRequest limits the bytes of a body. HTTP servers usually take a megabyte at least, and refuse
// larger bodies with 413, which would end a list.
const maxRequest = 64 << 10

// encode returns the body that requests a page.
func (r activityRequest) encode(p position) []byte {
	r.Limit, r.Page, r.EndDate = p.Size, p.Page, cmp.Or(p.End, r.EndDate)
	body, err := json.Marshal(r, json.Deterministic(true))
	if err != nil { // ActivityQuery.request has checked every part
		panic("opswat: a checked query cannot be encoded")
	}
	return body
}

// identity returns the members that distinguish a list from others: all except limit and page.
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

// encodeExtra encodes the values of Extra, so that the user may change them later.
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

// hasField reports whether activityRequest has a field for a member.
func hasField(name string) bool {
	for f := range reflect.TypeFor[activityRequest]().Fields() {
		if known, _, _ := strings.Cut(f.Tag.Get("json"), ","); known == name {
			return true
		}
	}
	return false
}
