package aspera_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

// All shapes of error bodies that sibling APIs have.
func TestErrors(t *testing.T) {
	for name, c := range map[string]struct {
		fault     asperatest.Fault
		kind      error
		code      string
		message   string
		requestID string
		attempts  int
	}{
		"code, message, request_id": {asperatest.Fault{Status: 400, Body: `{"code":"bad_range","message":"want 5 minutes to 6 months","request_id":"r-1"}`},
			activity.ErrInvalid, "bad_range", "want 5 minutes to 6 months", "r-1", 1},
		"message alone":     {asperatest.Fault{Status: 403, Body: `{"message":"not a member"}`}, activity.ErrForbidden, "", "not a member", "", 1},
		"OAuth":             {asperatest.Fault{Status: 400, Body: `{"error":"invalid","error_description":"text"}`}, activity.ErrInvalid, "invalid", "text", "", 1},
		"nested":            {asperatest.Fault{Status: 404, Body: `{"error":{"user_message":"no such node","code":7}}`}, activity.ErrNotFound, "7", "no such node", "", 1},
		"a list":            {asperatest.Fault{Status: 422, Body: `{"errors":[{"message":"a"},{"message":"b"}]}`}, activity.ErrInvalid, "", "a; b", "", 1},
		"not JSON":          {asperatest.Fault{Status: 404, Body: `no such page`}, activity.ErrNotFound, "", "no such page", "", 1},
		"a header":          {asperatest.Fault{Status: 405, Header: http.Header{"X-Request-Id": {"h-1"}}}, activity.ErrInvalid, "", "", "h-1", 1},
		"501":               {asperatest.Fault{Status: 501, Body: `{"message":"no"}`}, activity.ErrServer, "", "no", "", 1},
		"500":               {asperatest.Fault{Status: 500, Body: `{"message":"oops"}`}, activity.ErrServer, "", "oops", "", 3},
		"503 HTML":          {asperatest.Fault{Status: 503, Body: `<html><head><title>Maintenance</title></head></html>`}, activity.ErrServer, "", "Maintenance", "", 3},
		"HTML with 200":     {asperatest.Fault{Body: `<html><title>Sign in</title></html>`}, activity.ErrMalformed, "", "not JSON", "", 3},
		"text, called JSON": {asperatest.Fault{Status: 200, Body: `OK`, ContentType: "application/json"}, activity.ErrMalformed, "", "JSON cannot be read", "", 1},
		"a redirect":        {asperatest.Fault{Status: 301, Header: http.Header{"Location": {"/login"}}}, nil, "", "redirects", "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := asperatest.NewServer()
				s.FailWith(func(asperatest.Request) *asperatest.Fault { return &c.fault })
				r := organization(s, activity.WithRetry(activity.RetryPolicy{MaxAttempts: 3}))
				_, err := r.ApplicationEvents(aspera.EventQuery{}).Page(t.Context(), "")
				e := failure(t, err)
				assert.Equal(t, c.kind, e.Kind)
				assert.Equal(t, "list application events", e.Op)
				assert.Equal(t, "/analytics/v2/organizations/1023/application_events", e.Path)
				assert.Equal(t, c.code, e.Code)
				assert.Contains(t, e.Message, c.message)
				assert.Equal(t, c.requestID, e.RequestID)
				assert.Equal(t, c.attempts, e.Attempts)
				assert.Len(t, apiRequests(s), c.attempts)
			})
		})
	}
}

// A refusal that names parameters has them as fields.
func TestErrorFields(t *testing.T) {
	for body, want := range map[string]map[string][]string{
		`{"param":"limit","code":"invalid_parameter_value","message":"invalid value","request_id":"r-1"}`:         {"limit": {"invalid value"}},
		`{"params":["colour","size"],"code":"unpermitted_parameters","message":"not permitted","request_id":"r"}`: {"colour": {"not permitted"}, "size": {"not permitted"}},
		`{"errors":{"stop_time":"is missing"}}`: {"stop_time": {"is missing"}},
		`{"code":"too_many","message":"m"}`:     nil,
	} {
		s := asperatest.NewServer()
		s.Fail(asperatest.Fault{Status: 422, Body: body})
		_, err := organization(s).ApplicationEvents(aspera.EventQuery{}).Page(t.Context(), "")
		require.ErrorIs(t, err, activity.ErrInvalid)
		assert.Equal(t, want, failure(t, err).Fields, body)
	}
}

func TestQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := asperatest.NewServer(asperatest.WithQuota(5, time.Minute), asperatest.WithRows(30))
		begun := time.Now()
		got, err := organization(s).Transfers(aspera.TransferQuery{PageSize: 2}).Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Len(t, got, 30)
		assert.Equal(t, 2*time.Minute, time.Since(begun)) // 15 pages, five a minute
		assert.Len(t, apiRequests(s), 15+2)               // each pause cost one request that was refused
	})
}
