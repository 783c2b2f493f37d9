package sdelements

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/internal/wire"
)

func FuzzPage(f *testing.F) {
	for _, seed := range []string{
		`{"results": [{"id": 5, "name": "CreatedGroupActivity", "actor": 1, "text": "Admin Testerton created group group A", ` +
			`"date": "2016-05-06T14:53:28.557156Z", "data": {"target_group_desc": "group A", "group": "G1", "group_desc": "group A"}, ` +
			`"icon": "user", "log_level": "success"}]}`,
		`{"count":2,"next":"http://internal.example.com/api/v2/activities/?page=2","previous":null,"results":[{"id":2,"date":` +
			`"2016-03-30T15:16:05.659610+00:00","actor":null,"data":{"user":7}},{"id":"1","data":[]}]}`,
		`{"next":"?cursor=cD0x","date_from":"2016-03-30T15:16:05Z","date_to":7,"results":[]}`,
		`{"results":[{"id":1,"data":{"project":"x","user":{},"a":1,"a":2}},null,7,[{}]],"next":"","count":-1}`,
		`{"results":null}`, `{"next":{}}`, `{"results":[{"id":9007199254740993,"date":"\ud800"}`, "{\"results\":[{\"text\":\"\xff\"}]}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		sent := bytes.Clone(body)
		page, err := readPage(wire.NewReader(body))
		require.Equal(t, sent, body, "the body stays as it was")
		if err != nil {
			require.NotContains(t, err.Error(), "json")
			return
		}
		require.GreaterOrEqual(t, page.count, -1)
		for _, a := range page.items {
			requireReadable(t, body, a)
		}
	})
}

// requireReadable checks that an activity is a part of its page and can be written and read again.
func requireReadable(t *testing.T, body []byte, a Activity) {
	t.Helper()
	require.True(t, bytes.Contains(body, a.Raw))
	require.Nil(t, a.Data.problems)
	for _, name := range a.Data.Names() {
		require.True(t, json.Valid(bytes.ToValidUTF8(a.Data.Get(name), []byte("?"))))
	}
	text, err := a.MarshalJSON()
	require.NoError(t, err)
	var again Activity
	require.NoError(t, again.UnmarshalJSON(text))
	if json.Valid(a.Raw) && utf8.Valid(a.Raw) { // which needed no mending
		require.Equal(t, a.Problems, again.Problems)
	}
	require.Equal(t, a.ID, again.ID)
	require.True(t, a.Date.Equal(again.Date))
}

func FuzzLink(f *testing.F) {
	for _, seed := range []string{
		"http://internal.example.com/api/v2/activities/?page=2&page_size=100", "?cursor=cD0yMDE2LTAzLTMw%3D", "//x?a", "?a=ü b", "?%", "?a;b",
		"http://[::1", "https://u:p@example.com?page=2#x", "?\r\n", "?=", "?&", "?project=7&page=2", "?page=2&user__in=7", "?page=2&actor[]=7", "/gateway/api/v2/activities?page=2", "/api/v2/users/?page=2", "?x=2", "?date_to=2016",
	} {
		f.Add(seed)
	}
	client, err := New("https://tenant.example.com", Token("key"))
	require.NoError(f, err)
	s, err := client.source(activitiesEndpoint, ActivityQuery{Actor: 3, Extra: url.Values{"x": {"1"}}})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, href string) {
		place, err := s.Of(href)
		if err != nil {
			require.Empty(t, place)
			return
		}
		require.False(t, strings.ContainsFunc(place, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '#' }), "%q", place)
		params, err := url.ParseQuery(place)
		require.NoError(t, err)
		for name := range params {
			name, _, _ = strings.Cut(name, "__")
			require.NotContains(t, []string{"x", "actor", "project", "date_to", "page_size"}, name, "which is the list's own")
		}
		require.True(t, s.Valid(place), "as it is read from a cursor")
	})
}
