package snaplogic_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
)

func TestEnvelope(t *testing.T) {
	const entries = `"entries":[{"_id":"a"},{"_id":"b"}]`
	for name, c := range map[string]struct {
		body  string
		total int
	}{
		"wrapped":                 {`{"response_map":{"total":2,"offset":0,"limit":100,` + entries + `},"http_status_code":200}`, 2},
		"bare":                    {`{"total":2,"offset":0,"limit":100,` + entries + `}`, 2},
		"wrapped, no status":      {`{"response_map":{"total":2,` + entries + `}}`, 2},
		"bare, with a status":     {`{"http_status_code":200,"total":2,` + entries + `}`, 2},
		"status first":            {`{"http_status_code":200,"response_map":{` + entries + `,"total":2}}`, 2},
		"another good status":     {`{"http_status_code":206,"response_map":{` + entries + `,"total":2}}`, 2},
		"status as a text":        {`{"http_status_code":"200","response_map":{` + entries + `,"total":2}}`, 2},
		"status null":             {`{"http_status_code":null,"response_map":{` + entries + `,"total":2}}`, 2},
		"status as an object":     {`{"http_status_code":{},"response_map":{` + entries + `,"total":2}}`, 2},
		"total as a text":         {`{"response_map":{"total":"2",` + entries + `}}`, 2},
		"no total":                {`{"response_map":{` + entries + `}}`, -1},
		"total null":              {`{"total":null,` + entries + `}`, -1},
		"total below zero":        {`{"total":-5,` + entries + `}`, -1},
		"an absurd total":         {`{"total":9007199254740993,` + entries + `}`, -1},
		"total as an array":       {`{"total":[2],` + entries + `}`, -1},
		"offset and limit odd":    {`{"offset":"x","limit":[],"total":2,` + entries + `}`, 2},
		"unknown members":         {`{"x":{"entries":[1]},"response_map":{"y":[{}],"total":2,` + entries + `},"z":null}`, 2},
		"white space":             {" \r\n{\t\"total\" : 2 ,\n" + entries + "}\n ", 2},
		"a total that is too low": {`{"total":0,` + entries + `}`, 0},
	} {
		page, err := pageOf(t, c.body)
		require.NoError(t, err, name)
		assert.Equal(t, []string{"a", "b"}, idsOf(page.Items), name)
		assert.Equal(t, c.total, page.Total, name)
		assert.Equal(t, c.body, string(page.Raw), name)
	}
	for name, body := range map[string]string{
		"wrapped": wrapped(0), "bare": `{"total":0,"entries":[]}`, "null": `{"total":0,"entries":null}`, "no total": `{"entries":[]}`,
	} {
		got, err := newClient(t, serving(200, "application/json", body)).Activities(snaplogic.ActivityQuery{}).Collect(t.Context(), 0)
		require.NoError(t, err, name)
		assert.Empty(t, got, name)
	}
}

// A body that is not a page is an error, and never an empty page.
func TestMalformedPage(t *testing.T) {
	for name, c := range map[string]struct{ body, message string }{
		"no entries":          {`{"response_map":{"total":0},"http_status_code":200}`, "response_map.entries is missing, want an array"},
		"no entries, bare":    {`{"total":0}`, "entries is missing, want an array"},
		"entries: an object":  {`{"response_map":{"entries":{}}}`, "response_map.entries is an object, want an array"},
		"entries: a text":     {`{"entries":"secret"}`, "entries is a string, want an array"},
		"response_map: null":  {`{"response_map":null,"http_status_code":200}`, "response_map is null, want an object"},
		"response_map: text":  {`{"response_map":"secret"}`, "response_map is a string, want an object"},
		"response_map: array": {`{"response_map":[{"entries":[]}]}`, "response_map is an array, want an object"},
		"no status":           {`{"http_status_code":0,"response_map":{"entries":[]}}`, "no HTTP status"},
		"a status below":      {`{"http_status_code":-401,"response_map":{"entries":[]}}`, "no HTTP status"},
		"a status above":      {`{"http_status_code":4010,"response_map":{"entries":[]}}`, "no HTTP status"},
		"the vendor's comma":  {`{"response_map":{"entries":[` + sampleEntry + `,]},"http_status_code":200}`, "JSON cannot be read at byte"},
	} {
		page, err := pageOf(t, c.body)
		require.ErrorIs(t, err, activity.ErrMalformed, name)
		e := failureOf(t, err)
		assert.Contains(t, e.Message, c.message, name)
		assert.NotContains(t, err.Error(), "secret", name)
		assert.Equal(t, activity.Page[snaplogic.Activity]{Total: -1}, page, name)
		assert.False(t, e.Temporary(), name)
	}
}

// The status in a body counts like that of the response.
func TestStatusInBody(t *testing.T) {
	for _, body := range []string{
		`{"http_status_code":404,"response_map":{"error_list":[{"message":"No such thing."}]}}`,
		`{"response_map":{"error_list":[[{"message":""},{"message":"No such thing."}]],"entries":"x"},"http_status_code":"404"}`,
	} {
		_, err := pageOf(t, body)
		require.ErrorIs(t, err, activity.ErrNotFound)
		e := failureOf(t, err)
		assert.Equal(t, http.StatusNotFound, e.StatusCode)
		assert.Equal(t, "No such thing.", e.Message)
		assert.Equal(t, "/api/1/rest/public/activities/Example%20Organization", e.Path)
		assert.Equal(t, body, string(e.Body))
	}
}

func FuzzEnvelope(f *testing.F) {
	for _, seed := range []string{
		wrapped(1, sampleEntry), `{"total":2,"offset":0,"limit":100,"entries":[{"_id":"a"},{"_id":"a"}]}`,
		`{"http_status_code":401,"response_map":{"error_list":[[{"message":""}],{"message":"No."}]}}`, `{"response_map":"x","http_status_code":200}`,
		`{"response_map":{"entries":{}},"http_status_code":"503"}`, `{"entries":[null,7,"x",[{}],{"_id":9007199254740993,"_id":null,"perm":[]}]}`,
		`{"entries":null,"entries":[{"_id":"\ud800","create_time":"2018-07-04T06:57:04"}],"total":1e3}`, "{\"entries\":[{\"_id\":\"\xff\"}]}",
		`{"total":-1,"entries":[],"http_status_code":1e400}`, `{"response_map":{"total":0}}`, `{"entries":[{}`, `[]`, ``,
	} {
		f.Add([]byte(seed))
	}
	var body []byte
	client := newClient(f, roundTrip(func(req *http.Request) (*http.Response, error) {
		return serving(http.StatusOK, "application/json", string(body))(req)
	}))
	list := client.Activities(snaplogic.ActivityQuery{})
	f.Fuzz(func(t *testing.T, answer []byte) {
		body = answer
		page, err := list.Page(t.Context(), "")
		if err != nil {
			e := failureOf(t, err)
			require.Equal(t, activity.Page[snaplogic.Activity]{Total: -1}, page)
			require.LessOrEqual(t, len(e.Message), 512)
			require.NotContains(t, err.Error(), "jsontext")
			return
		}
		require.Equal(t, answer, []byte(page.Raw))
		require.GreaterOrEqual(t, page.Total, -1)
		delivered := map[string]bool{}
		for _, a := range page.Items {
			require.True(t, bytes.Contains(answer, a.Raw))
			require.False(t, a.ID != "" && delivered[a.ID], "an id is delivered once")
			delivered[a.ID] = true
			text, err := a.MarshalJSON()
			require.NoError(t, err)
			var again snaplogic.Activity
			require.NoError(t, again.UnmarshalJSON(text))
			if json.Valid(a.Raw) && utf8.Valid(a.Raw) { // otherwise it was repaired
				require.Equal(t, a.Problems, again.Problems)
			}
			require.Equal(t, a.ID, again.ID)
			_ = a.Sentence()
		}
	})
}
