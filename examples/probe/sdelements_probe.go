package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// sdElements is what is learned of an account and used for several questions.
type sdElementsProbe struct {
	sender *sender
	base   *url.URL // as configured

	firstAnswers []exchange       // all that were needed for newest
	newest       sdElementsAnswer // the newest activities
	size         int              // the page_size of newest
	cached       map[string]sdElementsAnswer
}

// The page sizes with which the newest activities are requested: the small one only if the service
// refuses the large one.
const (
	sdElementsLargePage = 1000
	sdElementsSmallPage = 100
)

// prepare reads the newest activities, which most questions need. It fails only if further requests
// make no sense.
func (d *sdElementsProbe) prepare(ctx context.Context) error {
	d.firstAnswers, d.cached = nil, map[string]sdElementsAnswer{}
	for _, d.size = range []int{sdElementsLargePage, sdElementsSmallPage} {
		e := d.sender.send(ctx, d.list("activities/", "page_size", strconv.Itoa(d.size)))
		d.firstAnswers, d.newest = append(d.firstAnswers, e), readSDElements(e)
		if e.status == 0 || e.status == http.StatusUnauthorized {
			return e.err
		}
		if e.status != http.StatusBadRequest {
			break
		}
	}
	return nil
}

// endpoints returns all endpoints that the SDK reads. The ids in their paths come from activities
// that were read.
func (d *sdElementsProbe) endpoints() []endpoint {
	var id, project int64
	for _, a := range slices.Backward(d.newest.rows) {
		if a.ID > 0 {
			id = a.ID
		}
		if a.Data.Project > 0 {
			project = a.Data.Project
		}
	}
	one := endpoint{name: "a single activity", request: request{path: d.path("activities/" + strconv.FormatInt(id, 10) + "/"), query: new("")}}
	inProject := func(kind string) endpoint {
		return endpoint{name: "projects/{id}/" + kind, request: d.list("projects/"+strconv.FormatInt(project, 10)+"/"+kind+"/", "page_size", "1")}
	}
	list, stream := inProject("activities"), inProject("activity-stream")
	if id == 0 {
		one.missing = "The account shows no activity with an id."
	}
	if project == 0 {
		list.missing = "The account shows no activity of a project."
		stream.missing = list.missing
	}
	return []endpoint{
		{name: "activities", request: d.list("activities/", "page_size", "1")},
		one,
		{name: "users/me/activities", request: d.list("users/me/activities/", "page_size", "1")},
		{name: "users/me/activity-stream", request: d.list(sdElementsStream, "page_size", "1")},
		list,
		stream,
	}
}

// path returns the path of an endpoint, including the path of the configured address.
func (d *sdElementsProbe) path(of string) string {
	return strings.TrimRight(d.base.Path, "/") + "/api/v2/" + of
}

// list returns a request for a list. The parameters are alternating names and values.
func (d *sdElementsProbe) list(of string, parameters ...string) request {
	var query []string
	for pair := range slices.Chunk(parameters, 2) {
		query = append(query, pair[0]+"="+url.QueryEscape(pair[1]))
	}
	return request{path: d.path(of), query: new(strings.Join(query, "&"))}
}

// get requests a list. The parameters are alternating names and values.
func (d *sdElementsProbe) get(ctx context.Context, s *service, of string, parameters ...string) sdElementsAnswer {
	return readSDElements(s.send(ctx, d.list(of, parameters...)))
}

// once is like get, but returns the earlier answer to the same request if there is one.
func (d *sdElementsProbe) once(ctx context.Context, s *service, of string, parameters ...string) sdElementsAnswer {
	key := of + "?" + strings.Join(parameters, "&")
	a, ok := d.cached[key]
	if !ok {
		a = d.get(ctx, s, of, parameters...)
		d.cached[key] = a
	}
	return a
}

// withNewest returns an asker for a question that needs a number of the newest activities. The
// question stays open if they cannot be read, or are fewer.
func (d *sdElementsProbe) withNewest(atLeast int, ask asker) asker {
	return func(ctx context.Context, s *service) finding {
		if !d.newest.listed {
			return leavesOpen("the list of activities cannot be read: " + d.newest.problem())
		}
		if n := len(d.newest.rows); n < atLeast {
			return leavesOpen(fmt.Sprintf("the account shows %s; at least %d are needed", activities(n), atLeast))
		}
		return ask(ctx, s)
	}
}
