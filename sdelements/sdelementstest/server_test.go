package sdelementstest_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake/faketest"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

// get sends a valid request, which change may modify.
func get(t *testing.T, server *sdelementstest.Server, target string, change func(r *http.Request)) (status int, body string, header http.Header) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://example.com"+target, nil)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Token "+sdelementstest.Key)
	request.Header.Set("Accept", "application/json")
	if change != nil {
		change(request)
	}
	response, body := faketest.Do(t, server.Transport(), request)
	return response.StatusCode, body, response.Header
}

func set(name, value string) func(r *http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func TestClient(t *testing.T) {
	server := sdelementstest.NewServer(sdelementstest.WithRows(1))
	a, err := server.Client(activity.WithUserAgent("x/1")).Activity(t.Context(), 5)
	require.NoError(t, err)
	assert.Equal(t, int64(5), a.ID)
	assert.Equal(t, "example.sdelements.example.com", server.Requests()[0].Host)
	assert.PanicsWithValue(t, "sdelementstest: the client cannot be made: sdelements: new client: invalid request: WithLogger: the logger is nil",
		func() { server.Client(activity.WithLogger(nil)) })

	client, err := sdelements.New(sdelementstest.BaseURL, sdelements.Basic(sdelementstest.User, sdelementstest.Password),
		activity.WithTransport(server.Transport()))
	require.NoError(t, err)
	_, err = client.Activity(t.Context(), 5)
	require.NoError(t, err)
}

func TestQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := sdelementstest.NewServer(sdelementstest.WithQuota(2, time.Minute))
		for range 2 {
			status, _, _ := get(t, server, "/api/v2/activities/", nil)
			assert.Equal(t, http.StatusOK, status)
		}
		<-time.After(30*time.Second + time.Millisecond)
		status, body, header := get(t, server, "/api/v2/activities/", nil)
		assert.Equal(t, http.StatusTooManyRequests, status)
		assert.JSONEq(t, `{"detail":"Request was throttled. Expected available in 30 seconds."}`, body)
		assert.Equal(t, "30", header.Get("Retry-After"))
		<-time.After(30 * time.Second)
		status, _, _ = get(t, server, "/api/v2/activities/", nil)
		assert.Equal(t, http.StatusOK, status)
	})
}

func TestMaintenance(t *testing.T) {
	server := sdelementstest.NewServer()
	server.Fail(sdelementstest.Maintenance())
	status, body, header := get(t, server, "/api/v2/activities/", nil)
	assert.Equal(t, http.StatusServiceUnavailable, status)
	assert.Contains(t, body, "<html>")
	assert.Equal(t, "text/html; charset=utf-8", header.Get("Content-Type"))
	assert.NotContains(t, header, "Retry-After")
}

// TestMaintenanceAtNight runs what the example of virtual time shows: an example has no *testing.T
// to run it with.
func TestMaintenanceAtNight(t *testing.T) { maintenanceAtNight(t) }
