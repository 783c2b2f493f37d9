package snaplogictest_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake/faketest"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

const list = "/api/1/rest/public/activities/Example%20Organization"

// get sends a valid request, which change may modify.
func get(t *testing.T, server *snaplogictest.Server, target string, change func(r *http.Request)) (status int, body string, header http.Header) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://example.com"+target, nil)
	require.NoError(t, err)
	request.SetBasicAuth(snaplogictest.User, snaplogictest.Password)
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

func basic(user, password string) func(r *http.Request) {
	return func(r *http.Request) { r.SetBasicAuth(user, password) }
}

// refusal is the message of an error body, which has to be in the vendor's form.
func refusal(t *testing.T, status int, body string) string {
	t.Helper()
	var answer struct {
		Status   int `json:"http_status_code"`
		Response struct {
			List []struct{ Message string } `json:"error_list"`
		} `json:"response_map"`
	}
	require.NoError(t, json.Unmarshal([]byte(body), &answer), body)
	assert.Equal(t, status, answer.Status)
	require.Len(t, answer.Response.List, 1, body)
	return answer.Response.List[0].Message
}

func TestTokensExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer(snaplogictest.WithTokenLifetime(10 * time.Minute))
		source := server.TokenSource()
		token, err := source.Token()
		require.NoError(t, err)
		assert.Equal(t, time.Now().Add(10*time.Minute), token.Expiry)
		status := func(token string) int {
			status, _, _ := get(t, server, list, set("Authorization", "Bearer "+token))
			return status
		}
		assert.Equal(t, http.StatusOK, status(token.AccessToken))
		<-time.After(10*time.Minute - time.Nanosecond)
		assert.Equal(t, http.StatusOK, status(token.AccessToken))
		<-time.After(time.Nanosecond)
		assert.Equal(t, http.StatusUnauthorized, status(token.AccessToken))

		next, err := source.Token()
		require.NoError(t, err)
		assert.NotEqual(t, token.AccessToken, next.AccessToken)
		assert.Equal(t, http.StatusOK, status(next.AccessToken))
		server.ExpireTokens()
		assert.Equal(t, http.StatusUnauthorized, status(next.AccessToken))
	})
}

func TestBasicDisabled(t *testing.T) {
	server := snaplogictest.NewServer(snaplogictest.WithBasicDisabled(), snaplogictest.WithRows(3))
	status, body, _ := get(t, server, list, nil)
	assert.Equal(t, http.StatusForbidden, status)
	assert.Contains(t, refusal(t, status, body), "basic authentication is disabled")

	basic, err := snaplogic.New(snaplogictest.Organization, snaplogic.Basic(snaplogictest.User, snaplogictest.Password),
		activity.WithTransport(server.Transport()))
	require.NoError(t, err)
	_, err = basic.Activities(snaplogic.ActivityQuery{}).Collect(t.Context(), 0)
	require.ErrorIs(t, err, activity.ErrForbidden)

	got, err := server.Client().Activities(snaplogic.ActivityQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err, "the fake's own client has a token instead")
	assert.Len(t, got, 3)
}

func TestQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer(snaplogictest.WithQuota(2, time.Minute))
		for range 2 {
			status, _, _ := get(t, server, list, nil)
			assert.Equal(t, http.StatusOK, status)
		}
		<-time.After(30*time.Second + time.Millisecond)
		status, body, header := get(t, server, list, nil)
		assert.Equal(t, http.StatusTooManyRequests, status)
		assert.Equal(t, "too many requests", refusal(t, status, body))
		assert.Equal(t, "30", header.Get("Retry-After"))
		<-time.After(30 * time.Second)
		status, _, _ = get(t, server, list, nil)
		assert.Equal(t, http.StatusOK, status)
	})
}

// The status that SnapLogic puts into a header, beside a list that has nothing.
func TestFaultHeader(t *testing.T) {
	server := snaplogictest.NewServer()
	server.Fail(snaplogictest.Fault{Header: http.Header{"X-SL-StatusCode": {"403"}}})
	status, body, header := get(t, server, list, nil)
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, body, `"entries": []`)
	assert.Equal(t, "403", header.Get("X-SL-StatusCode"))
	assert.True(t, slices.Equal([]string{}, listed(t, server, "")), "once")
}

func TestClient(t *testing.T) {
	server := snaplogictest.NewServer(snaplogictest.WithOrganization("Zoë & Co/Nord"), snaplogictest.WithRows(1))
	got, err := server.Client(activity.WithUserAgent("x/1")).Activities(snaplogic.ActivityQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Len(t, got, 1)
	require.Len(t, server.Requests(), 1)
	assert.Equal(t, "/api/1/rest/public/activities/Zo%C3%AB%20&%20Co%2FNord", server.Requests()[0].Path)
	status, _, _ := get(t, server, list, nil)
	assert.Equal(t, http.StatusNotFound, status, "there is no other organization")
	assert.PanicsWithValue(t, "snaplogictest: the client cannot be made: snaplogic: Zoë & Co/Nord: new client: invalid request: WithLogger: the logger is nil",
		func() { server.Client(activity.WithLogger(nil)) })
}

// TestOutage runs what the example of virtual time shows: an example has no *testing.T to run it
// with.
func TestOutage(t *testing.T) { outage(t) }
