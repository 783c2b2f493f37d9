package main

import (
	"strings"
	"testing"

	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

func TestAsperaFilters(t *testing.T) {
	one := asperatest.NewServer()
	one.Add(transferAt(0, midweek()))
	old := asperatest.NewServer()
	for i := range 10 {
		old.Add(transferAt(i, midweek().AddDate(-1, 0, i)))
	}
	names := asperatest.NewServer()
	for i := range 21 {
		item := transferAt(i, midweek())
		item.Status = aspera.Status("canary" + strings.Repeat("x", i))
		names.Add(item)
	}
	lost := asperaOf(10)
	lost.FailWith(asperaReplaced(queryHas("direction="), asperatest.Fault{Body: `{"transfers":[]}`}))
	refused := asperaOf(10)
	refused.FailWith(asperaReplaced(func(r asperatest.Request) bool {
		return strings.Contains(r.RawQuery, "direction=") || strings.Contains(r.RawQuery, "status=")
	}, asperatest.Fault{Status: 422, Body: `{"code":"unpermitted_parameters"}`}))
	asperaCases{
		"honoured": {asperaOf(10), "direction=receive, of the values receive, send: obeyed, 5 rows; status=failed, of the values failed, completed: obeyed, 2 rows", settled},
		"ignored":  {asperaOf(10, asperatest.WithIgnoredFilters()), "status=failed, of the values failed, completed: ignored, since 8 of 10 rows have another", settled},
		"one kind": {one, "status=failed, of the values completed: nothing is listed, which is right", likely},
		"lost":     {lost, "nothing is listed, though there are such transfers", likely},
		"refused":  {refused, "refused (status 422)", settled},
		"old":      {old, "direction=receive, of the values receive, send: obeyed, 5 rows", settled},
		"many":     {names, "status: no transfer has a value that can be shown", likely},
		"empty":    {asperaOf(0), "no transfers", open},
	}.run(t, "aspera.filters")
}

func TestAsperaErrors(t *testing.T) {
	bare := asperaOf(1)
	bare.FailWith(func(r asperatest.Request) *asperatest.Fault {
		switch {
		case strings.HasSuffix(r.Path, "/probe"):
			return &asperatest.Fault{Status: 400, Body: `{"odd":{"Canary 7":1},"code":"Canary of acme"}`}
		case strings.Contains(r.RawQuery, "limit=x"):
			return &asperatest.Fault{Status: 503}
		}
		return nil
	})
	coded := asperaOf(1)
	coded.FailWith(asperaReplaced(func(r asperatest.Request) bool { return r.RawQuery == "limit=0" }, asperatest.Fault{Status: 422, Body: `{"code":"canary_of_acme"}`}))
	asperaCases{
		"strict":  {asperaOf(1), "an invalid UUID: status 404, members code, message, request_id (code is not_found); ", settled},
		"refused": {asperaOf(1), "limit x: status 400, members code, message, request_id (code is bad_request); an unknown parameter: status 400", settled},
		"lenient": {asperaOf(1, asperatest.WithLenientQuery()), "limit 0: accepted (status 200); limit -1: accepted (status 200); limit x: accepted (status 200); an unknown parameter: accepted (status 200) | A parameter of Extra that the service does not know is ignored", settled},
		"secrets": {coded, "limit 0: status 422, members code (code is another code)", settled},
		"unread":  {bare, "an invalid UUID: status 400, members code, odd (code is another code), in which the SDK finds no message; ", likely},
	}.run(t, "aspera.errors")
}

func TestAsperaSearch(t *testing.T) {
	found := func(opts ...asperatest.Option) *asperatest.Server {
		server := asperatest.NewServer(opts...)
		server.AddMatches(aspera.FileAccessMatch{File: &aspera.FileAccessFile{ID: "1", Name: "canary"}})
		return server
	}
	gone := asperaOf(0)
	gone.FailWith(asperaReplaced(pathHas("file_access"), asperatest.Fault{Status: 410}))
	denied := asperaOf(0)
	denied.FailWith(asperaReplaced(pathHas("file_access"), asperatest.Fault{Status: 403}))
	asperaCases{
		"search":       {found(), `"search" is accepted, and a made-up one is refused | The SDK sends FileAccessSearch.Term`, settled},
		"q":            {found(asperatest.WithSearchParameter("q")), `"q" is accepted, and a made-up one is refused | Leave FileAccessSearch.Term empty`, settled},
		"another":      {found(asperatest.WithSearchParameter("needle")), "none of search, q", open},
		"not there":    {found(asperatest.WithoutFileAccess()), "does not exist any more (status 404)", settled},
		"gone":         {gone, "does not exist any more (status 410)", settled},
		"denied":       {denied, "the account may not read this (status 403)", open},
		"all is taken": {withAnswers(`{"users":[],"files":[]}`), "accepts any parameter", open},
		"all is found": {withAnswers(`{"users":[{"id":1}],"files":[]}`), "none of search", open},
		"term":         {bySearch("term"), `"term" leaves out what does not match`, settled},
	}.run(t, "aspera.search")
}

// bySearch returns a service that accepts any parameter, and searches by this one.
func bySearch(name string) *asperatest.Server {
	server := asperaOf(0)
	server.FailWith(func(r asperatest.Request) *asperatest.Fault {
		switch {
		case !strings.HasSuffix(r.Path, "/search"):
			return nil
		case r.Query().Has(name):
			return &asperatest.Fault{Body: `{"users":[],"files":[]}`}
		default:
			return &asperatest.Fault{Body: `{"users":[{"id":1}],"files":[]}`}
		}
	})
	return server
}
