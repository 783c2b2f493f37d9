package snaplogic

import (
	"net/http"
	"net/url"
	"slices"
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
	Start time.Time `url:"start,omitempty,unixmilli"`
	End   time.Time `url:"end,omitempty,unixmilli"`

	EventTypes []EventType `url:"filter_event_type,comma,omitempty"` // any of these; one that is empty or holds a comma is refused
	User       string      `url:"filter_user,omitempty"`             // activities related to this user

	// Asset chooses by its label. The vendor is not clear on whether it needs Project
	// (probe: snaplogic.asset).
	Asset        string     `url:"filter_asset,omitempty"`
	AssetType    AssetType  `url:"filter_asset_type,omitempty"`    // activities about assets of this kind
	Project      string     `url:"filter_project,omitempty"`       // by its label; refused without ProjectSpace
	ProjectSpace string     `url:"filter_project_space,omitempty"` // by its label
	AlertState   AlertState `url:"filter_alert_state,omitempty"`   // of alerts

	// IsAlert is true for alerts only, and false for what is no alert. What the service returns for
	// nil is not clear: one of the vendor's pages says both, another can be read as no alerts
	// (probe: snaplogic.alerts). Ask for each where it matters.
	IsAlert *bool `url:"filter_is_alert,omitempty"`
	// AdminUpdate is true for what processes of SnapLogic did. What the service returns for false
	// and for nil is not documented (probe: snaplogic.admin).
	AdminUpdate *bool `url:"filter_snaplogic_admin_update,omitempty"`

	// PageSize is how many records one request asks for, 1 to 100,000; 0 means 1,000. It is the
	// most that a page holds. Requests after the first ask for one record more, to see how pages
	// join.
	//
	// A page takes up to about 3.5 times the memory of its bytes, which counts for pages of 100,000
	// records. They may also need more time than [activity.WithAttemptTimeout] allows, and more
	// bytes than [activity.WithMaxResponseBytes].
	PageSize int `url:"limit,omitempty"`

	// Extra sends parameters that this package does not know. One that it does know is refused. The
	// service may ignore what it does not know either, so that a misspelt filter filters nothing
	// (probe: snaplogic.unknown).
	Extra url.Values `url:"-"`
}

// params checks the query and encodes it, without the parameters that page.
func (q ActivityQuery) params() (url.Values, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	q.PageSize = 0
	if !q.End.IsZero() {
		q.End = transport.Ceil(q.End, time.Millisecond)
	}
	return transport.Params(q, q.Extra, "offset")
}

// check returns what is wrong with a query.
func (q ActivityQuery) check() error {
	switch {
	case q.PageSize < 0 || q.PageSize > maxPageSize:
		return invalid("PageSize must be between 1 and 100,000, or 0 for 1,000")
	case outOfRange(q.Start), outOfRange(q.End):
		return invalid("Start and End must not lie before 1970 or after the year 9999")
	case !q.Start.IsZero() && !q.End.IsZero() && q.End.Before(q.Start):
		return invalid("End lies before Start")
	case q.Project != "" && q.ProjectSpace == "":
		return invalid("Project needs ProjectSpace: the service does not look for a project without it")
	}
	for _, t := range q.EventTypes {
		switch {
		case strings.TrimSpace(string(t)) == "":
			return invalid("EventTypes holds an empty type")
		case strings.Contains(string(t), ","):
			return invalid("EventTypes holds a type with a comma; give each type an element of its own")
		}
	}
	return nil
}

func invalid(message string) error {
	return &activity.Error{Kind: activity.ErrInvalid, Message: message}
}

// outside reports whether a bound is none that the service can be asked for.
func outOfRange(t time.Time) bool { return before1970(t) || t.UTC().Year() > 9999 }

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

// AssetType is a kind of asset, in queries. The set is open. Records name further kinds in
// [Activity.AssetType], such as "Dir" for a project; whether one can ask for those is not
// documented (probe: snaplogic.assettype).
type AssetType string

// The asset types that the vendor documents for queries.
const (
	AssetFile     AssetType = "File"
	AssetPipeline AssetType = "Pipeline"
	AssetPlex     AssetType = "Plex" // a Snaplex
	AssetOrg      AssetType = "Org"
	AssetAccount  AssetType = "Account"
)

// AlertState is the state of an alert, in queries. The set is open.
type AlertState string

// The states that the vendor documents.
const (
	AlertOpen   AlertState = "open"   // something may be wrong and should be looked into
	AlertClosed AlertState = "closed" // the issue is resolved; nothing has to be done
)

// clone copies what a later change could reach.
func (q ActivityQuery) clone() ActivityQuery {
	q.EventTypes = slices.Clone(q.EventTypes)
	q.Extra = url.Values(http.Header(q.Extra).Clone())
	for _, flag := range []**bool{&q.IsAlert, &q.AdminUpdate} {
		if *flag != nil {
			*flag = new(**flag)
		}
	}
	return q
}
