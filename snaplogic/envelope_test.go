package snaplogic_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

func TestEnvelopes(t *testing.T) {
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

// What is no page is never taken for an empty one.
func TestAnswersOfAnotherShape(t *testing.T) {
	for name, c := range map[string]struct{ body, message string }{
		"no entries":           {`{"response_map":{"total":0},"http_status_code":200}`, "response_map.entries is missing, want an array"},
		"no entries, bare":     {`{"total":0}`, "entries is missing, want an array"},
		"nothing":              {`{}`, "entries is missing, want an array"},
		"entries: an object":   {`{"response_map":{"entries":{}}}`, "response_map.entries is an object, want an array"},
		"entries: a text":      {`{"entries":"secret"}`, "entries is a string, want an array"},
		"response_map: null":   {`{"response_map":null,"http_status_code":200}`, "response_map is null, want an object"},
		"response_map: text":   {`{"response_map":"secret"}`, "response_map is a string, want an object"},
		"response_map: array":  {`{"response_map":[{"entries":[]}]}`, "response_map is an array, want an object"},
		"an array":             {`[{"_id":"secret"}]`, "body is an array, want an object"},
		"a text":               {`"secret"`, "body is a string, want an object"},
		"null":                 {`null`, "body is null, want an object"},
		"two values":           {`{"entries":[]} {"entries":[]}`, "JSON cannot be read at byte 15"},
		"no status":            {`{"http_status_code":0,"response_map":{"entries":[]}}`, "no HTTP status"},
		"a status below":       {`{"http_status_code":-401,"response_map":{"entries":[]}}`, "no HTTP status"},
		"a status above":       {`{"http_status_code":4010,"response_map":{"entries":[]}}`, "no HTTP status"},
		"the vendor's comma":   {`{"response_map":{"entries":[` + sampleEntry + `,]},"http_status_code":200}`, "JSON cannot be read at byte"},
		"plain text, as JSON":  {`Please log in`, "JSON cannot be read at byte"},
		"cut":                  {`{"response_map":{"entries":[{"_id":"a"}`, "ends early"},
		"cut behind the array": {`{"entries":[]`, "ends early"},
		"empty":                {``, "the answer is empty"},
	} {
		page, err := pageOf(t, c.body)
		require.ErrorIs(t, err, activity.ErrMalformed, name)
		e := failureOf(t, err)
		assert.Contains(t, e.Message, c.message, name)
		assert.NotContains(t, err.Error(), "secret", name)
		assert.Equal(t, activity.Page[snaplogic.Activity]{Total: -1}, page, name)
		assert.Equal(t, name == "cut" || name == "cut behind the array" || name == "empty", e.Temporary(), name)
	}
}

// The status of the answer and the one inside it count alike, wherever the latter stands.
func TestEachStatus(t *testing.T) {
	kinds := map[int]error{
		400: activity.ErrInvalid, 401: activity.ErrUnauthorized, 403: activity.ErrForbidden, 404: activity.ErrNotFound,
		405: activity.ErrInvalid, 406: activity.ErrInvalid, 429: activity.ErrRateLimited, 500: activity.ErrServer,
		502: activity.ErrServer, 503: activity.ErrServer, 504: activity.ErrServer, 418: nil,
	}
	for status, kind := range kinds {
		number := []byte{byte('0' + status/100), byte('0' + status/10%10), byte('0' + status%10)}
		body := `{"http_status_code":` + string(number) + `,"response_map":{"error_list":[{"message":"No such thing."}]}}`
		behind := `{"response_map":{"error_list":[{"message":"No such thing."}],"entries":"x"},"http_status_code":"` + string(number) + `"}`
		for _, c := range []struct {
			outer int
			body  string
		}{{status, body}, {200, body}, {200, behind}, {status, `{"response_map":{"error_list":[[{"message":""},{"message":"No such thing."}]]}}`}} {
			_, err := newClient(t, serving(c.outer, "application/json", c.body)).Activities(snaplogic.ActivityQuery{}).Page(t.Context(), "")
			e := failureOf(t, err)
			assert.Equal(t, kind, e.Kind, "%d around %s", c.outer, c.body)
			assert.Equal(t, status, e.StatusCode)
			assert.Equal(t, "No such thing.", e.Message)
			assert.Equal(t, "snaplogic", e.Vendor)
			assert.Equal(t, "list activities", e.Op)
			assert.Equal(t, http.MethodGet, e.Method)
			assert.Equal(t, "/api/1/rest/public/activities/Example%20Organization", e.Path)
			assert.Equal(t, c.body, string(e.Body))
		}
	}
}

func TestErrorTexts(t *testing.T) {
	for body, message := range map[string]string{
		`{"http_status_code":400,"response_map":{"error_list":[{"message":"A."},{"message":"B."}]}}`: "A.; B.",
		`{"http_status_code":400,"response_map":"Bad organization"}`:                                 "Bad organization",
		`{"http_status_code":400,"response_map":["Bad",["organization"]]}`:                           "Bad; organization",
		`{"http_status_code":400,"response_map":{"error_list":[]},"reason":"why"}`:                   "why",
		`{"error":"It broke here"}`:                                         "It broke here",
		`{"message":"It broke"}`:                                            "It broke",
		`{"status_message":"It broke"}`:                                     "It broke",
		`plain text, whatever the type says`:                                "plain text, whatever the type says",
		`<html><head><title>Gone &amp; lost</title></head><p>secret</html>`: "Gone & lost",
		`{"response_map":{"error_list":[{"message":"Cut`:                    "",
	} {
		_, err := newClient(t, serving(400, "application/json", body)).Activities(snaplogic.ActivityQuery{}).Page(t.Context(), "")
		require.ErrorIs(t, err, activity.ErrInvalid)
		if message != "" {
			assert.Equal(t, message, failureOf(t, err).Message, body)
		}
		assert.NotContains(t, err.Error(), "secret")
	}
}

func TestOtherAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		fault   snaplogictest.Fault
		kind    error
		message string
	}{
		"login page":        {snaplogictest.Fault{Body: `<html><form action="/login">`}, activity.ErrMalformed, "text/html, not JSON"},
		"plain text":        {snaplogictest.Fault{Body: `hello`}, activity.ErrMalformed, "not what the service documents"},
		"redirect":          {snaplogictest.Fault{Status: 302, Header: http.Header{"Location": {"https://evil.example.com/"}}}, activity.ErrForeignOrigin, "redirects"},
		"proxy":             {snaplogictest.Fault{Status: 502, Body: `<html><title>Bad Gateway</title>`}, activity.ErrServer, "Bad Gateway"},
		"nothing":           {snaplogictest.Fault{Status: 200}, activity.ErrMalformed, "empty"},
		"broken connection": {snaplogictest.Fault{Reset: true}, nil, ""},
	} {
		server := snaplogictest.NewServer()
		server.Fail(c.fault)
		_, err := server.Client(once()).Activities(snaplogic.ActivityQuery{}).Page(t.Context(), "")
		e := failureOf(t, err)
		assert.Equal(t, c.kind, e.Kind, name)
		assert.Contains(t, e.Message, c.message, name)
	}
	_, err := snaplogictest.NewServer(snaplogictest.WithRows(50)).Client(activity.WithMaxResponseBytes(1000)).
		Activities(snaplogic.ActivityQuery{}).Page(t.Context(), "")
	require.ErrorIs(t, err, activity.ErrResponseTooLarge)
}

// An answer without content is a page without records, for one request.
func TestNoContent(t *testing.T) {
	server := snaplogictest.NewServer(snaplogictest.WithRows(3))
	server.Fail(snaplogictest.Fault{Status: 204})
	all, err := server.Client().Activities(snaplogic.ActivityQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Empty(t, all)
	assert.Len(t, server.Requests(), 1)
}

// The header's status counts as one in the body does.
func TestStatusInTheHeader(t *testing.T) {
	for said, want := range map[string]error{
		"403": activity.ErrForbidden, " 404 ": activity.ErrNotFound, "500": activity.ErrServer,
		"200": nil, "": nil, "0": nil, "99": nil, "600": nil, "teapot": nil,
	} {
		server := snaplogictest.NewServer(snaplogictest.WithRows(3))
		server.Fail(snaplogictest.Fault{Status: 200, Body: `{"entries":[],"message":"as it says"}`, Header: http.Header{"X-Sl-Statuscode": {said}}})
		_, err := server.Client(once()).Activities(snaplogic.ActivityQuery{}).Page(t.Context(), "")
		if want == nil {
			require.NoError(t, err, said)
			continue
		}
		require.ErrorIs(t, err, want, said)
		assert.Equal(t, "as it says", failureOf(t, err).Message)
	}
}

func TestBasicThatIsSwitchedOff(t *testing.T) {
	server := snaplogictest.NewServer(snaplogictest.WithBasicDisabled())
	client, err := snaplogic.New(snaplogictest.Organization, snaplogic.Basic(snaplogictest.User, snaplogictest.Password),
		activity.WithTransport(server.Transport()))
	require.NoError(t, err)
	_, err = client.Activities(snaplogic.ActivityQuery{}).Page(t.Context(), "")
	require.ErrorIs(t, err, activity.ErrForbidden)
	assert.Equal(t, "basic authentication is disabled for this organization", failureOf(t, err).Message)
	assert.Len(t, server.Requests(), 1)
}

// A failure that may pass is waited for, also where it stands inside an answer of 200 or the answer breaks off.
func TestPassingFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer()
		server.Add(old(5)...)
		server.Fail(
			snaplogictest.Fault{Status: 503, Body: `<html><title>Down</title>`},
			snaplogictest.Fault{Body: `{"http_status_code":500,"response_map":{}}`},
			snaplogictest.Fault{},
			snaplogictest.Fault{Truncate: 90}, snaplogictest.Fault{CutBody: 30}, snaplogictest.Fault{Status: 200},
			snaplogictest.Fault{},
			snaplogictest.Fault{Reset: true}, snaplogictest.Fault{Truncate: 20})
		got, err := server.Client().Activities(snaplogic.ActivityQuery{PageSize: 2}).Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Equal(t, down(5, 5), idsOf(got))
		assert.Len(t, server.Requests(), 10)
	})
}

func TestTooManyRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer(snaplogictest.WithQuota(2, time.Minute))
		server.Add(old(5)...)
		got, err := server.Client().Activities(snaplogic.ActivityQuery{PageSize: 2}).Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Equal(t, down(5, 5), idsOf(got))
		assert.Equal(t, time.Minute, time.Since(bubbleStart), "as long as the service asked for, and no longer")
		assert.Len(t, server.Requests(), 4)
		for _, r := range server.Requests() {
			assert.Equal(t, bubbleEnd, r.Query().Get("end"), "the pause does not move the end")
		}
	})
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
		met := map[string]bool{}
		for _, a := range page.Items {
			require.True(t, bytes.Contains(answer, a.Raw))
			require.False(t, a.ID != "" && met[a.ID], "an id comes once")
			met[a.ID] = true
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
