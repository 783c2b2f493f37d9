package aspera

import (
	"maps"
	"net/url"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
)

// TransferQuery says which transfers a list has. A zero field is not sent, so the zero
// TransferQuery asks for what the service returns by default.
type TransferQuery struct {
	// Start and Stop bound the time, sent in UTC with milliseconds; a finer bound is widened to the
	// next millisecond. They most likely mean the session's start, which is inferred from the order
	// of the vendor's samples. Whether the bounds themselves are included is not documented (probe:
	// aspera.start, aspera.stop). The manual of IBM's aspera-cli says that the service accepts 5
	// minutes to 6 months between them (probe: aspera.window): see [Windows] for more. Stop before
	// Start is refused.
	Start time.Time `url:"start_time,omitempty"`
	Stop  time.Time `url:"stop_time,omitempty"`
	// Status and Direction select transfers of one kind. Both filters were seen in working
	// programs; the vendor's page does not list them (probe: aspera.filters).
	Status    Status    `url:"status,omitempty"`    // as the service spells it, such as [StatusFailed]
	Direction Direction `url:"direction,omitempty"` // [DirectionSend] or [DirectionReceive]
	// PageSize is how many transfers the service puts on a page (limit). 0 leaves it to the
	// service, whose default differs by endpoint; more than 10,000 is refused. The service's
	// maximum is not documented (probe: aspera.limit). 100 is known to work, since the vendor's
	// command line client asks for it.
	PageSize int `url:"limit,omitempty"`
	// Extra is sent as it is, for parameters that this package does not know. One that has a field
	// of its own, or belongs to paging (limit, next), is refused. The service may answer 422
	// (activity.ErrInvalid) for a parameter that it does not know (probe: aspera.errors): APIs on
	// the same host do.
	Extra url.Values `url:"-"`
}

func (q TransferQuery) params() (url.Values, error) {
	return params(q, q.Start, q.Stop, q.PageSize, q.Extra)
}

// ListQuery says which records a list has. The zero ListQuery asks for what the service returns by
// default. That the endpoints take Start and Stop is inferred; see [TransferQuery] for the fields.
type ListQuery struct {
	Start    time.Time  `url:"start_time,omitempty"` // sent in UTC with milliseconds, a finer bound widened
	Stop     time.Time  `url:"stop_time,omitempty"`
	PageSize int        `url:"limit,omitempty"` // records a page, at most 10,000; 0 leaves it to the service
	Extra    url.Values `url:"-"`               // sent as it is; a parameter that has a field, or belongs to paging, is refused
}

// The lists that take a [ListQuery], by the name of what they list. None of these endpoints is known
// to have a filter of its own.
type (
	EventQuery      = ListQuery // of [Resource.ApplicationEvents]
	ThroughputQuery = ListQuery // of [Resource.EgressThroughputs] and [Resource.IngressThroughputs]
	FileAccessQuery = ListQuery // of [Resource.FileAccess]
	FileQuery       = ListQuery // of [Resource.TransferFiles]
)

func (q ListQuery) params() (url.Values, error) {
	return params(q, q.Start, q.Stop, q.PageSize, q.Extra)
}

// FileAccessSearch says what to search the accesses for. See [TransferQuery] for Start, Stop,
// PageSize and Extra; that this endpoint takes the first two is inferred.
type FileAccessSearch struct {
	// Term is what is searched for. What the service calls the parameter is not documented (probe:
	// aspera.search); it is sent as "search". For another name, leave Term empty and put the term
	// into Extra under that name.
	Term     string     `url:"search,omitempty"`
	Start    time.Time  `url:"start_time,omitempty"`
	Stop     time.Time  `url:"stop_time,omitempty"`
	PageSize int        `url:"limit,omitempty"`
	Extra    url.Values `url:"-"`
}

func (q FileAccessSearch) params() (url.Values, error) {
	return params(q, q.Start, q.Stop, q.PageSize, q.Extra)
}

// VolumeQuery says which time a report covers. See [TransferQuery] for the fields. This endpoint is
// not paginated.
type VolumeQuery struct {
	Start time.Time  `url:"start_time,omitempty"`
	Stop  time.Time  `url:"stop_time,omitempty"`
	Extra url.Values `url:"-"`
}

func (q VolumeQuery) params() (url.Values, error) { return params(q, q.Start, q.Stop, 0, q.Extra) }

// query is any query of a list: it returns the parameters to send, checked and copied.
type query interface {
	params() (url.Values, error)
}

// params checks what all queries have, and encodes a query.
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
	if !start.IsZero() {
		p.Set("start_time", formatTime(start.Truncate(precision)))
	}
	if !stop.IsZero() {
		p.Set("stop_time", formatTime(transport.Ceil(stop, precision)))
	}
	return p, nil
}

// maxPageSize is a hundred times what the vendor's own client asks for.
const maxPageSize = 10_000

func invalid(message string) error {
	return &activity.Error{Kind: activity.ErrInvalid, Message: message}
}

// filters are the parameters of all lists that choose records, or say how many a page has.
var filters = append(transport.ParamNames(TransferQuery{}), transport.ParamNames(FileAccessSearch{})...)

// withoutPaging leaves what makes a list this list and not another.
func withoutPaging(params url.Values) url.Values {
	rest := maps.Clone(params)
	delete(rest, "limit")
	return rest
}

// precision is the finest time that the service is known to accept. A bound that is finer grows outward,
// so that nothing between the bounds is lost.
const precision = time.Millisecond

func formatTime(t time.Time) string {
	layout := "2006-01-02T15:04:05Z"
	if t.Nanosecond() != 0 {
		layout = "2006-01-02T15:04:05.000Z"
	}
	return t.UTC().Format(layout)
}
