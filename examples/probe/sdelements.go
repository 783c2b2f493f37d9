package main

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/internal/environment"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

func connectSDElements(v environment.Variables) (*service, error) {
	env, err := v.Required([]string{"SDELEMENTS_BASE_URL", "SDELEMENTS_TOKEN"})
	if err != nil || env == nil {
		return nil, err
	}
	w := new(sender)
	client, err := sdelements.New(env["SDELEMENTS_BASE_URL"], sdelements.Token(env["SDELEMENTS_TOKEN"]), w.options(nil)...)
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(env["SDELEMENTS_BASE_URL"])
	if err != nil {
		return nil, errors.New("SDELEMENTS_BASE_URL is no URL") // the error itself would show it
	}
	return sdElementsService(w, client, base, env["SDELEMENTS_BASE_URL"]), nil
}

func fakeSDElements() *service {
	return fakeSDElementsOf(sdelementstest.NewServer(sdelementstest.WithRows(2500)))
}

func fakeSDElementsOf(server *sdelementstest.Server, options ...activity.Option) *service {
	w := new(sender)
	base, _ := url.Parse(sdelementstest.BaseURL) // a constant
	s := sdElementsService(w, server.Client(append(w.options(server.Transport()), options...)...), base, "embedded fake")
	s.fake = true
	return s
}

func sdElementsService(w *sender, client *sdelements.Client, base *url.URL, where string) *service {
	d := &sdElementsProbe{sender: w, base: base}
	w.list = func(ctx context.Context) error {
		path := ""
		if p, ok := ctx.Value(pendingKey{}).(*pending); ok {
			path = strings.TrimPrefix(p.request.path, d.path(""))
		}
		return readSDElementsPath(ctx, client, path)
	}
	s := &service{name: "sdelements", title: "SD Elements", where: where, sender: w, questions: d.questions()}
	s.endpoints = d.endpoints()
	s.prepare = func(ctx context.Context) error {
		err := d.prepare(ctx)
		s.endpoints = d.endpoints()
		return err
	}
	return s
}

// readSDElementsPath reads one activity from a path below that of the API. It uses the SDK's method
// for that path, since the SDK refuses the answer of another endpoint.
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
