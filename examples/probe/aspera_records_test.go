package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

func TestAsperaTransfer(t *testing.T) {
	both := func(opts ...asperatest.Option) *asperatest.Server {
		server := asperatest.NewServer(opts...)
		other := transferAt(0, midweek())
		other.Direction = aspera.DirectionReceive
		server.Add(transferAt(0, midweek()), other)
		return server
	}
	array := both()
	array.FailWith(asperaReplaced(pathEnds("/canary-0"), asperatest.Fault{Body: `[{"uuid":"canary-0"},{"uuid":"canary-0"}]`}))
	other := asperaOf(1)
	other.FailWith(asperaReplaced(pathEnds("/canary-0"), asperatest.Fault{Body: `{"uuid":"canary-1"}`}))
	asperaCases{
		"bare":    {asperaOf(3), "the transfer is bare |", settled},
		"wrapped": {asperaOf(3, asperatest.WithWrappedTransfer()), "wrapped in another object, as its member transfer |", settled},
		"both":    {both(), "the transfer is bare; the list has two directions for the UUID, and the answer has one of them", settled},
		"array":   {array, "an array with 2 transfers of that UUID; the list has two directions for the UUID |", settled},
		"another": {other, "about another transfer", open},
		"empty":   {asperaOf(0), "no transfers", open},
	}.run(t, "aspera.transfer")
}

func TestAsperaEvents(t *testing.T) {
	events := func(types ...string) *asperatest.Server {
		server := asperatest.NewServer()
		for i, name := range types {
			server.AddApplicationEvents(aspera.ApplicationEvent{EventID: fmt.Sprint(i), EventType: aspera.EventType(name),
				TriggeredByUserName: "canary", CreatedAt: midweek().Add(time.Duration(i) * time.Second)})
		}
		return server
	}
	many, texts := make([]string, 500), make([]string, 40)
	for i := range many {
		many[i] = "UserCreated"
	}
	for i := range texts {
		texts[i] = "canary" + strings.Repeat("x", i)
	}
	old := asperatest.NewServer()
	old.AddApplicationEvents(aspera.ApplicationEvent{EventID: "1", EventType: "user_created", CreatedAt: time.Now().AddDate(-1, 0, 0)})
	asperaCases{
		"known":    {events("user_logged_in", "Package Sent", "user_logged_in"), "in 3 events, types that the SDK knows: Package Sent (1, share), user_logged_in (2, login); types that it does not know: none", likely},
		"unknown":  {events("user_logged_in", "quota_reached"), "does not know: quota_reached (1) | For types that the SDK does not know, Event.Kind is KindOther", settled},
		"hidden":   {events("user_logged_in", "Canary Person"), "does not know: 1 other is not shown, since it does not look like a word of the service", settled},
		"texts":    {events(texts...), "does not know: 40 others are not shown", settled},
		"many":     {events(many...), "in 300 events", likely},
		"no types": {events("", ""), "none of 2 events has an event_type", likely},
		"old":      {old, "in 1 event,", likely},
		"empty":    {asperaOf(0), "there are no application events", open},
	}.run(t, "aspera.events")
}

func TestAsperaShapes(t *testing.T) {
	full := func(opts ...asperatest.Option) *asperatest.Server {
		return asperatest.NewServer(append(opts, asperatest.WithRows(50), asperatest.WithNewest(midweek()))...)
	}
	volumes := asperatest.NewServer()
	volumes.AddVolumes(aspera.Volume{Raw: json.RawMessage(`{"id":1,"name":"canary","bytes_in":2,"bytes_out":3.5}`)},
		aspera.Volume{Raw: json.RawMessage(`{"id":"1x","name":"canary","bytes_in":2,"bytes_out":3,"canary 7":1}`)})
	old := asperatest.NewServer()
	old.AddApplicationEvents(aspera.ApplicationEvent{EventID: "1", EventType: "user_created", CreatedAt: time.Now().AddDate(-1, 0, 0)})
	other := asperatest.NewServer()
	other.Add(aspera.Transfer{Raw: json.RawMessage(`{"uuid":"canary","session_started_at":"` + midweek().Format(time.RFC3339) + `"}`)})
	unfit := asperaOf(3)
	unfit.Add(aspera.Transfer{Raw: json.RawMessage(`{"uuid":"canary","file_count":"many","session_started_at":"` + midweek().Format(time.RFC3339) + `"}`)})
	asperaCases{
		"as expected":  {full(), "volume_usage: 5 rows, all members as expected; file_access: 50 rows, all members as expected", settled},
		"lacking":      {full(), "Some of their fields stay zero, since the service sends no such members: transfers files_completed, xfer_id; one transfer files_completed, xfer_id.", settled},
		"gone":         {full(asperatest.WithoutFileAccess()), "file_access: does not exist (status 404); file_access/search: does not exist (status 404)", settled},
		"other names":  {volumes, "volume_usage: 2 rows, not known to the SDK: bytes_in (integer), bytes_out (integer or number), missing: bytes_uploaded, bytes_downloaded, hidden members: 1", likely},
		"to adapt":     {volumes, "do not fit volume_usage.", likely},
		"unfit":        {unfit, "not fitting their field: file_count (integer or string)", likely},
		"second names": {other, "transfers: 1 row, missing: direction, status, session_stop_time, updated_at", likely},
		"old":          {old, "application_events: 1 row, all members as expected", likely},
		"array":        {withAnswers(`[{"uuid":"a"}]`), "application_events: 1 row, not known to the SDK: uuid (string), missing: event_id, event_type, triggered_by_user_name, triggered_by_user_email, created_at, the answer is the array itself", likely},
		"renamed":      {withAnswers(`{"rows":[{"uuid":"a"}]}`), "the array is called rows", likely},
		"no objects":   {withAnswers(`{"rows":[1,2]}`), "no object in 2 rows", open},
		"empty":        {asperaOf(0), "no endpoint has rows to compare", open},
	}.run(t, "aspera.shapes")
}

func TestAsperaOrganizationFromSelf(t *testing.T) {
	server := asperaOf(3)
	server.FailWith(asperaReplaced(func(r asperatest.Request) bool { return r.Path == "/api/v1/organization" }, asperatest.Fault{Status: 404}))
	got := answer(t, fakeAsperaOf(server), "aspera.shapes")
	assert.Contains(t, got.answer, "id came from /api/v1/self")
	assert.Contains(t, got.follows, "OwnOrganization does not work here")
}
