package aspera

import (
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
)

// listParams are the parameters that all lists have.
type listParams struct {
	StartTime string `url:"start_time,omitempty"`
	StopTime  string `url:"stop_time,omitempty"`
	Limit     int    `url:"limit,omitempty"`
	Next      string `url:"next,omitempty"` // stands in the service's links alone; it is here so that Extra cannot name it
}

func newListParams(start, stop time.Time, pageSize int) (listParams, error) {
	if pageSize < 0 || pageSize > maxPageSize {
		return listParams{}, invalid("PageSize is outside 1 to 10,000; 0 leaves it to the service")
	}
	if !start.IsZero() && !stop.IsZero() && stop.Before(start) {
		return listParams{}, invalid("Stop is before Start")
	}
	for _, t := range []time.Time{start, transport.Ceil(stop, unit)} {
		if year := t.UTC().Year(); year < 1 || year > 9999 {
			return listParams{}, invalid("Start or Stop is outside the years 1 to 9999")
		}
	}
	return listParams{StartTime: floor(start), StopTime: ceil(stop), Limit: pageSize}, nil
}

// maxPageSize is a hundred times what the vendor's own client asks for.
const maxPageSize = 10_000

func invalid(message string) error {
	return &activity.Error{Kind: activity.ErrInvalid, Message: message}
}

// spanParams are the parameters of a query that has no others.
func spanParams(start, stop time.Time, pageSize int, extra url.Values) (url.Values, error) {
	p, err := newListParams(start, stop, pageSize)
	if err != nil {
		return nil, err
	}
	return transport.Params(p, extra)
}

// filters are the parameters of all lists that choose records, or say how many a page has.
var filters = slices.DeleteFunc(slices.Concat(transport.ParamNames(transferParams{}), transport.ParamNames(searchParams{})),
	func(name string) bool { return name == "next" })

// withoutPaging leaves what makes a list this list and not another.
func withoutPaging(params url.Values) url.Values {
	rest := maps.Clone(params)
	delete(rest, "limit")
	return rest
}

// unit is the finest time that the service is known to accept.
const unit = time.Millisecond

// floor and ceil write a bound. One that is finer than the unit grows outward, so that nothing
// between the bounds is lost. The zero time is none.
func floor(t time.Time) string { return timestamp(t.Truncate(unit)) }

func ceil(t time.Time) string { return timestamp(transport.Ceil(t, unit)) }

func timestamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	layout := "2006-01-02T15:04:05Z"
	if t.Nanosecond() != 0 {
		layout = "2006-01-02T15:04:05.000Z"
	}
	return t.UTC().Format(layout)
}
