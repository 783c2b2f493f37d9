package sdelements

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/internal/paging"
)

func FuzzPage(f *testing.F) {
	for _, seed := range []string{
		`{"results": [{"id": 5, "name": "CreatedGroupActivity", "actor": 1, "text": "Admin Testerton created group group A", ` +
			`"date": "2016-05-06T14:53:28.557156Z", "data": {"target_group_desc": "group A", "group": "G1", "group_desc": "group A"}, ` +
			`"icon": "user", "log_level": "success"}]}`,
		`{"count":2,"next":"http://internal.example.com/api/v2/activities/?page=2","previous":null,"results":[{"id":2,"date":` +
			`"2016-03-30T15:16:05.659610+00:00","actor":null,"data":{"user":7}},{"id":"1","data":[]}]}`,
		`{"next":"?cursor=cD0x","date_from":"2016-03-30T15:16:05Z","results":[]}`,
		`{"results":[{"id":1,"data":{"project":"x","user":{},"a":1,"a":2}},null,7,[{}]],"next":"","count":-1}`,
		`{"results":null}`, `{"next":{}}`, `{"results":[{"id":9007199254740993,"date":"\ud800"}`, "{\"results\":[{\"text\":\"\xff\"}]}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		sent := bytes.Clone(body)
		page, err := readPage(body)
		require.Equal(t, sent, body, "the body stays as it was")
		if err != nil {
			require.Empty(t, page.Items)
			require.NotContains(t, err.Error(), "json")
			return
		}
		require.GreaterOrEqual(t, page.Total, -1)
		for _, a := range page.Items {
			require.True(t, bytes.Contains(body, a.Raw))
			require.Nil(t, a.Data.problems)
			for _, name := range a.Data.Names() {
				require.True(t, json.Valid(bytes.ToValidUTF8(a.Data.Get(name), []byte("?"))))
			}
			text, err := a.MarshalJSON()
			require.NoError(t, err)
			var again Activity
			require.NoError(t, again.UnmarshalJSON(text))
			if json.Valid(a.Raw) && utf8.Valid(a.Raw) { // otherwise it was repaired
				require.Equal(t, a.Problems, again.Problems)
			}
			require.Equal(t, a.ID, again.ID)
			require.True(t, a.Date.Equal(again.Date))
		}
		d, ok := newDelivered(leastKept, true, nil)
		require.True(t, ok)
		fresh, err := d.Sift(page)
		require.NoError(t, err, "the first page is never too much")
		seen := map[int64]bool{}
		for _, a := range fresh {
			require.False(t, a.ID > 0 && seen[a.ID])
			seen[a.ID] = true
		}
		again, ok := newDelivered(leastKept, true, d.Note())
		require.True(t, ok)
		require.JSONEq(t, string(d.Note()), string(again.Note()))
	})
}

func FuzzLink(f *testing.F) {
	for _, seed := range []string{
		"http://internal.example.com/api/v2/activities/?page=2&page_size=100", "?cursor=cD0yMDE2LTAzLTMw%3D", "//x?a", "?a=ü b", "?%", "?a;b",
		"http://[::1", "https://u:p@example.com?page=2#x", "?\r\n", "?=", "?&",
	} {
		f.Add(seed)
	}
	client, err := New("https://tenant.example.com", Token("key"))
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, href string) {
		query, err := client.follow(href)
		if err != nil {
			require.Empty(t, query)
			return
		}
		require.False(t, strings.ContainsFunc(query, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '#' }), "%q", query)
		params, err := url.ParseQuery(query)
		require.NoError(t, err)
		require.NotEmpty(t, params)
		again, err := client.follow("https://tenant.example.com/x?" + query)
		require.NoError(t, err)
		require.Equal(t, query, again, "as it is read from a cursor")
	})
}

func FuzzNote(f *testing.F) {
	for _, seed := range []string{
		`{"i":[5,4],"d":1714996799000000,"c":5}`, `{"i":[17,16,15,14,13,12,11,10,9,8,7,6,5,4,3,2],"u":true,"c":21}`, `{}`, `null`, `{"x":1}`,
		`{"i":[-1,0],"d":-9223372036854775808,"c":-1}`, `[]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, note []byte) {
		d, ok := newDelivered(leastKept, true, note)
		if !ok {
			require.Nil(t, d)
			return
		}
		_, _ = d.Sift(paging.Linked[Activity]{Items: []Activity{{ID: 5, Date: time.Unix(0, 0)}, {ID: 4}, {}}, Total: 3})
		_, ok = newDelivered(leastKept, true, d.Note())
		require.True(t, ok)
	})
}
