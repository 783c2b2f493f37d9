package sdelements

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/cursor"
	"github.com/activity-sdk/activity/internal/paging"
	"github.com/activity-sdk/activity/internal/transport"
	"github.com/activity-sdk/activity/internal/wire"
)

// endpoint is a list of activities. They differ in their paths only.
type endpoint struct {
	op   string
	name string // in cursors
	path string // with a placeholder for each id
	ids  []int64
}

var activitiesEndpoint = endpoint{op: "list activities", name: "activities", path: "/api/v2/activities/"}

// Activities returns the list of all activities that the account may see, from GET
// /api/v2/activities/. Nothing is sent before the list is read. In the vendor's examples the newest
// come first (probe: sdelements.order). The package documentation lists what is guaranteed.
//
// Pages after the first are requested with date_to, the time of the first response. So activities
// that happen while the list is read move no others to later pages. A cursor continues with the
// page size that it was made with.
//
// Page.Total is the service's count, or -1 if it does not count. Whether it counts only what
// matches the query is not documented (probe: sdelements.count). Page.Raw is the body as it was
// sent. It may contain activities that were delivered before and are not in Page.Items, so a page
// can be empty although more pages follow.
//
// If a query is invalid, or its path and parameters are longer than 8,000 bytes, reading the list
// returns [activity.ErrInvalid].
//
// The client notices that activities moved to other pages if ids repeat (probe: sdelements.ids), if
// the service's count changes (probe: sdelements.count), or if a page does not exist any more
// (probe: sdelements.past). Two cases go unnoticed. If activities vanish while as many others with
// earlier dates are listed late, an activity may be missing. If the service itself lists an id at
// two places far apart, it may be delivered twice. As far as the vendor documents, nothing deletes
// activities.
func (c *Client) Activities(q ActivityQuery) activity.List[Activity] {
	return c.list(activitiesEndpoint, q)
}

// UserActivities returns the list of what concerns the user of the credentials, from GET
// /api/v2/users/me/activities/: what was done by the user, to the user, or in projects that the
// user is in, without log-ins and log-outs. What [Client.Activities] says about pages, cursors and
// errors holds here too.
func (c *Client) UserActivities(q ActivityQuery) activity.List[Activity] {
	return c.list(endpoint{op: "list user activities", name: "user-activities", path: "/api/v2/users/me/activities/"}, q)
}

// UserActivityStream returns the list of [Client.UserActivities] from a newer endpoint, GET
// /api/v2/users/me/activity-stream/. Text is Markdown there: *name*, and links that begin with
// /activity-redirect/. The service pages by its own cursors, so new activities move no others, and
// does not count: Page.Total is -1.
//
// Without DateFrom the stream most likely covers one year, as the vendor's example does
// (probe: sdelements.stream). The service answers with the bounds that it used. If they cover less
// time than was asked for, the logger gets a warning, once for each read of the list. If they cover
// less than DateFrom or DateTo asked for, the list also ends with [activity.ErrInvalid] after its
// last page, although the service refused nothing. What was delivered before is good.
//
// Which servers have the endpoint is not documented (probe: sdelements.stream). The others answer
// 404, which is [activity.ErrNotFound]. What the service answers to a cursor that it does not know
// is not documented either (probe: sdelements.cursor).
func (c *Client) UserActivityStream(q ActivityQuery) activity.List[Activity] {
	return c.list(endpoint{op: "list user activity stream", name: "user-stream", path: "/api/v2/users/me/activity-stream/"}, q)
}

// ProjectActivities returns the list of the activities of one project, from GET
// /api/v2/projects/{id}/activities/. What [Client.Activities] says about pages, cursors and errors
// holds here too. With a project id below 1, reading the list returns [activity.ErrInvalid].
func (c *Client) ProjectActivities(projectID int64, q ActivityQuery) activity.List[Activity] {
	return c.list(endpoint{op: "list project activities", name: "project-activities",
		path: "/api/v2/projects/{project_id}/activities/", ids: []int64{projectID}}, q)
}

// ProjectActivityStream returns the list of [Client.ProjectActivities] from a newer endpoint, GET
// /api/v2/projects/{id}/activity-stream/. What [Client.UserActivityStream] says about streams holds
// here too. With a project id below 1, reading the list returns [activity.ErrInvalid].
func (c *Client) ProjectActivityStream(projectID int64, q ActivityQuery) activity.List[Activity] {
	return c.list(endpoint{op: "list project activity stream", name: "project-stream",
		path: "/api/v2/projects/{project_id}/activity-stream/", ids: []int64{projectID}}, q)
}

func (c *Client) list(e endpoint, q ActivityQuery) activity.List[Activity] {
	source, err := c.source(e, q)
	if err != nil {
		return paging.FailedList[Activity](c.api().Reject(e.op, err))
	}
	return activity.NewList(paging.ReadAhead(source.pages, c.api().Prefetch()))
}

// activitySource is a query of an endpoint.
type activitySource struct {
	transport.Places
	op       string
	pageSize int
	dateFrom time.Time // of the query; zero: none
	dateTo   time.Time // likewise
	cursors  cursor.List
}

func (c *Client) source(e endpoint, q ActivityQuery) (*activitySource, error) {
	if err := c.api().Made(); err != nil {
		return nil, err
	}
	path, err := expandPath(e.path, e.ids...)
	if err != nil {
		return nil, err
	}
	params, err := q.params()
	if err != nil {
		return nil, err
	}
	if len(path)+len("?")+len(transport.Encode(params)) > maxURL {
		return nil, invalid("the query makes a URL longer than 8,000 bytes, which the service refuses")
	}
	return &activitySource{
		Places:   transport.Places{Client: c.api(), Path: path, Params: params, Filters: filters, AnyOrigin: true},
		op:       e.op,
		pageSize: cmp.Or(q.PageSize, defaultPageSize),
		dateFrom: q.DateFrom,
		dateTo:   q.DateTo,
		cursors:  cursor.For(vendor, c.api().Tenant(), e.name, path, withoutPaging(params)),
	}, nil
}

// maxURL limits path and query, so that they stay below the 8 KiB that the service takes when
// paging adds to them.
const maxURL = 8000

// expandPath returns the path of a template with its ids.
func expandPath(template string, ids ...int64) (string, error) {
	var segments []string
	for _, id := range ids {
		if id < 1 {
			return "", invalid("the id in the path is below 1")
		}
		segments = append(segments, strconv.FormatInt(id, 10))
	}
	return transport.Path(template, segments...)
}

// Activity reads an activity by its id, from GET /api/v2/activities/{id}/. It returns
// [activity.ErrNotFound] if there is none or the account may not see it, and [activity.ErrInvalid]
// for an id below 1.
func (c *Client) Activity(ctx context.Context, id int64) (Activity, error) {
	const op = "get activity"
	path, err := expandPath("/api/v2/activities/{activity_id}/", id)
	if err != nil {
		return Activity{}, c.api().Reject(op, err)
	}
	var found Activity
	_, err = c.api().Do(ctx, transport.Call{
		Op:     op,
		Method: http.MethodGet,
		Path:   path,
		Read:   true,
		Decode: func(r *wire.Reader) (err error) {
			found, err = readActivity(r)
			return err
		},
	})
	return found, err
}
