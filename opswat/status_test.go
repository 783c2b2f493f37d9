package opswat_test

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

func TestStatusCodes(t *testing.T) {
	const said = `{"error":"what the service has to say"}`
	tests := []struct {
		fault    opswattest.Fault
		kind     error
		attempts int
	}{
		{opswattest.Fault{Status: 400, Body: said}, activity.ErrInvalid, 1},
		{opswattest.Fault{Status: 401, Body: said}, activity.ErrUnauthorized, 1},
		{opswattest.Fault{Status: 403, Body: said}, activity.ErrForbidden, 1},
		{opswattest.Fault{Status: 404, Body: said}, activity.ErrNotFound, 1},
		{opswattest.Fault{Status: 405, Body: said}, activity.ErrInvalid, 1},
		{opswattest.Fault{Status: 406, Body: said}, activity.ErrInvalid, 1},
		{opswattest.Fault{Status: 415, Body: said}, activity.ErrInvalid, 1},
		{opswattest.Fault{Status: 422, Body: said}, activity.ErrInvalid, 1},
		{opswattest.Fault{Status: 429, Body: said}, activity.ErrRateLimited, 5},
		{opswattest.Fault{Status: 500, Body: said}, activity.ErrServer, 5},
		{opswattest.Fault{Status: 503, Body: "<html><head><title>what the service has to say</title>"}, activity.ErrServer, 5},
		{opswattest.Fault{Status: 501, Body: said}, activity.ErrServer, 1},
	}
	for _, tt := range tests {
		// An error is one at the beginning of a list as well as in its middle, above all 406.
		for _, place := range []int{0, 1} {
			t.Run(fmt.Sprint(tt.fault.Status, " at page ", place+1), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					server := opswattest.NewServer()
					server.Add(rows(25, time.Now())...)
					page := fmt.Sprintf(`{"limit":10,"page":%d}`, place+1)
					server.FailWith(func(r opswattest.Request) *opswattest.Fault {
						if string(r.Body) == page {
							return &tt.fault
						}
						return nil
					})
					got, err := server.Client().Activities(opswat.ActivityQuery{PageSize: 10}).Collect(t.Context(), 0)
					require.ErrorIs(t, err, tt.kind)
					assert.Len(t, got, 10*place)
					e := kindOf(t, err)
					assert.Equal(t, tt.fault.Status, e.StatusCode)
					assert.Equal(t, "what the service has to say", e.Message)
					assert.Equal(t, tt.attempts, e.Attempts)
					assert.Equal(t, "opswat", e.Vendor)
					assert.Equal(t, "list activities", e.Op)
					assert.Equal(t, http.MethodPost, e.Method)
					assert.Equal(t, "/o/api/v3/activities", e.Path)
					assert.Equal(t, tt.fault.Body, string(e.Body))
				})
			})
		}
	}
}

func TestMaintenancePage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const html = "<html><title>Down for maintenance</title></html>"
		server := opswattest.NewServer()
		server.Fail(opswattest.Fault{Status: 200, Body: html})
		once := activity.WithRetry(activity.RetryPolicy{MaxAttempts: 1})
		_, err := server.Client(once).Activities(opswat.ActivityQuery{}).Collect(t.Context(), 0)
		require.ErrorIs(t, err, activity.ErrMalformed)
		assert.Contains(t, err.Error(), "text/html, not JSON")
		assert.Len(t, server.APIRequests(), 1)

		for _, status := range []int{200, 503} {
			server.Fail(opswattest.Fault{Status: status, Body: html})
			_, err = server.Client().Activities(opswat.ActivityQuery{}).Collect(t.Context(), 0)
			require.NoError(t, err, "a page that goes away, with %d", status)
		}
	})
}

func TestResponseTooLarge(t *testing.T) {
	server := opswattest.NewServer()
	server.Add(rows(50, time.Now())...)
	_, err := server.Client(activity.WithMaxResponseBytes(100)).Activities(opswat.ActivityQuery{}).Collect(t.Context(), 0)
	require.ErrorIs(t, err, activity.ErrResponseTooLarge)
}
