package sdelementstest_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

func TestFilters(t *testing.T) {
	server := sdelementstest.NewServer(sdelementstest.WithRows(4))
	server.Add(
		sdelements.Activity{ID: 10, Name: sdelements.AddedNoteActivity, Actor: 7, Data: sdelements.Data{Application: 2, ApplicationDesc: "App",
			Project: 3, ProjectDesc: "Pro", Standard: "CT3", StandardDesc: "CT3: Own", User: "7"}},
		sdelements.Activity{ID: 11, Raw: json.RawMessage(`{"id":11,"data":{"user":7,"project_desc":"Pro"}}`)},
	)
	for query, want := range map[string][]int64{
		"":                                      {5, 3, 2, 1, 10, 11},
		"actor=7":                               {3, 10},
		"application=2":                         {10},
		"application_desc=App":                  {10},
		"business_unit=5":                       {3},
		"business_unit_desc=Example+BU+500":     {3},
		"id=2":                                  {2},
		"name=LoggedInActivity":                 {1},
		"project=3":                             {10},
		"project_desc=Pro":                      {10, 11},
		"standard=CT3":                          {10},
		"standard_desc=CT3:+Own":                {10},
		"user=7":                                {2, 10, 11},
		"user=77":                               {},
		"user=7&project=3":                      {10},
		"date_from=2016-03-30T15:16:05.659610Z": {5, 3, 2, 10, 11},
		"date_from=2016-03-30T15:16:05.659611Z": {5, 3, 10, 11},
		"date_to=2016-03-30T15:16:05.65961Z":    {2, 1, 10, 11},
		"date_to=2016-03-30T15:16:05.659609Z":   {1, 10, 11},
		"date_from=2016-03-30T15:16:05.65961Z&date_to=2016-03-30T15:16:05.65961Z&id=2": {2},
	} {
		assert.Equal(t, want, listed(t, server, "/api/v2/activities/?"+query), query)
	}
	assert.Equal(t, []int64{5, 2, 1}, listed(t, server, "/api/v2/users/me/activities/"))
	assert.Equal(t, []int64{2, 1}, listed(t, server, "/api/v2/users/me/activity-stream/?date_to=2016-03-31T00:00:00Z"))
	assert.Equal(t, []int64{10}, listed(t, server, "/api/v2/projects/3/activities/"))
	assert.Equal(t, []int64{10}, listed(t, server, "/api/v2/projects/3/activity-stream/?page_size=1"))
	assert.Empty(t, listed(t, server, "/api/v2/projects/4/activities/?page_size=1"))
}

func TestExclusiveBounds(t *testing.T) {
	server := sdelementstest.NewServer(sdelementstest.WithExclusiveBounds())
	numbered(server, 4)
	server.Add(sdelements.Activity{ID: 7})
	const from, to = "date_from=2024-03-05T12:00:01Z", "date_to=2024-03-05T12:00:03Z"
	assert.Equal(t, []int64{4, 3, 7}, listed(t, server, everything+"?"+from))
	assert.Equal(t, []int64{3, 2, 1, 7}, listed(t, server, everything+"?"+to))
	assert.Equal(t, []int64{3, 7}, listed(t, server, everything+"?"+from+"&"+to))
}

func TestIgnoredParameters(t *testing.T) {
	server := sdelementstest.NewServer(sdelementstest.WithIgnoredParameters())
	numbered(server, 3)
	assert.Equal(t, []int64{3, 2, 1}, listed(t, server, everything+"?odd=1&odd=2&name__in="))
	assert.Equal(t, []int64{2}, listed(t, server, everything+"?odd=1&id=2"))
	_, body, _ := get(t, server, everything+"2/?odd=1", nil)
	assert.Contains(t, body, `"id":2`)
	status, _, _ := get(t, server, everything+"?odd=1&id=x", nil)
	assert.Equal(t, http.StatusBadRequest, status, "what is known must be right")
}

func TestLookups(t *testing.T) {
	server := sdelementstest.NewServer(sdelementstest.WithLookups(), sdelementstest.WithRows(4))
	for query, want := range map[string][]int64{
		"id__in=2,5": {5, 2},
		"id__in=2":   {2},
		"name__in=LoggedInActivity,UserCreatedActivity":             {2, 1},
		"name__in=LoggedInActivity,UserCreatedActivity&id__in=2,77": {2},
	} {
		assert.Equal(t, want, listed(t, server, everything+"?"+query), query)
	}
	for _, query := range []string{"id__in=2,", "id__in=x", "name__in=x", "id__in=", "id__in=1&id__in=2", "actor__in=1", "id__gte=1"} {
		status, _, _ := get(t, server, everything+"?"+query, nil)
		assert.Equal(t, http.StatusBadRequest, status, query)
	}
	status, _, _ := get(t, sdelementstest.NewServer(), everything+"?id__in=1", nil)
	assert.Equal(t, http.StatusBadRequest, status, "not unless it is ordered")
}

func TestRepeatedParameters(t *testing.T) {
	several := sdelementstest.NewServer(sdelementstest.WithSeveralValues(), sdelementstest.WithRows(4))
	last := sdelementstest.NewServer(sdelementstest.WithLastValue(), sdelementstest.WithRows(4))
	assert.Equal(t, []int64{5, 2}, listed(t, several, everything+"?id=2&id=5"))
	assert.Equal(t, []int64{5}, listed(t, last, everything+"?id=2&id=5"))
	assert.Equal(t, []int64{5}, listed(t, last, everything+"?id=x&id=5"), "only the last is looked at")
	assert.Equal(t, []int64{5}, listed(t, last, everything+"?page_size=3&page_size=1"))
	for _, query := range []string{"id=2&id=x", "page_size=3&page_size=1"} {
		status, _, _ := get(t, several, everything+"?"+query, nil)
		assert.Equal(t, http.StatusBadRequest, status, query)
	}
}

func TestLocalTime(t *testing.T) {
	server := sdelementstest.NewServer(sdelementstest.WithLocalTime(time.FixedZone("", -4*60*60)))
	numbered(server, 3)
	for query, want := range map[string][]int64{
		"date_from=2024-03-05T08:00:01":        {3, 2},
		"date_from=2024-03-05T08:00:00.000001": {3, 2},
		"date_to=2024-03-05T08:00:01":          {2, 1},
		"date_from=2024-03-05T12:00:01Z":       {3, 2},
		"date_from=2024-03-05T12:00:01":        {},
	} {
		assert.Equal(t, want, listed(t, server, everything+"?"+query), query)
	}
	for _, value := range []string{"2024-03-05", "2024-03-05T08:00:00.0000001", "2024-03-05T08:00:00%2B00:00"} {
		status, _, _ := get(t, server, everything+"?date_from="+value, nil)
		assert.Equal(t, http.StatusBadRequest, status, value)
	}
}
