package recipes

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/dnaeon/go-vcr.v4/pkg/cassette"
	"gopkg.in/dnaeon/go-vcr.v4/pkg/recorder"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/sdelements"
)

// Strings are replaced as the package documents; everything else stays as the service wrote it.
func TestRecordedStrings(t *testing.T) {
	const sent = "{\r\n \"count\" : 1.0e0,\t\"next\":null,\"results\":[{\"id\":7,\"date\":\"2000-01-01T00:00:00Z\",\"text\":\"\\\"Mallory\\\\\"," +
		`"data":{"status":"TS1","name":"Mallory","user":"U7","user_id":"Mallory","again":"Mallory","task_type":"mallory@example.com","none":"","` +
		"na\\u006de\":\"LoggedInActivity\",\"names\":[\"Mallory\",[\"Eve\u2028\U0001F600\"],{\"date\":\"x\"}],\"n\":12345678901234567890.10},\"name\":\"LoggedInActivity\"}]}  \n\n"
	const recorded = "{\r\n \"count\" : 1.0e0,\t\"next\":null,\"results\":[{\"id\":7,\"date\":\"2000-01-01T00:00:00Z\",\"text\":\"text 1\"," +
		`"data":{"status":"TS1","name":"text 2","user":"text 3","user_id":"text 2","again":"text 2","task_type":"text 4","none":"","` +
		"na\\u006de\":\"text 5\",\"names\":[\"text 2\",[\"text 6\"],{\"date\":\"x\"}],\"n\":12345678901234567890.10},\"name\":\"LoggedInActivity\"}]}  \n\n"
	file := filepath.Join(t.TempDir(), "cassette")
	option, stop, err := Recorded(file, recorder.ModeRecordOnly)
	require.NoError(t, err)
	service := activity.WithTransport(roundTrip(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(sent))}, nil
	}))
	want, err := replaySDElements(option, service).Activities(sdelements.ActivityQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Equal(t, `"Mallory\`, want[0].Text, "the recording test sees what was sent")
	require.NoError(t, stop())
	c, err := cassette.Load(file)
	require.NoError(t, err)
	require.Len(t, c.Interactions, 1)
	assert.Equal(t, recorded, c.Interactions[0].Response.Body)

	option, _, err = Recorded(file, recorder.ModeReplayOnly)
	require.NoError(t, err)
	got, err := replaySDElements(option, offline(t)).Activities(sdelements.ActivityQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Equal(t, "text 1", got[0].Text)
}

// A string stays only directly after the name of its member, and a link only if it is one.
func TestRecordedMembers(t *testing.T) {
	for sent, recorded := range map[string]string{
		`{"people":[{"id":"7"},"Mallory"]}`:             `{"people":[{"id":"7"},"text 1"]}`,
		`{"id":{},"of":["Mallory","id",{"a":"Mal"}]}`:   `{"id":{},"of":["text 1","text 2",{"a":"text 3"}]}`,
		`{"id":7,"x":{"id":null},"y":[true,"Mallory"]}`: `{"id":7,"x":{"id":null},"y":[true,"text 1"]}`,
		`{"action":["Mallory"],"id":[["Mallory"]]}`:     `{"action":["text 1"],"id":[["text 1"]]}`,
		`{"id" : "7", "date":` + "\r\n\t" + `"x"}`:      `{"id" : "7", "date":` + "\r\n\t" + `"x"}`,
		`{"a\"id":"Mallory","\\":"id\":","id":""}`:      `{"a\"id":"text 1","\\":"text 2","id":""}`,
		`{"status":"mallory\u0040example.com"}`:         `{"status":"text 1"}`,
		`"Mallory"`:                                     `"text 1"`,

		`{"data":{"next":"Mallory","href":"/Mallory"}}`:            `{"data":{"next":"text 1","href":"text 2"}}`,
		`{"next":["https://a.example/"],"previous":{"a":"Mal"}}`:   `{"next":["text 1"],"previous":{"a":"text 2"}}`,
		`{"previous":"http:Mallory","href":"mailto://Mallory"}`:    `{"previous":"text 1","href":"text 2"}`,
		`{"next":"https://a.example/ of Mallory"}`:                 `{"next":"text 1"}`,
		`{"next" : "https:\/\/a.example/?a=1\u0026b=@"}`:           `{"next" : "https:\/\/a.example/?a=1\u0026b=@"}`,
		`{"previous":"http://a.example/","href":"https://b/?a=1"}`: `{"previous":"http://a.example/","href":"https://b/?a=1"}`,
	} {
		got := record(t, filepath.Join(t.TempDir(), "cassette"), &http.Response{StatusCode: 400, Body: body(sent)})
		assert.Equal(t, recorded, got[0].Response.Body, sent)
	}
}

// The end of one body does not affect the next.
func TestRecordedNextBody(t *testing.T) {
	got := record(t, filepath.Join(t.TempDir(), "cassette"), &http.Response{StatusCode: 200, Body: body(`{"results":[],"id":"7"}`)},
		&http.Response{StatusCode: 400, Body: body(`["Mallory may not"]`)}, &http.Response{StatusCode: 400, Body: body(`"Mallory may not"`)})
	assert.Equal(t, `{"results":[],"id":"7"}`, got[0].Response.Body)
	assert.Equal(t, `["text 1"]`, got[1].Response.Body)
	assert.Equal(t, `"text 1"`, got[2].Response.Body)
}

// Only the headers that a replay needs stay.
func TestRecordedHeaders(t *testing.T) {
	kept := http.Header{"Date": {"Sat, 01 Jan 2000 00:00:00 GMT"}, "Retry-After": {"7"}, "X-Ratelimit-Remaining": {"0"},
		"X-Ratelimit-Reset-Time": {"60"}, "X-Sl-Statuscode": {"400"}}
	sent := kept.Clone()
	for _, name := range []string{"X-Sl-User", "X-Sl-Statuscode-Of", "X-Ratelimit-User", "X-Ratelimit-Limit", "X-Ratelimit-Remaining-For",
		"X-Date", "Location", "X-Request-Id"} {
		sent[name] = []string{"Mallory"}
	}
	got := record(t, filepath.Join(t.TempDir(), "cassette"), &http.Response{StatusCode: 400, Status: "400 Not for Mallory",
		Header: sent, Trailer: http.Header{"X-User": {"Mallory"}}, Body: body(`{}`)})
	assert.Equal(t, kept, got[0].Response.Headers)
	assert.Empty(t, got[0].Response.Trailer)
	assert.Empty(t, got[0].Response.Status)
}

// If others can read an existing file, they no longer can when it contains answers.
func TestRecordedFileMode(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cassette")
	require.NoError(t, os.WriteFile(file+".yaml", []byte("Mallory"), 0o600))
	require.NoError(t, os.Chmod(file+".yaml", 0o644)) // whatever the umask
	record(t, file, &http.Response{StatusCode: 400, Body: body(`{"text":"Mallory"}`)})
	checkFile(t, file+".yaml", []string{"nobody"})
}

func body(text string) io.ReadCloser { return io.NopCloser(strings.NewReader(text)) }

// record returns what a file contains after a client's calls got the answers, one each.
func record(t *testing.T, file string, answers ...*http.Response) []*cassette.Interaction {
	t.Helper()
	option, stop, err := Recorded(file, recorder.ModeRecordOnly)
	require.NoError(t, err)
	var answer *http.Response
	client := replaySDElements(option, activity.WithTransport(roundTrip(func(*http.Request) (*http.Response, error) { return answer, nil })))
	for _, answer = range answers {
		_, err = client.Activities(sdelements.ActivityQuery{}).Collect(t.Context(), 0)
		require.Equal(t, answer.StatusCode == http.StatusOK, err == nil, err)
	}
	require.NoError(t, stop())
	c, err := cassette.Load(file)
	require.NoError(t, err)
	require.Len(t, c.Interactions, len(answers))
	return c.Interactions
}
