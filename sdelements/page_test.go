package sdelements_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

func TestLastPage(t *testing.T) {
	for _, body := range []string{
		`{"results":[{"id":9}]}`,
		`{"results":[{"id":9}],"next":null}`,
		`{"results":[{"id":9}],"next":""}`,
		`{"count":1,"next":null,"previous":null,"results":[{"id":9}]}`,
		`{"next":null,"previous":null,"date_from":null,"date_to":"2024-01-01T00:00:00Z","results":[{"id":9}]}`,
		"\r\n {\"new\":{\"results\":[]},\"results\":[{\"id\":9}]} \n",
	} {
		server := sdelementstest.NewServer()
		server.Fail(faults(body)...)
		page, err := server.Client().Activities(sdelements.ActivityQuery{}).Page(t.Context(), "")
		require.NoError(t, err, body)
		assert.Equal(t, []int64{9}, ids(page.Items))
		assert.Empty(t, page.Next)
		assert.Equal(t, body, string(page.Raw))
	}
}

func TestTotal(t *testing.T) {
	for count, want := range map[string]int{
		`"count":12,`: 12, `"count":0,`: 0, `"count":"12",`: 12, `"count":12.0,`: 12,
		``: -1, `"count":null,`: -1, `"count":-3,`: -1, `"count":1.5,`: -1, `"count":[1],`: -1, `"count":1e30,`: -1,
	} {
		server := sdelementstest.NewServer()
		server.Fail(faults(`{` + count + `"results":[]}`)...)
		page, err := server.Client().Activities(sdelements.ActivityQuery{}).Page(t.Context(), "")
		require.NoError(t, err, count)
		assert.Equal(t, want, page.Total, count)
	}
}

// Only the parameters of a link that select the next page are used. Its scheme, host, path prefix
// and filters are ignored.
func TestNextLink(t *testing.T) {
	for link, want := range map[string]string{
		"http://internal.example.com/api/v2/activities/?page=2&page_size=3":        "page=2&page_size=3&project=42",
		"https://198.51.100.7:8443/inside/api/v2/activities?page_size=1000&page=2": "page=2&page_size=3&project=42",
		"//198.51.100.7/api/v2/activities/?page=2":                                 "page=2&page_size=3&project=42",
		"?cursor=cD0yMDE2LTAz%3D%3D&date_to=2016-03-30T15:16:05Z":                  "cursor=cD0yMDE2LTAz%3D%3D&page_size=3&project=42",
		"https://user:secret@example.com/api/v2/activities/?page=2#fragment":       "page=2&page_size=3&project=42",
		"/api/v2/activities/?project=7&actor=8&ordering=id&x=5&y":                  "ordering=id&page_size=3&project=42&x=1&y=",
		"?offset=3&note=Büro und Lager&page_size=2&date_from=2016":                 "note=B%C3%BCro%20und%20Lager&offset=3&page_size=3&project=42",
		"?page=2&actor__in=8&project[]=7":                                          "page=2&page_size=3&project=42",
	} {
		server := sdelementstest.NewServer()
		server.Fail(faults(fmt.Sprintf(`{"results":[{"id":9}],"next":%q}`, link), `{"results":[{"id":8}]}`)...)
		q := sdelements.ActivityQuery{Project: 42, PageSize: 3, Extra: map[string][]string{"x": {"1"}}}
		if !strings.Contains(want, "x=1") {
			want += "&x=1"
		}
		got, err := server.Client().Activities(q).Collect(t.Context(), 0)
		require.NoError(t, err, link)
		assert.Equal(t, []int64{9, 8}, ids(got))
		require.Len(t, server.Requests(), 2)
		then := server.Requests()[1]
		assert.Equal(t, "example.sdelements.example.com", then.Host)
		assert.Empty(t, then.Header.Get("Referer"))
		assert.NotContains(t, fmt.Sprint(then), "secret")
		if query := then.Query(); query.Has("page") {
			assert.True(t, query.Has("date_to"), "the pinned end")
			want = "date_to=" + strings.ReplaceAll(query.Get("date_to"), ":", "%3A") + "&" + want
		}
		assert.Equal(t, "GET /api/v2/activities/?"+want, then.Line(), link)
	}
}

func TestMalformedNextLink(t *testing.T) {
	for link, says := range map[string]string{
		`"?page=%zz"`:                             "cannot be parsed",
		`"?page=2;x"`:                             "cannot be parsed",
		`"http://example.com/?page=2"`:            "leads to another list",
		`"/api/v2/users/?page=2"`:                 "leads to another list",
		`"javascript:alert(1)?page=2"`:            "leads to another list",
		`"/..;/api/v2/activities/?page=2"`:        "leads to another list",
		`"http://example.com/api/v2/activities/"`: "does not say where that page begins",
		`"?page_size=3&project=42&date_to=2016"`:  "does not say where that page begins",
		`"2"`:                                     "leads to another list",
		`2`:                                       "next is a number, want a string",
		`false`:                                   "next is a boolean, want a string",
		`{"href":"?page=2"}`:                      "next is an object, want a string",
	} {
		server := sdelementstest.NewServer()
		server.Fail(faults(`{"results":[{"id":9}],"next":` + link + `}`)...)
		got, err := server.Client().Activities(sdelements.ActivityQuery{PageSize: 3}).Collect(t.Context(), 0)
		require.ErrorIs(t, err, activity.ErrMalformed, link)
		assert.ErrorContains(t, err, says)
		assert.NotContains(t, err.Error(), "http://")
		assert.Empty(t, got, "no part of the page is delivered")
		assert.Len(t, server.Requests(), 1)
	}
}

func TestPagePastEnd(t *testing.T) {
	t.Run("after a link", func(t *testing.T) {
		server := sdelementstest.NewServer()
		server.Add(mine(4)...)
		list := server.Client().Activities(sdelements.ActivityQuery{PageSize: 3})
		server.OnRequest(func(r sdelementstest.Request) {
			if r.N == 2 {
				server.Delete(1)
			}
		})
		got, err := list.Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Equal(t, down(4, 2), ids(got))
		assert.Equal(t, http.StatusNotFound, server.Requests()[1].Status)
	})
	t.Run("after a cursor", func(t *testing.T) {
		server := sdelementstest.NewServer()
		server.Add(mine(4)...)
		list := server.Client().Activities(sdelements.ActivityQuery{PageSize: 3})
		page, err := list.Page(t.Context(), "")
		require.NoError(t, err)
		server.Delete(1)
		last, err := list.Page(t.Context(), page.Next)
		require.NoError(t, err)
		assert.Empty(t, last.Items)
		assert.Empty(t, last.Next)
	})
	t.Run("first page", func(t *testing.T) {
		server := sdelementstest.NewServer()
		server.Fail(sdelementstest.Fault{Status: http.StatusNotFound, Body: `{"detail":"Invalid page."}`})
		_, err := server.Client().Activities(sdelements.ActivityQuery{}).Collect(t.Context(), 0)
		require.ErrorIs(t, err, activity.ErrNotFound)
	})
	t.Run("in another language", func(t *testing.T) {
		server := sdelementstest.NewServer()
		server.Add(mine(4)...)
		list := server.Client().Activities(sdelements.ActivityQuery{PageSize: 3})
		server.FailWith(func(r sdelementstest.Request) *sdelementstest.Fault {
			if r.N == 2 {
				return &sdelementstest.Fault{Status: http.StatusNotFound, Body: `{"detail":"Page invalide."}`}
			}
			return nil
		})
		got, err := list.Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Equal(t, down(4, 1), ids(got))
	})
	t.Run("of a list that is gone", func(t *testing.T) {
		server := sdelementstest.NewServer()
		server.Add(mine(4)...)
		list := server.Client().Activities(sdelements.ActivityQuery{PageSize: 3})
		server.FailWith(func(r sdelementstest.Request) *sdelementstest.Fault {
			if r.N > 1 {
				return &sdelementstest.Fault{Status: http.StatusNotFound, Body: `{"detail":"Not found."}`}
			}
			return nil
		})
		got, err := list.Collect(t.Context(), 0)
		require.ErrorIs(t, err, activity.ErrListChanged)
		assert.Equal(t, down(4, 2), ids(got))
		_, err = list.Collect(t.Context(), 0)
		require.ErrorIs(t, err, activity.ErrNotFound)
	})
	t.Run("answered with 204", func(t *testing.T) {
		server := sdelementstest.NewServer()
		server.Add(mine(4)...)
		server.FailWith(func(r sdelementstest.Request) *sdelementstest.Fault {
			if r.N > 1 {
				return &sdelementstest.Fault{Status: http.StatusNoContent}
			}
			return nil
		})
		got, err := server.Client().Activities(sdelements.ActivityQuery{PageSize: 3}).Collect(t.Context(), 0)
		require.ErrorIs(t, err, activity.ErrMalformed)
		assert.Equal(t, down(4, 2), ids(got))
	})
}

func TestMalformedPage(t *testing.T) {
	for body, says := range map[string]string{
		`[]`:                         "body is an array, want an object",
		`[{"id":1}]`:                 "body is an array, want an object",
		`null`:                       "body is null, want an object",
		`{}`:                         "results is missing, want an array",
		`{"count":3,"next":null}`:    "results is missing, want an array",
		`{"detail":"Log in first."}`: "results is missing, want an array",
		`{"results":null}`:           "results is null, want an array",
		`{"results":{"id":1}}`:       "results is an object, want an array",
	} {
		server := sdelementstest.NewServer()
		server.Fail(sdelementstest.Fault{Body: body, ContentType: "application/json"})
		got, err := server.Client().Activities(sdelements.ActivityQuery{}).Collect(t.Context(), 0)
		require.ErrorIs(t, err, activity.ErrMalformed, body)
		assert.ErrorContains(t, err, says)
		assert.Empty(t, got)
		assert.Len(t, server.Requests(), 1)
	}
}
