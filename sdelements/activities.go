package sdelements

import (
	"context"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/cursor"
	"github.com/activity-sdk/activity/internal/paging"
	"github.com/activity-sdk/activity/internal/transport"
)

// endpoint is one of the lists of activities. They differ in nothing but their paths.
type endpoint struct {
	op   string
	name string // in cursors
	path string // a template
	ids  []int64
}

var activities = endpoint{op: "list activities", name: "activities", path: "/api/v2/activities/"}

// Activities lists activities, newest first as far as the vendor's examples show: GET /api/v2/activities/. Nothing is sent before the
// list is read, and nothing of q that is changed afterwards matters.
//
// No activity is delivered twice, and none that stays is left out, however many come in while the list is read; the guide of this package
// says it exactly. Page.Total is the service's count of the whole list, -1 where it does not tell; Page.Raw is the answer as sent,
// activities included that were delivered before and are left out of Page.Items, so that a page can be empty although more follow.
//
// A query that cannot be sent is [activity.ErrInvalid] when the list is read, one whose URL would be longer than 8,000 bytes among
// them.
func (c *Client) Activities(q ActivityQuery) activity.List[Activity] {
	return c.list(activities, q)
}

// UserActivities lists the activities of the user whose credentials these are: GET /api/v2/users/me/activities/. It is read as
// [Client.Activities] is.
func (c *Client) UserActivities(q ActivityQuery) activity.List[Activity] {
	return c.list(endpoint{op: "list user activities", name: "user-activities", path: "/api/v2/users/me/activities/"}, q)
}

// UserActivityStream lists them from a newer endpoint, GET /api/v2/users/me/activity-stream/. It is documented to page by a cursor of its
// own instead of by numbers, which activities that come in do not disturb, and not to count: Page.Total is -1 then. Which installations
// have it is not documented; 404 is [activity.ErrNotFound].
func (c *Client) UserActivityStream(q ActivityQuery) activity.List[Activity] {
	return c.list(endpoint{op: "list user activity stream", name: "user-stream", path: "/api/v2/users/me/activity-stream/"}, q)
}

// ProjectActivities lists the activities of one project: GET /api/v2/projects/{id}/activities/. It is read as [Client.Activities] is.
// A project id below 1 is [activity.ErrInvalid].
func (c *Client) ProjectActivities(projectID int64, q ActivityQuery) activity.List[Activity] {
	return c.list(endpoint{op: "list project activities", name: "project-activities",
		path: "/api/v2/projects/{project_id}/activities/", ids: []int64{projectID}}, q)
}

// ProjectActivityStream lists the activities of one project from the newer endpoint, GET /api/v2/projects/{id}/activity-stream/; see
// [Client.UserActivityStream] for what is different there. A project id below 1 is [activity.ErrInvalid].
func (c *Client) ProjectActivityStream(projectID int64, q ActivityQuery) activity.List[Activity] {
	return c.list(endpoint{op: "list project activity stream", name: "project-stream",
		path: "/api/v2/projects/{project_id}/activity-stream/", ids: []int64{projectID}}, q)
}

func (c *Client) list(e endpoint, q ActivityQuery) activity.List[Activity] {
	source, err := c.source(e, q)
	if err != nil {
		return paging.Refused[Activity](c.api.Reject(e.op, err))
	}
	return activity.NewList(source)
}

func (c *Client) source(e endpoint, q ActivityQuery) (*paging.Links[Activity], error) {
	path, err := fill(e.path, e.ids...)
	if err != nil {
		return nil, err
	}
	params, err := q.params()
	if err != nil {
		return nil, err
	}
	if len(path)+len("?")+len(transport.Encode(params)) > maxURL {
		return nil, invalid("the query makes a URL longer than 8,000 bytes, which the service does not take")
	}
	_, reordered := q.Extra["ordering"]
	links := &paging.Links[Activity]{
		Client:    c.api,
		List:      cursor.For(vendor, e.name, path, withoutPaging(params)),
		Op:        e.op,
		Path:      path,
		Params:    params,
		Decode:    readPage,
		NoContent: []byte(`{"results":[]}`),
		Problems:  problems,
		Follow: func(href string) (string, string, error) {
			query, err := c.follow(href)
			return path, query, err
		},
		Remember: func(note jsontext.Value) (paging.Memory[Activity], bool) {
			return newDelivered(max(leastKept, 2*q.PageSize), !reordered, note)
		},
		Ended: pastEnd,
	}
	if !reordered && !q.DateTo.IsZero() && q.DateTo.Before(time.Now()) {
		links.Plan = numbered
	}
	return links, nil
}

// numbered gives the queries of the pages behind one, if pages are numbered, but for the last: that one is asked for in its turn, since it
// shows whether those before it were all listed alike.
func numbered(query string, total, size int) iter.Seq[string] {
	const name = "page="
	return func(yield func(string) bool) {
		params := strings.Split(query, "&")
		place := slices.IndexFunc(params, func(p string) bool { return strings.HasPrefix(p, name) })
		if place < 0 {
			return
		}
		last := (total+size-1)/size - 1
		page, err := strconv.Atoi(params[place][len(name):])
		for ; err == nil && page > 0 && page < last; page++ {
			params[place] = name + strconv.Itoa(page+1)
			if !yield(strings.Join(params, "&")) {
				return
			}
		}
	}
}

// maxURL keeps path and query, with what paging adds to them, below the 8 KiB that the service takes.
const maxURL = 8000

// fill puts ids into a path.
func fill(template string, ids ...int64) (string, error) {
	var segments []string
	for _, id := range ids {
		if id < 1 {
			return "", invalid("the id in the path is below 1")
		}
		segments = append(segments, strconv.FormatInt(id, 10))
	}
	return transport.Path(template, segments...)
}

// Activity reads one activity by its id: GET /api/v2/activities/{id}/. One that does not exist, or that the account may not see, is
// [activity.ErrNotFound]; an id below 1 is [activity.ErrInvalid].
func (c *Client) Activity(ctx context.Context, id int64) (Activity, error) {
	const op = "get activity"
	path, err := fill("/api/v2/activities/{activity_id}/", id)
	if err != nil {
		return Activity{}, c.api.Reject(op, err)
	}
	var found Activity
	_, err = c.api.Do(ctx, transport.Call{
		Op:     op,
		Method: http.MethodGet,
		Path:   path,
		Read:   true,
		Decode: func(body []byte) (err error) {
			found, err = readActivity(body)
			return err
		},
	})
	if err != nil {
		return Activity{}, err
	}
	transport.WarnOdd(ctx, c.api, op, []Activity{found}, problems)
	return found, nil
}
