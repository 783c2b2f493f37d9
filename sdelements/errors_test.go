package sdelements_test

import (
	"testing"

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
		"404":             {sdelementstest.Fault{Status: 404, Body: `{"detail":"Not found."}`}, activity.ErrNotFound, "Not found.", nil},
		"404 in HTML": {sdelementstest.Fault{Status: 404, Body: `<html><head><title>Page not found</title>`}, activity.ErrNotFound,
			"Page not found", nil},
		"405": {sdelementstest.Fault{Status: 405, Body: `{"detail":"Method \"GET\" not allowed."}`}, activity.ErrInvalid,
			`Method "GET" not allowed.`, nil},
		"429": {sdelementstest.Fault{Status: 429, Body: `{"detail":"Request was throttled."}`}, activity.ErrRateLimited,
			"Request was throttled.", nil},
		"503 of the proxy": {sdelementstest.Maintenance(), activity.ErrServer, "Down for maintenance", nil},
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
