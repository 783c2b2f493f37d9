package snaplogic

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
)

// The vendor's range for a page, and this package's default within it.
const (
	maxPageSize     = 100_000
	defaultPageSize = 1000
)

// ActivityQuery chooses activities. A zero field is not sent; all others must hold at once. The
// service keeps activities for 90 days.
type ActivityQuery struct {
	// Start and End bound the time of the activities: since Start, before End. Whether the service
	// includes the bounds themselves is not documented (probe: snaplogic.start),
	// (probe: snaplogic.end). It counts in milliseconds; a finer Start is rounded down and a finer
	// End up. An End before Start, and bounds before 1970 or after the year 9999, are refused.
	//
	// The first request is sent with End as it is. Those after it end at the moment of the first
	// answer, by the service's clock, rounded up to a second, or at End if that is earlier. A list
	// that does not begin with its newest activities is bounded by End alone.
	Start, End time.Time

	EventTypes []EventType // any of these; one that is empty or holds a comma is refused
	User       string      // activities related to this user

	// Asset chooses by its label. The vendor is not clear on whether it needs Project
	// (probe: snaplogic.asset).
	Asset        string
	AssetType    AssetType  // activities about assets of this kind
	Project      string     // by its label; refused without ProjectSpace
	ProjectSpace string     // by its label
	AlertState   AlertState // of alerts

	// IsAlert is true for alerts only, and false for what is no alert. What the service returns for
	// nil is not clear: one of the vendor's pages says both, another can be read as no alerts
	// (probe: snaplogic.alerts). Ask for each where it matters.
	IsAlert *bool
	// AdminUpdate is true for what processes of SnapLogic did. What the service returns for false
	// and for nil is not documented (probe: snaplogic.admin).
	AdminUpdate *bool

	// PageSize is how many records one request asks for, 1 to 100,000; 0 means 1,000. It is the
	// most that a page holds. Requests after the first ask for one record more, to see how pages
	// join.
	//
	// A page takes up to about 3.5 times the memory of its bytes, which counts for pages of 100,000
	// records. They may also need more time than [activity.WithAttemptTimeout] allows, and more
	// bytes than [activity.WithMaxResponseBytes].
	PageSize int

	// Extra sends parameters that this package does not know. One that it does know is refused. The
	// service may ignore what it does not know either, so that a misspelt filter filters nothing
	// (probe: snaplogic.unknown).
	Extra url.Values
}

// params is the one table of the parameters that this package owns.
type params struct {
	Start        string `url:"start,omitempty"`
	End          string `url:"end,omitempty"`
	Limit        string `url:"limit,omitempty"`
	Offset       string `url:"offset,omitempty"`
	ProjectSpace string `url:"filter_project_space,omitempty"`
	Project      string `url:"filter_project,omitempty"`
	Asset        string `url:"filter_asset,omitempty"`
	AssetType    string `url:"filter_asset_type,omitempty"`
	EventType    string `url:"filter_event_type,omitempty"`
	IsAlert      string `url:"filter_is_alert,omitempty"`
	AlertState   string `url:"filter_alert_state,omitempty"`
	User         string `url:"filter_user,omitempty"`
	AdminUpdate  string `url:"filter_snaplogic_admin_update,omitempty"`
}

// filter returns the parameters of a query, except those that page.
func (q ActivityQuery) filter() params {
	types := make([]string, len(q.EventTypes))
	for i, t := range q.EventTypes {
		types[i] = string(t)
	}
	return params{
		Start:        millis(floorMillis(q.Start)),
		End:          millis(ceilMillis(q.End)),
		ProjectSpace: q.ProjectSpace,
		Project:      q.Project,
		Asset:        q.Asset,
		AssetType:    string(q.AssetType),
		EventType:    strings.Join(types, ","),
		IsAlert:      boolean(q.IsAlert),
		AlertState:   string(q.AlertState),
		User:         q.User,
		AdminUpdate:  boolean(q.AdminUpdate),
	}
}

// paged adds to a filter's parameters where a walk ends and which rows are wanted.
func (s span) paged(filter url.Values) url.Values {
	paging, _ := transport.Params(params{End: millis(s.end), Limit: strconv.Itoa(s.limit), Offset: strconv.Itoa(s.offset)}, nil)
	for name, values := range filter {
		if _, set := paging[name]; !set {
			paging[name] = values
		}
	}
	return paging
}

// check returns what is wrong with a query.
func (q ActivityQuery) check() error {
	switch {
	case q.PageSize < 0 || q.PageSize > maxPageSize:
		return refuse("PageSize must be between 1 and 100,000, or 0 for 1,000")
	case outside(q.Start), outside(q.End):
		return refuse("Start and End must not lie before 1970 or after the year 9999")
	case !q.Start.IsZero() && !q.End.IsZero() && q.End.Before(q.Start):
		return refuse("End lies before Start")
	case q.Project != "" && q.ProjectSpace == "":
		return refuse("Project needs ProjectSpace: the service does not look for a project without it")
	}
	for _, t := range q.EventTypes {
		switch {
		case strings.TrimSpace(string(t)) == "":
			return refuse("EventTypes holds an empty type")
		case strings.Contains(string(t), ","):
			return refuse("EventTypes holds a type with a comma; give each type an element of its own")
		}
	}
	return nil
}

func refuse(message string) error {
	return &activity.Error{Kind: activity.ErrInvalid, Message: message}
}

// outside reports whether a bound is none that the service can be asked for.
func outside(t time.Time) bool { return before1970(t) || t.UTC().Year() > 9999 }

func before1970(t time.Time) bool { return !t.IsZero() && t.Unix() < 0 }

// floorMillis and ceilMillis return Unix milliseconds, rounded so that an interval does not shrink;
// noTime for the zero time.
func floorMillis(t time.Time) int64 {
	if t.IsZero() {
		return noTime
	}
	return t.UnixMilli()
}

func ceilMillis(t time.Time) int64 {
	if t.IsZero() {
		return noTime
	}
	return t.Add(time.Millisecond - 1).UnixMilli()
}

const noTime = -1

func millis(ms int64) string {
	if ms == noTime {
		return ""
	}
	return strconv.FormatInt(ms, 10)
}

func boolean(b *bool) string {
	if b == nil {
		return ""
	}
	return strconv.FormatBool(*b)
}
