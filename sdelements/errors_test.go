package sdelements_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

// once makes a client that never repeats a request.
func once() activity.Option { return activity.WithRetry(activity.RetryPolicy{MaxAttempts: 1}) }

func TestEachStatus(t *testing.T) {
	for name, c := range map[string]struct {
		fault   sdelementstest.Fault
		kind    error
		message string
		fields  map[string][]string
	}{
		"400 of a field": {sdelementstest.Fault{Status: 400, Body: `{"date_from":["Enter a valid date/time."]}`}, activity.ErrInvalid,
			"date_from: Enter a valid date/time.", map[string][]string{"date_from": {"Enter a valid date/time."}}},
		"400 of two fields": {sdelementstest.Fault{Status: 400, Body: `{"user":["A.","B."],"actor":["C."]}`}, activity.ErrInvalid,
			"actor: C.; user: A. B.", map[string][]string{"actor": {"C."}, "user": {"A.", "B."}}},
		"400 of a gateway": {sdelementstest.Fault{Status: 400, Body: `{"param":"page_size","code":"c","message":"Too large."}`},
			activity.ErrInvalid, "Too large.", map[string][]string{"page_size": {"Too large."}}},
		"422 of a gateway": {sdelementstest.Fault{Status: 422, Body: `{"errors":{"user":"is unknown"}}`}, activity.ErrInvalid,
			"user: is unknown", map[string][]string{"user": {"is unknown"}}},
		"400 of all": {sdelementstest.Fault{Status: 400, Body: `{"non_field_errors":["A and B exclude each other."]}`}, activity.ErrInvalid,
			"A and B exclude each other.", map[string][]string{"non_field_errors": {"A and B exclude each other."}}},
		"400 of a parser": {sdelementstest.Fault{Status: 400, Body: `{"detail":"Bad."}`}, activity.ErrInvalid, "Bad.", nil},
		"401":             {sdelementstest.Fault{Status: 401, Body: `{"detail":"Invalid token."}`}, activity.ErrUnauthorized, "Invalid token.", nil},
		"403":             {sdelementstest.Fault{Status: 403, Body: `{"detail":"No."}`}, activity.ErrForbidden, "No.", nil},
		"404":             {sdelementstest.Fault{Status: 404, Body: `{"detail":"Not found."}`}, activity.ErrNotFound, "Not found.", nil},
		"404 in HTML": {sdelementstest.Fault{Status: 404, Body: `<html><head><title>Page not found</title>`}, activity.ErrNotFound,
			"Page not found", nil},
		"405": {sdelementstest.Fault{Status: 405, Body: `{"detail":"Method \"GET\" not allowed."}`}, activity.ErrInvalid,
			`Method "GET" not allowed.`, nil},
		"406": {sdelementstest.Fault{Status: 406, Body: `{"detail":"Accept?"}`}, activity.ErrInvalid, "Accept?", nil},
		"429": {sdelementstest.Fault{Status: 429, Body: `{"detail":"Request was throttled."}`}, activity.ErrRateLimited,
			"Request was throttled.", nil},
		"500":               {sdelementstest.Fault{Status: 500, Body: `{"error":"Oops"}`}, activity.ErrServer, "Oops", nil},
		"502 with message":  {sdelementstest.Fault{Status: 502, Body: `{"message":"Upstream"}`}, activity.ErrServer, "Upstream", nil},
		"503 of the proxy":  {sdelementstest.Maintenance(), activity.ErrServer, "Down for maintenance", nil},
		"200 in HTML":       {sdelementstest.Fault{Body: `<html><form action="/login">`}, activity.ErrMalformed, "text/html, not JSON", nil},
		"200 in XML":        {sdelementstest.Fault{Body: `<root/>`, ContentType: "application/xml"}, activity.ErrMalformed, "application/xml", nil},
		"200 and no JSON":   {sdelementstest.Fault{Body: `Please log in`, ContentType: "application/json"}, activity.ErrMalformed, "JSON", nil},
		"200 and empty":     {sdelementstest.Fault{Status: 200}, activity.ErrMalformed, "the answer is empty", nil},
		"redirect to https": {sdelementstest.Fault{Status: 301, Header: http.Header{"Location": {"http://tenant.example.com/"}}}, activity.ErrForeignOrigin, "redirects", nil},
	} {
		t.Run(name, func(t *testing.T) {
			server := sdelementstest.NewServer()
			client := server.Client(once())
			server.FailWith(func(sdelementstest.Request) *sdelementstest.Fault { return &c.fault })
			for path, list := range lists {
				got, err := list(client, sdelements.ActivityQuery{}).Collect(t.Context(), 0)
				assert.Empty(t, got)
				require.ErrorIs(t, err, c.kind, path)
				if c.fault.Status == 429 {
					return // what follows is a pause
				}
			}
			_, err := client.Activity(t.Context(), 3)
			require.ErrorIs(t, err, c.kind)
			var e *activity.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, "sdelements", e.Vendor)
			assert.Equal(t, "get activity", e.Op)
			assert.Equal(t, "/api/v2/activities/3/", e.Path)
			assert.Equal(t, max(c.fault.Status, 200), e.StatusCode)
			assert.Contains(t, e.Message, c.message)
			assert.Equal(t, c.fields, e.Fields)
		})
	}
}

func TestMaintenanceIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := sdelementstest.NewServer()
		server.Add(mine(3)...)
		server.Fail(sdelementstest.Maintenance(), sdelementstest.Fault{}, sdelementstest.Maintenance(), sdelementstest.Maintenance())
		got, err := server.Client().Activities(sdelements.ActivityQuery{PageSize: 2}).Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Equal(t, down(3, 1), idsOf(got))
		assert.Len(t, server.Requests(), 5)
	})
}

func TestABrokenAnswerIsReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := sdelementstest.NewServer()
		server.Add(mine(5)...)
		server.Fail(
			sdelementstest.Fault{CutBody: 60}, sdelementstest.Fault{Truncate: 90}, sdelementstest.Fault{Reset: true}, sdelementstest.Fault{},
			sdelementstest.Fault{Truncate: 70}, sdelementstest.Fault{CutBody: 1}, sdelementstest.Fault{Status: 200})
		got, err := server.Client().Activities(sdelements.ActivityQuery{PageSize: 3}).Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Equal(t, down(5, 1), idsOf(got))
		assert.Len(t, server.Requests(), 8)
	})
}

func TestAnExceededQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := sdelementstest.NewServer(sdelementstest.WithQuota(2, time.Minute))
		server.Add(mine(5)...)
		client := server.Client()
		start := time.Now()
		got, err := client.Activities(sdelements.ActivityQuery{PageSize: 2}).Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Len(t, got, 5)
		assert.Equal(t, time.Minute, time.Since(start), "as long as the service asked for, and no longer")
		assert.Equal(t, []int{200, 200, 429, 200}, []int{
			server.Requests()[0].Status, server.Requests()[1].Status, server.Requests()[2].Status, server.Requests()[3].Status})

		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		_, _ = client.Activity(ctx, 1)
		_, err = client.Activity(ctx, 1)
		require.ErrorIs(t, err, activity.ErrRateLimited)
		var e *activity.Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, time.Minute, e.RetryAfter)
		assert.Equal(t, "Request was throttled. Expected available in 60 seconds.", e.Message)
		assert.Equal(t, time.Minute, time.Since(start), "at once")
	})
}

func TestACancelledWalk(t *testing.T) {
	server := sdelementstest.NewServer()
	server.Add(mine(5)...)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var got []int64
	var last error
	for a, err := range server.Client().Activities(sdelements.ActivityQuery{PageSize: 2}).All(ctx) {
		if last = err; err == nil {
			got = append(got, a.ID)
		}
		cancel()
	}
	require.ErrorIs(t, last, context.Canceled)
	assert.Equal(t, []int64{5, 4}, got)
	assert.Len(t, server.Requests(), 1)
}

const canary = "canary0key0canary"

// TestNoSecretIsSeen has a server echo all that it gets, in every way in which a call can end.
func TestNoSecretIsSeen(t *testing.T) {
	for name, credentials := range map[string]sdelements.Credentials{
		"key":               sdelements.Token(canary),
		"connection string": sdelements.Token(canary + "@tenant.example.com"),
		"password":          sdelements.Basic("auditor", canary),
		"refused":           sdelements.Token(canary + "\n"),
	} {
		t.Run(name, func(t *testing.T) {
			seen := []string{texts(credentials), texts(&credentials), texts(struct{ C sdelements.Credentials }{credentials}),
				texts(map[string]any{"c": credentials})}
			server := sdelementstest.NewServer()
			client, err := sdelements.New(tenant, credentials, activity.WithTransport(server.Transport()), once(),
				activity.WithLogger(logTo(&seen)))
			if name == "refused" {
				require.Error(t, err)
				assertSecretFree(t, append(seen, texts(err)))
				return
			}
			require.NoError(t, err)
			seen = append(seen, texts(client))
			for _, fault := range []sdelementstest.Fault{
				{Status: 400, ContentType: "application/json"}, {Status: 401}, {Status: 404, ContentType: "text/plain"}, {Status: 500},
				{Status: 200, ContentType: "application/json"}, {Status: 200, ContentType: "text/html"}, {Reset: true},
				{Status: 302},
			} {
				server.FailWith(func(r sdelementstest.Request) *sdelementstest.Fault {
					sent := r.Header.Get("Authorization")
					fault.Body = `{"detail":"` + sent + `","` + sent + `":["` + sent + `"],"next":"https://` + strings.ReplaceAll(sent, " ", "") + `/%zz"`
					if fault.ContentType == "" {
						fault.Body += "}"
					}
					fault.Header = http.Header{"X-Request-Id": {sent}, "Location": {"https://example.com/?" + sent}}
					return &fault
				})
				_, err := client.Activities(sdelements.ActivityQuery{}).Collect(t.Context(), 0)
				require.Error(t, err)
				var e *activity.Error
				require.ErrorAs(t, err, &e)
				seen = append(seen, texts(err), string(e.Body))
			}
			assertSecretFree(t, seen)
		})
	}
}
