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

const (
	maxPageSize     = 100_000 // the vendor's maximum
	defaultPageSize = 1000
)

// ActivityQuery selects the activities that match all of its fields. Zero fields are not sent. The
// zero ActivityQuery may leave out alerts and what SnapLogic's processes did; see IsAlert and
// AdminUpdate.
//
// Blanks in values are sent as %20, as in the vendor's examples (probe: snaplogic.blank).
type ActivityQuery struct {
	// Start and End limit the time of the activities. They are sent in milliseconds, rounded
	// outward. End before Start, and times before 1970 or after 9999, are refused.
	//
	// The vendor says "since" Start and "before" End. Whether that means inclusive bounds is not
	// documented (probe: snaplogic.start), (probe: snaplogic.end). To read adjacent spans, let them
	// overlap by a second and skip ids that come again. A feed does so by itself.
	Start time.Time `url:"start,omitempty"`
	End   time.Time `url:"end,omitempty"`

	// EventTypes selects activities of any of these types. Types without a constant are allowed; an
	// empty type and one with a comma are refused.
	EventTypes []EventType `url:"filter_event_type,comma,omitempty"`
	// User selects activities related to this user.
	User string `url:"filter_user,omitempty"`

	// Asset, Project and ProjectSpace are labels. Project without ProjectSpace is refused. Whether
	// Asset needs both is not clear (probe: snaplogic.asset).
	Asset        string     `url:"filter_asset,omitempty"`
	AssetType    AssetType  `url:"filter_asset_type,omitempty"`
	Project      string     `url:"filter_project,omitempty"`
	ProjectSpace string     `url:"filter_project_space,omitempty"`
	AlertState   AlertState `url:"filter_alert_state,omitempty"`

	// IsAlert selects alerts if it is true, and everything else if it is false. For nil, the
	// service returns both or leaves alerts out: the vendor's documents differ
	// (probe: snaplogic.alerts). If that matters, read both lists.
	IsAlert *bool `url:"filter_is_alert,omitempty"`
	// AdminUpdate, if true, selects what SnapLogic's processes did. What the service returns for
	// false and for nil is not documented (probe: snaplogic.admin).
	AdminUpdate *bool `url:"filter_snaplogic_admin_update,omitempty"`

	// PageSize is the number of activities in a page, 1 to 100,000; 0 means 1000. Requests after
	// the first ask for one more, since they begin with the last activity of the page before, as a
	// check. If the service sends fewer, none is lost.
	//
	// A page takes up to about 3.5 times the memory of its bytes. Very large pages may need more
	// than [activity.WithAttemptTimeout] and [activity.WithMaxResponseBytes] allow.
	PageSize int `url:"limit,omitempty"`

	// Extra has parameters that this package does not know, and is sent as it is. Parameters that
	// have a field or belong to paging are refused. The service may ignore unknown parameters, so a
	// misspelt filter may select everything (probe: snaplogic.unknown).
	Extra url.Values `url:"-"`
}

// AssetType is a type of asset in a query. The set is open. Activities have more types than the
// vendor documents for queries, such as "Dir" for a project. Whether a query can select those is
// not documented (probe: snaplogic.assettype).
type AssetType string

// The asset types that the vendor documents for queries.
const (
	AssetFile     AssetType = "File"
	AssetPipeline AssetType = "Pipeline"
	AssetPlex     AssetType = "Plex" // a Snaplex
	AssetOrg      AssetType = "Org"
	AssetAccount  AssetType = "Account"
)

// AlertState is the state of an alert in a query. The set is open.
type AlertState string

// The states that the vendor documents.
const (
	AlertOpen   AlertState = "open"   // something may be wrong and should be investigated
	AlertClosed AlertState = "closed" // the issue is resolved, so nothing has to be done
)

// clone returns a copy that shares no memory with q.
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

// params checks the query and encodes it, without the parameters that page.
func (q ActivityQuery) params() (url.Values, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	q.PageSize = 0
	params, err := transport.Params(q, q.Extra, "offset")
	if err != nil {
		return nil, err
	}
	transport.SetTime(params, "start", q.Start, formatMillis)
	transport.SetTime(params, "end", transport.Ceil(q.End, time.Millisecond), formatMillis)
	return params, nil
}

// check returns an error if the query is invalid.
func (q ActivityQuery) check() error {
	switch {
	case q.PageSize < 0 || q.PageSize > maxPageSize:
		return invalid("PageSize must be between 1 and 100,000, or 0 for 1,000")
	case outOfRange(q.Start), outOfRange(q.End):
		return invalid("Start and End must not be before 1970 or after the year 9999")
	case !q.Start.IsZero() && !q.End.IsZero() && q.End.Before(q.Start):
		return invalid("End is before Start")
	case q.Project != "" && q.ProjectSpace == "":
		return invalid("Project needs ProjectSpace: the service finds no project without it")
	}
	for _, t := range q.EventTypes {
		switch {
		case strings.TrimSpace(string(t)) == "":
			return invalid("EventTypes has an empty type")
		case strings.Contains(string(t), ","):
			return invalid("EventTypes has a type with a comma; pass each type as an element of its own")
		}
	}
	return nil
}

func invalid(message string) error {
	return &activity.Error{Kind: activity.ErrInvalid, Message: message}
}

// outOfRange reports whether a time cannot be sent.
func outOfRange(t time.Time) bool { return before1970(t) || t.UTC().Year() > 9999 }

func before1970(t time.Time) bool { return !t.IsZero() && t.Unix() < 0 }

// noTime stands for the zero time among Unix milliseconds.
const noTime = -1

// floorMillis returns t in Unix milliseconds, rounded down.
func floorMillis(t time.Time) int64 {
	if t.IsZero() {
		return noTime
	}
	return t.UnixMilli()
}

// formatMillis does what an option of go-querystring does, which overflows after the year 2262.
func formatMillis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

// ceilMillis returns t in Unix milliseconds, rounded up.
func ceilMillis(t time.Time) int64 {
	if t.IsZero() {
		return noTime
	}
	return t.Add(time.Millisecond - 1).UnixMilli()
}
