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
type sdElements struct {
	wire *wire
	base *url.URL // that was configured

	began  []exchange         // what was asked for newest
	newest sdElementsAnswer   // the newest activities
	size   int                // the page_size of newest
	kept   []sdElementsAnswer // others, by what was asked
	keys   []string
}

// What the newest activities are asked for with, unless the service refuses that.
const (
	sdElementsLargePage = 1000
	sdElementsSmallPage = 100
)

// prepare reads the newest activities, which most questions are about. It fails only where asking
// further makes no sense.
func (d *sdElements) prepare(ctx context.Context) error {
	d.began, d.kept, d.keys = nil, nil, nil
	for _, d.size = range []int{sdElementsLargePage, sdElementsSmallPage} {
		e := d.wire.ask(ctx, d.list("activities/", "page_size", strconv.Itoa(d.size)))
		d.began, d.newest = append(d.began, e), readSDElements(e)
		if e.status == 0 || e.status == http.StatusUnauthorized {
			return e.err
		}
		if e.status != http.StatusBadRequest {
			break
		}
	}
	return nil
}

// endpoints are all that the SDK reads. Ids in their paths are those of activities that were read.
func (d *sdElements) endpoints() []endpoint {
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
		one.missing = "No activity was found whose id could be asked for."
	}
	if project == 0 {
		list.missing = "No activity was found that names a project to ask for."
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

// path is that of an endpoint, behind what the configured address has in front of the API.
func (d *sdElements) path(of string) string {
	return strings.TrimRight(d.base.Path, "/") + "/api/v2/" + of
}

// list is a request for a list. The parameters are names and values by turns.
func (d *sdElements) list(of string, parameters ...string) request {
	var query []string
	for pair := range slices.Chunk(parameters, 2) {
		query = append(query, pair[0]+"="+url.QueryEscape(pair[1]))
	}
	return request{path: d.path(of), query: new(strings.Join(query, "&"))}
}

// get asks for a list. The parameters are names and values by turns.
func (d *sdElements) get(ctx context.Context, s *service, of string, parameters ...string) sdElementsAnswer {
	return readSDElements(s.ask(ctx, d.list(of, parameters...)))
}

// once asks for a list, unless it was asked for before.
func (d *sdElements) once(ctx context.Context, s *service, of string, parameters ...string) sdElementsAnswer {
	key := of + "?" + strings.Join(parameters, "&")
	if i := slices.Index(d.keys, key); i >= 0 {
		return d.kept[i]
	}
	a := d.get(ctx, s, of, parameters...)
	d.keys, d.kept = append(d.keys, key), append(d.kept, a)
	return a
}

// unread is the finding where the newest activities are needed and cannot be read, or are too few.
func (d *sdElements) unread(atLeast int) (finding, bool) {
	if !d.newest.listed {
		return leavesOpen("the list of activities cannot be read: " + d.newest.problem()), true
	}
	if n := len(d.newest.rows); n < atLeast {
		return leavesOpen(fmt.Sprintf("the account shows %s; at least %d are needed", number(n, "activity", "activities"), atLeast)), true
	}
	return finding{}, false
}
