package sdelements_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

func TestNumberedListRequests(t *testing.T) {
	server := sdelementstest.NewServer()
	server.Add(mine(5)...)
	answerWithDate(server, noon.Format(http.TimeFormat))
	list := server.Client().Activities(sdelements.ActivityQuery{PageSize: 2, Actor: 1})
	var totals []int
	for page, err := range list.Pages(t.Context()) {
		require.NoError(t, err)
		totals = append(totals, page.Total)
		assert.Contains(t, string(page.Raw), `"next":`)
	}
	assert.Equal(t, []int{5, 5, 5}, totals)
	assert.Equal(t, []string{
		"GET /api/v2/activities/?actor=1&page_size=2",
		"GET /api/v2/activities/?actor=1&date_to=2024-05-06T12%3A00%3A01Z&page=2&page_size=2",
		"GET /api/v2/activities/?actor=1&date_to=2024-05-06T12%3A00%3A01Z&page=3&page_size=2",
	}, lines(server))
}

func TestStreamRequests(t *testing.T) {
	server := sdelementstest.NewServer()
	server.Add(mine(5)...)
	list := server.Client().UserActivityStream(sdelements.ActivityQuery{PageSize: 4, DateFrom: ago(100)})
	page, err := list.Page(t.Context(), "")
	require.NoError(t, err)
	assert.Equal(t, -1, page.Total)
	assert.Contains(t, string(page.Raw), `"date_from":"2024-05-06T11:58:20Z","date_to":null`)
	server.InsertAt(0, sdelements.Activity{ID: 99, Actor: sdelementstest.Me, Date: ago(-1)}) // does not matter
	page, err = list.Page(t.Context(), page.Next)
	require.NoError(t, err)
	assert.Equal(t, []int64{1}, ids(page.Items))
	assert.Regexp(t, `^GET /api/v2/users/me/activity-stream/\?cursor=[-_\w]+&date_from=2024-05-06T11%3A58%3A20Z&page_size=4$`, lines(server)[1])
}

func TestEmptyPageDoesNotEndList(t *testing.T) {
	server := sdelementstest.NewServer()
	server.Fail(faults(
		`{"results":[{"id":9},{"id":8}],"next":"?page=2"}`,
		`{"results":[],"next":"?page=3"}`,
		`{"next":"","results":[{"id":7}]}`)...)
	got, err := server.Client().Activities(sdelements.ActivityQuery{PageSize: 2}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Equal(t, down(9, 7), ids(got))
	assert.Len(t, server.Requests(), 3)
}

func TestActivityByID(t *testing.T) {
	server := sdelementstest.NewServer(sdelementstest.WithRows(4))
	a, err := server.Client().Activity(t.Context(), 2)
	require.NoError(t, err)
	assert.Equal(t, sdelements.UserCreatedActivity, a.Name)
	assert.Equal(t, []string{"GET /api/v2/activities/2/"}, lines(server))

	_, err = server.Client().Activity(t.Context(), 4)
	require.ErrorIs(t, err, activity.ErrNotFound)
	assert.EqualError(t, err, "sdelements: example.sdelements.example.com: get activity: GET /api/v2/activities/4/: 404 Not Found: not found: Not found.")
}

// 204 is an error where one activity is asked for.
func TestActivityWithoutContent(t *testing.T) {
	server := sdelementstest.NewServer()
	server.Fail(sdelementstest.Fault{Status: 204})
	_, err := server.Client().Activity(t.Context(), 3)
	require.ErrorIs(t, err, activity.ErrMalformed)
	assert.ErrorContains(t, err, "no content")
	assert.Len(t, server.Requests(), 1)
}

func TestMalformedActivity(t *testing.T) {
	for body, says := range map[string]string{
		`[]`:                     "body is an array, want an object",
		`null`:                   "body is null, want an object",
		`{}`:                     "id is missing, want a number",
		`{"results":[{"id":2}]}`: "id is missing, want a number",
		`{"id":2} 3`:             "JSON cannot be read",
		`{"id":}`:                "JSON cannot be read",
	} {
		server := sdelementstest.NewServer()
		server.Fail(sdelementstest.Fault{Body: body, ContentType: "application/json"})
		_, err := server.Client().Activity(t.Context(), 2)
		require.ErrorIs(t, err, activity.ErrMalformed, body)
		assert.ErrorContains(t, err, says)
	}
}

func TestInvalidPathID(t *testing.T) {
	server := sdelementstest.NewServer()
	client := server.Client()
	for _, id := range []int64{0, -1} {
		_, err := client.ProjectActivities(id, sdelements.ActivityQuery{}).Collect(t.Context(), 0)
		require.ErrorIs(t, err, activity.ErrInvalid)
		_, err = client.ProjectActivityStream(id, sdelements.ActivityQuery{}).Page(t.Context(), "")
		require.ErrorIs(t, err, activity.ErrInvalid)
		_, err = client.Activity(t.Context(), id)
		require.ErrorIs(t, err, activity.ErrInvalid)
		assert.ErrorContains(t, err, "sdelements: example.sdelements.example.com: get activity: invalid request: the id in the path is below 1")
	}
	assert.Empty(t, server.Requests())
}
