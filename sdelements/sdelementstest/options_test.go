package sdelementstest_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

const (
	everything = "/api/v2/activities/"
	stream     = "/api/v2/users/me/activity-stream/"
)

var noon = time.Date(2024, 3, 5, 12, 0, 0, 0, time.UTC)

// numbered adds activities n to 1, the first of which is the newest.
func numbered(server *sdelementstest.Server, n int64) {
	for id := range n {
		server.Add(sdelements.Activity{ID: id + 1, Actor: sdelementstest.Me, Date: noon.Add(time.Duration(id) * time.Second)})
	}
}

// walk follows the links of a list and returns the ids of each page.
func walk(t *testing.T, server *sdelementstest.Server, target string) (pages [][]int64) {
	t.Helper()
	for target != "" {
		require.Less(t, len(pages), 50)
		pages = append(pages, listed(t, server, target))
		_, body, _ := get(t, server, target, nil)
		var page struct{ Next string }
		require.NoError(t, json.Unmarshal([]byte(body), &page))
		next, err := url.Parse(page.Next)
		require.NoError(t, err)
		target = next.RequestURI()
		if page.Next == "" {
			target = ""
		}
	}
	return pages
}

func TestIDsMayRepeat(t *testing.T) {
	server := sdelementstest.NewServer()
	numbered(server, 3)
	server.Add(sdelements.Activity{ID: 2, Actor: sdelementstest.Me, Date: noon})
	server.InsertAt(3, sdelements.Activity{ID: 3, Actor: sdelementstest.Me, Date: noon})
	want := [][]int64{{3}, {2}, {1}, {3}, {2}}
	assert.Equal(t, want, walk(t, server, everything+"?page_size=1"))
	assert.Equal(t, want, walk(t, server, stream+"?page_size=1"))
	_, body, _ := get(t, server, everything+"2/", nil)
	assert.Contains(t, body, "12:00:01", "the newest")
	assert.Equal(t, 2, server.Delete(2))
}

func TestShuffledTies(t *testing.T) {
	all := func(target string, opts ...sdelementstest.Option) (ids []int64) {
		server := sdelementstest.NewServer(opts...)
		numbered(server, 1)
		for id := range int64(4) {
			server.Add(sdelements.Activity{ID: id + 2, Actor: sdelementstest.Me, Date: noon.Add(-time.Second)})
		}
		for range 10 {
			got := listed(t, server, target)
			assert.EqualValues(t, 1, got[0])
			assert.ElementsMatch(t, []int64{2, 3, 4, 5}, got[1:])
			ids = append(ids, got...)
		}
		return ids
	}
	one := sdelementstest.WithShuffledTies(1)
	for _, target := range []string{everything, everything + "?page_size=9", stream + "?page_size=9"} {
		got := all(target, one)
		assert.Equal(t, got, all(target, one), target)
		assert.NotEqual(t, got, all(target, sdelementstest.WithShuffledTies(2)), target)
		assert.NotEqual(t, got[:5], got[5:10], target)
		assert.Equal(t, []int64{1, 2, 3, 4, 5}, all(target)[5:10], "not unless it is ordered")
	}
}

func TestAStreamLosesNothingWhenTiesAreShuffled(t *testing.T) {
	server := sdelementstest.NewServer(sdelementstest.WithShuffledTies(1))
	var want, got []int64
	for id := range int64(20) {
		server.Add(sdelements.Activity{ID: id, Actor: sdelementstest.Me, Date: noon})
		want = append(want, id)
	}
	for _, page := range walk(t, server, stream+"?page_size=3") {
		got = append(got, page...)
	}
	assert.ElementsMatch(t, want, got)
	assert.NotEqual(t, want, got)
}

func TestPageSizes(t *testing.T) {
	server := sdelementstest.NewServer(sdelementstest.WithPageSizes(3, 2))
	numbered(server, 9)
	want := [][]int64{{9, 8, 7}, {6, 5}, {4, 3, 2}, {1}}
	assert.Equal(t, want, walk(t, server, everything+"?page_size=3"))
	assert.Equal(t, want, walk(t, server, stream+"?page_size=3"))
	assert.Equal(t, [][]int64{{9, 8, 7}, {6, 5}, {4, 3, 2, 1}}, walk(t, server, everything+"?page_size=4"))
	status, _, _ := get(t, server, everything+"?page_size=4&page=4", nil)
	assert.Equal(t, http.StatusNotFound, status)
}

func TestMaxOffset(t *testing.T) {
	server := sdelementstest.NewServer(sdelementstest.WithMaxOffset(4))
	numbered(server, 9)
	assert.Equal(t, []int64{5, 4}, listed(t, server, everything+"?page_size=2&page=3"))
	status, body, _ := get(t, server, everything+"?page_size=2&page=4", nil)
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Equal(t, `{"detail":"The page begins beyond row 4."}`, body)
	assert.Len(t, listed(t, server, everything), 9)
	assert.Len(t, walk(t, server, stream+"?page_size=2"), 5)
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

func TestStreamSpan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // at midnight of 2000-01-01
		server := sdelementstest.NewServer(sdelementstest.WithStreamSpan(24 * time.Hour))
		for hours := range int64(5) {
			server.Add(sdelements.Activity{ID: hours + 1, Actor: sdelementstest.Me, Date: time.Now().Add(-time.Duration(hours) * 12 * time.Hour)})
		}
		for query, want := range map[string]struct {
			ids      []int64
			from, to string
		}{
			"":                                {[]int64{1, 2, 3}, "1999-12-31T00:00:00.000000Z", "2000-01-01T00:00:00.000000Z"},
			"&date_from=1999-12-30T00:00:00Z": {[]int64{1, 2, 3}, "1999-12-31T00:00:00.000000Z", "2000-01-01T00:00:00.000000Z"},
			"&date_from=1999-12-31T12:00:00Z": {[]int64{1, 2}, "1999-12-31T12:00:00Z", "2000-01-01T00:00:00.000000Z"},
			"&date_to=1999-12-31T11:00:00Z":   {[]int64{3}, "1999-12-31T00:00:00.000000Z", "1999-12-31T11:00:00Z"},
		} {
			assert.Equal(t, want.ids, listed(t, server, stream+"?page_size=9"+query), query)
			_, body, _ := get(t, server, stream+"?page_size=9"+query, nil)
			assert.Contains(t, body, `"date_from":"`+want.from+`","date_to":"`+want.to+`"`, query)
		}
		assert.Len(t, listed(t, server, everything+"?page_size=9"), 5, "other lists cover all")
		assert.Equal(t, [][]int64{{1}, {2}, {3}}, walk(t, server, stream+"?page_size=1"))
		got, err := server.Client().UserActivityStream(sdelements.ActivityQuery{PageSize: 1}).Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Len(t, got, 3)
	})
}

func TestRawIsServedAsItIs(t *testing.T) {
	server := sdelementstest.NewServer()
	raw := "{\"id\":3,\"text\":\"a\tb\xe9\"}"
	server.Add(sdelements.Activity{ID: 3, Raw: json.RawMessage(raw)})
	_, body, _ := get(t, server, everything, nil)
	assert.Equal(t, `{"results":[`+raw+`]}`, body)
	_, body, _ = get(t, server, everything+"3/", nil)
	assert.Equal(t, raw, body)
}

// What clients send according to the vendor, and blanks in both forms.
func TestContentTypeAndBlanks(t *testing.T) {
	server := sdelementstest.NewServer()
	server.Add(sdelements.Activity{ID: 3, Data: sdelements.Data{ProjectDesc: "two words"}})
	for _, blank := range []string{"%20", "+"} {
		assert.Equal(t, []int64{3}, listed(t, server, everything+"?project_desc=two"+blank+"words"))
	}
	status, _, _ := get(t, server, everything, set("Content-Type", "application/json"))
	assert.Equal(t, http.StatusOK, status)
}
