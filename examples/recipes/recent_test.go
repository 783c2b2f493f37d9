package recipes

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
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

func TestRecentActivities(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := sdelementstest.NewServer()
		for id := range int64(70) {
			a := sdelements.Activity{ID: id + 1, Date: time.Now().Add(time.Duration(id-80) * time.Minute), Name: sdelements.LoggedInActivity}
			a.Data.Project = 42
			server.Add(a)
		}
		var log strings.Builder
		client := server.Client(activity.WithRetry(activity.RetryPolicy{MaxAttempts: 1}))
		handler := RecentActivities(client, slog.New(slog.NewJSONHandler(&log, nil)))
		get := func(path string) *httptest.ResponseRecorder {
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
			return w
		}
		answer := get("/projects/42/activities")
		require.Equal(t, 200, answer.Code)
		var got []sdelements.Activity
		require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &got))
		require.Len(t, got, 50)
		assert.Equal(t, int64(70), got[0].ID)
		assert.Equal(t, int64(21), got[49].ID)
		assert.Equal(t, "GET /api/v2/projects/42/activities/?page_size=50", server.Requests()[0].Line())
		assert.Len(t, server.Requests(), 1)
		assert.Empty(t, log.String())

		assert.Equal(t, 400, get("/projects/x/activities").Code)
		assert.Equal(t, 400, get("/projects/0/activities").Code)
		for status, want := range map[int]int{403: 404, 404: 404, 401: 502, 503: 503} {
			server.Fail(sdelementstest.Fault{Status: status, Body: `{"detail":"inner matters"}`})
			answer := get("/projects/42/activities")
			assert.Equal(t, want, answer.Code, status)
			assert.NotContains(t, answer.Body.String(), "inner matters")
		}
		server.Fail(sdelementstest.Fault{Status: 429, Header: http.Header{"Retry-After": {"600"}}})
		answer = get("/projects/42/activities")
		assert.Equal(t, 503, answer.Code)
		assert.Equal(t, "601", answer.Header().Get("Retry-After"))
		assert.Contains(t, log.String(), "inner matters", "the cause is logged")
	})
}
