package aspera

import (
	"maps"
	"net/url"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
)

// TransferQuery selects transfers. Zero fields are not sent, so the zero TransferQuery asks for
// what the service returns by default. If a query is invalid, reading its list fails with
// [activity.ErrInvalid].
type TransferQuery struct {
	// Start and Stop bound the time, most likely the session's start. That is inferred from the
	// order of the vendor's samples. Whether the bounds are inclusive is not documented
	// (probe: aspera.start, aspera.stop). They are sent in UTC with milliseconds; finer times are
	// rounded outward. A Stop before Start is invalid.
	//
	// Set both if the list may have several pages. The service may choose the bound that a query
	// leaves out, and write it into the link to the next page (probe: aspera.link). It would not be
	// sent again, since a link changes nothing but the place in a list.
	//
	// According to the manual of IBM's aspera-cli, the service accepts 5 minutes to 6 months
	// between them (probe: aspera.window). [Windows] splits a longer span.
	Start time.Time `url:"start_time,omitempty"`
	Stop  time.Time `url:"stop_time,omitempty"`
	// Status and Direction are filters. They were seen in working programs; the vendor's page does
	// not list them (probe: aspera.filters). A feed does not send Status: see
	// [Resource.TransferFeed].
	Status    Status    `url:"status,omitempty"`    // such as [StatusFailed]
	Direction Direction `url:"direction,omitempty"` // [DirectionSend] or [DirectionReceive]
	// PageSize is the number of transfers on a page (limit), at most 10,000. 0 leaves it to the
	// service, whose default differs by endpoint. The service's maximum is not documented
	// (probe: aspera.limit). 100 works: the vendor's command line client asks for it.
	PageSize int `url:"limit,omitempty"`
	// Extra has parameters that this package does not know, and is sent as it is. A parameter that
	// has a field, or belongs to paging (limit, next), is invalid. If the service does not know a
	// parameter, it may answer 422, which is [activity.ErrInvalid] (probe: aspera.errors). Other
	// APIs on the same host do.
	Extra url.Values `url:"-"`
}

func (q TransferQuery) params() (url.Values, error) {
	return params(q, q.Start, q.Stop, q.PageSize, q.Extra)
}

// ListQuery selects the records of a list. The zero ListQuery asks for what the service returns by
// default. That the endpoints take Start and Stop is inferred. [TransferQuery] describes the
// fields.
type ListQuery struct {
	Start    time.Time  `url:"start_time,omitempty"` // sent in UTC with milliseconds, rounded outward
	Stop     time.Time  `url:"stop_time,omitempty"`
	PageSize int        `url:"limit,omitempty"` // at most 10,000; 0 leaves it to the service
	Extra    url.Values `url:"-"`               // sent as it is
}

// Lists without known filters share [ListQuery].
type (
	// EventQuery selects the events of [Resource.ApplicationEvents].
	EventQuery = ListQuery
	// ThroughputQuery selects the rates of [Resource.EgressThroughputs] and
	// [Resource.IngressThroughputs].
	ThroughputQuery = ListQuery
	// FileAccessQuery selects the accesses of [Resource.FileAccess].
	FileAccessQuery = ListQuery
	// FileQuery selects the files of [Resource.TransferFiles].
	FileQuery = ListQuery
)

func (q ListQuery) params() (url.Values, error) {
	return params(q, q.Start, q.Stop, q.PageSize, q.Extra)
}

// FileAccessSearch selects the matches of [Resource.SearchFileAccess]. [TransferQuery] describes
// Start, Stop, PageSize and Extra. That this endpoint takes Start and Stop is inferred.
type FileAccessSearch struct {
	// Term is what to search for. The name of the parameter is not documented
	// (probe: aspera.search); it is sent as "search". For another name, leave Term empty and put
	// the term into Extra under that name.
	Term     string     `url:"search,omitempty"`
	Start    time.Time  `url:"start_time,omitempty"`
	Stop     time.Time  `url:"stop_time,omitempty"`
	PageSize int        `url:"limit,omitempty"`
	Extra    url.Values `url:"-"`
}

func (q FileAccessSearch) params() (url.Values, error) {
	return params(q, q.Start, q.Stop, q.PageSize, q.Extra)
}

// VolumeQuery selects the time that a report covers. [TransferQuery] describes the fields. The
// endpoint has no pages.
type VolumeQuery struct {
	Start time.Time  `url:"start_time,omitempty"`
	Stop  time.Time  `url:"stop_time,omitempty"`
	Extra url.Values `url:"-"`
}

func (q VolumeQuery) params() (url.Values, error) { return params(q, q.Start, q.Stop, 0, q.Extra) }

// query is the query of any endpoint. It returns its parameters, checked and copied.
type query interface {
	params() (url.Values, error)
}

// params checks the fields that all queries share, and encodes the query.
func params(q any, start, stop time.Time, pageSize int, extra url.Values) (url.Values, error) {
	if pageSize < 0 || pageSize > maxPageSize {
		return nil, invalid("PageSize is outside 1 to 10,000; 0 leaves it to the service")
	}
	if !start.IsZero() && !stop.IsZero() && stop.Before(start) {
		return nil, invalid("Stop is before Start")
	}
	for _, t := range []time.Time{start, transport.Ceil(stop, precision)} {
		if year := t.UTC().Year(); year < 1 || year > 9999 {
			return nil, invalid("Start or Stop is outside the years 1 to 9999")
		}
	}
	p, err := transport.Params(q, extra, "limit", "next")
	if err != nil {
		return nil, err
	}
	transport.SetTime(p, "start_time", start.Truncate(precision), formatTime)
	transport.SetTime(p, "stop_time", transport.Ceil(stop, precision), formatTime)
	return p, nil
}

// maxPageSize is a hundred times the page size of the vendor's own client.
const maxPageSize = 10_000

func invalid(message string) error {
	return &activity.Error{Kind: activity.ErrInvalid, Message: message}
}

// filters are the parameters that select records, or set the size of a page, in any list.
var filters = append(transport.ParamNames(TransferQuery{}), transport.ParamNames(FileAccessSearch{})...)

// withoutPaging returns the parameters that identify a list.
func withoutPaging(params url.Values) url.Values {
	rest := maps.Clone(params)
	delete(rest, "limit")
	return rest
}

// precision is the finest time that the service is known to accept. Finer bounds are rounded
// outward, so that nothing between them is lost.
const precision = time.Millisecond

func formatTime(t time.Time) string {
	layout := "2006-01-02T15:04:05Z"
	if t.Nanosecond() != 0 {
		layout = "2006-01-02T15:04:05.000Z"
	}
	return t.UTC().Format(layout)
}
