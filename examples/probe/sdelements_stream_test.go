package main

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

func TestSDElementsStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		<-time.After(50 * 365 * 24 * time.Hour) // behind the activities
		const year = 365 * 24 * time.Hour
		recent := []sdelements.Activity{
			{ID: 2, Actor: sdelementstest.Me, Date: time.Now().AddDate(0, -1, 0)},
			{ID: 1, Actor: sdelementstest.Me, Date: time.Now().AddDate(-2, 0, 0)},
		}
		older := asks("date_from")
		echo := func(from string) sdelementstest.Fault {
			return sdelementstest.Fault{Body: `{"next":null,"date_from":` + from + `,"results":[]}`}
		}
		quoted := func(at time.Time) string { return `"` + at.UTC().Format(time.RFC3339) + `"` }
		const one = "without bounds it covers one year (date_to is the time of the request); "
		cases := map[string]sdElementsCase{
			"clipped":       {sdElementsServer(recent, sdelementstest.WithStreamSpan(year)), one + "an older date_from is clipped to that", settled, "UserActivities"},
			"taken":         {sdElementsServer(recent, sdelementstest.WithStreamDefault(year)), one + "an older date_from is accepted, and older activities come", settled, "as old as"},
			"not seen":      {sdElementsServer(recent[:1], sdelementstest.WithStreamDefault(year)), one + "an older date_from is accepted, according to the bounds that the stream returns; no older", likely, ""},
			"30 days":       {sdElementsServer(recent, sdelementstest.WithStreamSpan(30*24*time.Hour)), "without bounds it covers 30 days", settled, "The SDK assumes one year"},
			"no bounds":     {sdElementsServer(recent), "without bounds the stream returns no date_from (open); an older date_from is accepted, according", likely, ""},
			"no echo":       {without(sdElementsServer(recent), "date_from"), "returns none", open, ""},
			"refused":       {sdElementsFailing(sdElementsServer(recent, sdelementstest.WithStreamDefault(year)), older, sdelementstest.Fault{Status: 400}), one + "an older date_from is refused", settled, ""},
			"fails":         {sdElementsFailing(sdElementsServer(recent, sdelementstest.WithStreamDefault(year)), older, failing), one + "with an older date_from: status 500", likely, ""},
			"partly":        {sdElementsFailing(sdElementsServer(recent, sdelementstest.WithStreamDefault(year)), older, echo(quoted(time.Now().AddDate(-3, 0, 0)))), "with a date_from three years older, it covers all except 365 days", settled, ""},
			"no end":        {sdElementsFailing(sdElementsServer(recent), asks("page_size"), echo(quoted(time.Now().AddDate(-1, 0, 0)))), "covers one year (it returns no date_to)", settled, ""},
			"another end":   {sdElementsFailing(sdElementsServer(recent), asks("page_size"), sdelementstest.Fault{Body: `{"next":null,"date_from":` + quoted(time.Now().AddDate(-3, 0, 0)) + `,"date_to":` + quoted(time.Now().AddDate(-2, 0, 0)) + `,"results":[]}`}), "covers one year (date_to differs from the time of the request by -731 days", settled, ""},
			"no stream":     {sdElementsFailing(sdElementsServer(recent), func(r sdelementstest.Request) bool { return strings.Contains(r.Path, "stream") }, sdelementstest.Fault{Status: 404, Body: `{"detail":"Not found."}`}), `the stream cannot be read: status 404 with "detail": "Not found."`, open, ""},
			"no rows":       {sdElementsServer(nil, sdelementstest.WithStreamSpan(year)), one, settled, ""},
			"bare and cold": {sdElementsServer(nil), "returns no date_from", likely, ""},
		}
		for name, c := range cases {
			f := answer(t, fakeSDElementsOf(c.server), "sdelements.stream")
			assert.Contains(t, f.answer, c.says, name)
			assert.Equal(t, c.certainty, f.certainty, name+": "+f.answer)
			assert.Contains(t, f.follows, c.follows, name)
		}
	})
}

func TestSDElementsCursor(t *testing.T) {
	few := sdElementsItems(3, time.Second)
	testSDElements(t, "sdelements.cursor", map[string]sdElementsCase{
		"404":        {sdElementsServer(few), `status 404 with "detail": "Invalid cursor"`, settled, "as the SDK expects"},
		"other text": {sdElementsFailing(sdElementsServer(few), asks("cursor"), sdelementstest.Fault{Status: 404, Body: `{"detail":"secret"}`}), `status 404 with another text`, settled, "ErrNotFound"},
		"400":        {sdElementsFailing(sdElementsServer(few), asks("cursor"), sdelementstest.Fault{Status: 400}), "status 400", settled, "ErrInvalid"},
		"ignored":    {sdElementsFailing(sdElementsServer(few), asks("cursor"), sdelementstest.Fault{Body: `{"results":[{"id":3}]}`}), "status 200 and 1 activity: it is ignored", settled, "starts again"},
		"500":        {sdElementsFailing(sdElementsServer(few), asks("cursor"), failing), "status 500", open, ""},
		"no stream":  {sdElementsFailing(sdElementsServer(few), func(r sdelementstest.Request) bool { return strings.Contains(r.Path, "stream") }, sdelementstest.Fault{Status: 404}), "the stream cannot be read: status 404", open, ""},
		"no rows":    {sdElementsServer(nil), `"Invalid cursor"`, settled, ""},
	})
}
