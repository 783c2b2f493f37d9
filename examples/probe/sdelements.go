package main

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

func connectSDElements(e environment) (*service, error) {
	env, configured, err := e.config("SDELEMENTS_BASE_URL", "SDELEMENTS_TOKEN")
	if err != nil || !configured {
		return nil, err
	}
	w := new(wire)
	client, err := sdelements.New(env["SDELEMENTS_BASE_URL"], sdelements.Token(env["SDELEMENTS_TOKEN"]), w.options(nil)...)
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(env["SDELEMENTS_BASE_URL"])
	if err != nil {
		return nil, errors.New("SDELEMENTS_BASE_URL is no address") // the error itself shows it
	}
	return sdElementsService(w, client, base, env["SDELEMENTS_BASE_URL"]), nil
}

func fakeSDElements() *service {
	return fakeSDElementsOf(sdelementstest.NewServer(sdelementstest.WithRows(2500)))
}

func fakeSDElementsOf(server *sdelementstest.Server, options ...activity.Option) *service {
	w := new(wire)
	base, _ := url.Parse(sdelementstest.BaseURL) // a constant
	s := sdElementsService(w, server.Client(append(w.options(server.Transport()), options...)...), base, "embedded fake")
	s.fake = true
	return s
}

func sdElementsService(w *wire, client *sdelements.Client, base *url.URL, where string) *service {
	d := &sdElements{wire: w, base: base}
	w.list = func(ctx context.Context) error {
		path := ""
		if p, ok := ctx.Value(pendingKey{}).(*pending); ok {
			path = strings.TrimPrefix(p.request.path, d.path(""))
		}
		return readSDElementsPath(ctx, client, path)
	}
	s := &service{name: "sdelements", title: "SD Elements", where: where, wire: w, questions: d.questions()}
	s.endpoints = d.endpoints()
	s.prepare = func(ctx context.Context) error {
		err := d.prepare(ctx)
		s.endpoints = d.endpoints()
		return err
	}
	return s
}

// readSDElementsPath reads one activity of what is at a path below the API's. It takes the SDK's
// own method for it, since the SDK refuses what belongs to another endpoint.
func readSDElementsPath(ctx context.Context, client *sdelements.Client, path string) error {
	query := sdelements.ActivityQuery{PageSize: 1}
	list := client.Activities(query)
	parts := strings.Split(strings.Trim(path, "/"), "/")
	switch {
	case len(parts) == 2 && parts[0] == "activities":
		_, err := client.Activity(ctx, 1)
		return err
	case parts[0] == "users" && strings.HasSuffix(path, "/activities/"):
		list = client.UserActivities(query)
	case parts[0] == "users":
		list = client.UserActivityStream(query)
	case parts[0] == "projects":
		id, err := strconv.ParseInt(parts[1], 10, 64)
		if err != nil {
			return err
		}
		list = client.ProjectActivities(id, query)
		if strings.HasSuffix(path, "/activity-stream/") {
			list = client.ProjectActivityStream(id, query)
		}
	}
	_, err := list.Collect(ctx, 1)
	return err
}

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
