package main

import (
	"testing"
	"time"

	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

func TestSDElementsCount(t *testing.T) {
	many := sdElementsItems(30, time.Second, "LoggedOutActivity", "LoggedInActivity", "LoggedInActivity")
	unordered := sdElementsItems(30, time.Second, "LoggedInActivity", "LoggedOutActivity")
	unordered[3], unordered[9] = unordered[9], unordered[3]
	body := func(count string) sdelementstest.Fault {
		return sdelementstest.Fault{Body: `{"count":` + count + `,"next":null,"results":[{"id":1}]}`}
	}
	testSDElements(t, "sdelements.count", map[string]sdElementsCase{
		"filtered":      {sdElementsServer(many), "yes: 10, the number that matches the filters, of 30 in the whole list", settled, "is right"},
		"whole":         {sdElementsServer(many, sdelementstest.WithUnfilteredCount()), "no: 30, the whole list, where 10 match", settled, "count them yourself"},
		"exclusive":     {sdElementsServer(many, sdelementstest.WithExclusiveBounds()), "yes: 10", settled, ""},
		"on the page":   {sdElementsFailing(sdElementsServer(many), asks("name"), body("1")), "no: 1, those on the page", settled, ""},
		"odd":           {sdElementsFailing(sdElementsServer(many), asks("name"), body("7")), "7, where 10 that were read", open, ""},
		"none":          {sdElementsFailing(sdElementsServer(many), asks("name"), body("null")), "a filtered page has no count", settled, "-1"},
		"never":         {without(sdElementsServer(many), "count"), "a page has no count", settled, ""},
		"fails":         {sdElementsFailing(sdElementsServer(many), asks("name"), failing), "status 500", open, ""},
		"one name":      {sdElementsServer(sdElementsItems(30, time.Second, "LoggedInActivity")), "yes: 29", settled, ""},
		"names of one":  {sdElementsServer(sdElementsItems(3, time.Second, "AActivity", "BActivity", "CActivity")), "no name occurs", open, ""},
		"not by date":   {sdElementsServer(unordered), "not listed by date", open, ""},
		"two":           {sdElementsServer(many[:2]), "the account shows 2 activities", open, ""},
		"more than one": {sdElementsServer(sdElementsItems(2500, time.Second, "LoggedInActivity", "LoggedInActivity", "LoggedOutActivity")), "yes: 333, the number", settled, ""},
	})
}

func TestSDElementsLookups(t *testing.T) {
	many := sdElementsItems(30, time.Second, "LoggedInActivity", "LoggedOutActivity", "AddedNoteActivity", "AddedNoteActivity", "AddedNoteActivity")
	one := func(row string) sdelementstest.Fault { return sdelementstest.Fault{Body: `{"results":[` + row + `]}`} }
	rarestNames := sdElementsItems(30, time.Second, "LoggedInActivity", "LoggedOutActivity")
	first := func(r sdelementstest.Request) bool { return len(r.Query()["name"]) == 2 }
	testSDElements(t, "sdelements.lookups", map[string]sdElementsCase{
		"refused":       {sdElementsServer(many), "name__in is refused with status 400; id__in is refused with status 400; name twice is refused with status 400", settled, "one list for each"},
		"honoured":      {sdElementsServer(many, sdelementstest.WithLookups(), sdelementstest.WithSeveralValues()), "name__in works, with a comma between the values; id__in works, with a comma between the values; name twice finds either name", settled, "Set name__in in ActivityQuery.Extra. Set id__in in ActivityQuery.Extra."},
		"ignored":       {sdElementsServer(many, sdelementstest.WithIgnoredParameters(), sdelementstest.WithLastValue()), "name__in is ignored: all come; id__in is ignored: all come; with name twice, the last counts", settled, "Do not use name__in"},
		"first counts":  {sdElementsFailing(sdElementsServer(many), first, one(`{"id":1,"name":"LoggedInActivity"}`)), "with name twice, the first counts", settled, ""},
		"both must fit": {sdElementsFailing(sdElementsServer(many), first, one("")), "name twice finds nothing", settled, ""},
		"not looked at": {sdElementsFailing(sdElementsServer(many), first, one(`{"id":1,"name":"AddedNoteActivity"}`)), "name twice is ignored", settled, ""},
		"more follow":   {sdElementsFailing(sdElementsServer(many), first, sdelementstest.Fault{Body: `{"count":2,"next":null,"results":[{"id":1,"name":"LoggedInActivity"}]}`}), "name twice: a page shows only one of the names (open)", likely, ""},
		"one of two":    {sdElementsFailing(sdElementsServer(many), asks("name__in"), one(`{"id":1,"name":"LoggedInActivity"}`)), "name__in uses one of two values", settled, ""},
		"nothing":       {sdElementsFailing(sdElementsServer(many), asks("id__in"), one("")), "id__in with a comma between the values finds nothing", settled, ""},
		"fails":         {sdElementsFailing(sdElementsServer(many), asks("id__in"), failing), `id__in: status 500 with another text in "detail" (open)`, likely, ""},
		"two names":     {sdElementsServer(rarestNames, sdelementstest.WithLookups()), "name__in: the newest activities have fewer than three names (open); id__in works", likely, ""},
		"no ids":        {sdElementsServer([]sdelements.Activity{{Name: "A"}, {Name: "B"}, {Name: "B"}}), "id__in: fewer than three activities have ids", open, ""},
		"two":           {sdElementsServer(many[:2]), "the account shows 2 activities", open, ""},
	})
}

func TestSDElementsUnknown(t *testing.T) {
	few := sdElementsItems(3, time.Second)
	const unknown = "activity_probe_unknown"
	testSDElements(t, "sdelements.unknown", map[string]sdElementsCase{
		"refused": {sdElementsServer(few), "it is refused with status 400", settled, "activity.ErrInvalid"},
		"ignored": {sdElementsServer(few, sdelementstest.WithIgnoredParameters()), "it is ignored", settled, "Nobody notices"},
		"nothing": {sdElementsFailing(sdElementsServer(few), asks(unknown), sdelementstest.Fault{Body: `{"results":[]}`}), "nothing is listed", settled, "an empty list"},
		"fails":   {sdElementsFailing(sdElementsServer(few), asks(unknown), failing), "status 500", open, ""},
		"no rows": {sdElementsServer(nil, sdelementstest.WithIgnoredParameters()), "it is accepted, and there are no activities", open, ""},
	})
}
