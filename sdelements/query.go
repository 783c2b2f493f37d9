package sdelements

import (
	"fmt"
	"maps"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
)

// ActivityQuery selects the activities that match all of its fields. Zero fields are not sent, so
// the zero ActivityQuery selects everything that the account may see.
//
// Each field takes one value, since the vendor does not document several
// (probe: sdelements.lookups). Custom lookups may take several; see Extra.
type ActivityQuery struct {
	// Actor is the id of the user who did something, and User the id of the user to whom it was
	// done. Both are numbers, although Data shows such a user as "U7".
	Actor int64 `url:"actor,omitempty"`
	User  int64 `url:"user,omitempty"`
	// ID selects the activity with this id. [Client.Activity] reads it without a list.
	ID int64 `url:"id,omitempty"`
	// Application, BusinessUnit and Project are ids of what an activity is about. The fields that
	// end in Desc take its name instead, and also find activities about what was deleted since.
	Application      int64  `url:"application,omitempty"`
	ApplicationDesc  string `url:"application_desc,omitempty"`
	BusinessUnit     int64  `url:"business_unit,omitempty"`
	BusinessUnitDesc string `url:"business_unit_desc,omitempty"`
	Project          int64  `url:"project,omitempty"`
	ProjectDesc      string `url:"project_desc,omitempty"`
	// Standard is the id of a library task with its prefix: T for those that come with the product,
	// such as "T21", and CT for custom ones. Other prefixes are sent too, since the service's data
	// has some ("PT1"). A bare number and white space are refused.
	Standard string `url:"standard,omitempty"`
	// StandardDesc is the full name of a library task, its id included: "T21: Ensure …".
	StandardDesc string `url:"standard_desc,omitempty"`
	// Name is what happened. Names without a constant are sent too.
	Name ActivityName `url:"name,omitempty"`
	// DateFrom and DateTo limit the time, both inclusive (probe: sdelements.bounds). They are sent
	// in UTC, rounded outward to the service's precision of a microsecond. DateTo before DateFrom
	// is refused.
	DateFrom time.Time `url:"date_from,omitempty"`
	DateTo   time.Time `url:"date_to,omitempty"`
	// PageSize is the number of activities in a page, 1 to 10,000; 0 means 100, which is the
	// vendor's own example. Smaller pages than asked for lose nothing. A page takes up to about 3.5
	// times the memory of its bytes.
	//
	// The vendor documents no maximum (probe: sdelements.page_size); its own client sends 1000 and
	// 10000 to other endpoints.
	PageSize int `url:"page_size"`
	// Extra has parameters that this package does not know, and is sent as it is. Parameters that
	// have a field or belong to paging (page_size, page, cursor) are refused. What the service does
	// with unknown parameters is not documented (probe: sdelements.unknown).
	//
	// The vendor mentions custom lookups: a field's name, two underscores and a lookup, such as
	// name__iexact or id__in. The streams take the lookups of [Client.Activities], but which those
	// are is not documented (probe: sdelements.lookups). ordering, include, exclude and expand are
	// documented for other endpoints only.
	Extra url.Values `url:"-"`
}

const (
	defaultPageSize = 100    // the vendor's own example
	maxPageSize     = 10_000 // the largest that any client is known to ask for
)

// filters are the parameters that select activities, and page_size. A link to the next page cannot
// change them.
var filters = transport.ParamNames(ActivityQuery{})

// params checks the query and encodes it.
func (q ActivityQuery) params() (url.Values, error) {
	if problem := q.problem(); problem != "" {
		return nil, invalid(problem)
	}
	if q.PageSize == 0 {
		q.PageSize = defaultPageSize
	}
	params, err := transport.Params(q, q.Extra, "page", "cursor")
	if err != nil {
		return nil, err
	}
	transport.SetTime(params, "date_from", q.DateFrom.Truncate(precision), timestamp)
	transport.SetTime(params, "date_to", transport.Ceil(q.DateTo, precision), timestamp)
	return params, nil
}

// problem describes what is wrong with the query; "" if nothing is.
func (q ActivityQuery) problem() string {
	for _, id := range []struct {
		field string
		value int64
	}{
		{"Actor", q.Actor}, {"Application", q.Application}, {"BusinessUnit", q.BusinessUnit}, {"ID", q.ID},
		{"Project", q.Project}, {"User", q.User},
	} {
		if id.value < 0 {
			return id.field + " is negative; ids are positive, and 0 does not filter"
		}
	}
	for _, bound := range []time.Time{q.DateFrom, q.DateTo} {
		// A bound in the year 9999 might be rounded up to 10000.
		if year := bound.UTC().Year(); year < 1 || year > 9998 {
			return "DateFrom or DateTo is outside the years 1 to 9998"
		}
	}
	switch {
	case !q.DateFrom.IsZero() && !q.DateTo.IsZero() && q.DateTo.Before(q.DateFrom):
		return "DateTo is before DateFrom"
	case strings.ContainsFunc(q.Standard, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }):
		return `Standard holds white space or control characters; it is an id such as "T21", and StandardDesc takes the name`
	case q.Standard != "" && strings.Trim(q.Standard, "0123456789") == "":
		return `Standard is a bare number; it needs its prefix, as in "T21", or "CT3" for a custom one`
	case q.PageSize < 0 || q.PageSize > maxPageSize:
		return fmt.Sprintf("PageSize is outside 1 to %d; 0 means %d", maxPageSize, defaultPageSize)
	}
	return ""
}

func invalid(message string) error {
	return &activity.Error{Kind: activity.ErrInvalid, Message: message}
}

// withoutPaging returns the parameters that distinguish a list from others.
func withoutPaging(params url.Values) url.Values {
	rest := maps.Clone(params)
	delete(rest, "page_size")
	return rest
}

// precision is the precision of the service's dates.
const precision = time.Microsecond

// timestamp formats a time in UTC. Without the Z the service would take it for local time.
func timestamp(t time.Time) string {
	return t.UTC().Format("2006-01-02T15:04:05.999999Z")
}
