package fake_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/internal/fake"
	"github.com/activity-sdk/activity/internal/fake/faketest"
)

const base = "https://service.example.com"

// echo answers with what it was sent.
func echo(w http.ResponseWriter, r *http.Request, body []byte) {
	again, _ := io.ReadAll(r.Body)
	fake.WriteJSON(w, http.StatusOK, map[string]any{
		"target": r.RequestURI, "host": r.Host, "body": string(body), "again": string(again),
	})
}

// get sends a GET through rt and returns the response and its body.
func get(t *testing.T, rt http.RoundTripper, url string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	return faketest.Do(t, rt, req)
}

func lines(requests []fake.Request) []string {
	var out []string
	for _, r := range requests {
		out = append(out, r.Line())
	}
	return out
}

func statuses(requests []fake.Request) []int {
	var out []int
	for _, r := range requests {
		out = append(out, r.Status)
	}
	return out
}

func TestServerRecordsRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := fake.NewServer(echo)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/a%2Fb/c%20d/?x=1&y=%20", strings.NewReader("hello"))
		require.NoError(t, err)
		req.Header.Set("Authorization", "Token invented")
		<-time.After(3 * time.Second) // of virtual time, so that the arrival is not the bubble's beginning

		resp, body := faketest.Do(t, s.Transport(), req)
		assert.JSONEq(t, `{"target":"/a%2Fb/c%20d/?x=1&y=%20","host":"service.example.com","body":"hello","again":"hello"}`, body)
		assert.Same(t, req, resp.Request)

		got := s.Requests()
		require.Len(t, got, 1)
		assert.Equal(t, "POST /a%2Fb/c%20d/?x=1&y=%20", got[0].Line())
		assert.Equal(t, fake.Request{
			Method: "POST", Host: "service.example.com", Path: "/a%2Fb/c%20d/", RawQuery: "x=1&y=%20",
			Header: http.Header{
				"Authorization":   {"Token invented"},
				"User-Agent":      {"Go-http-client/1.1"},
				"Content-Length":  {"5"},
				"Accept-Encoding": {"gzip"},
			},
			Body: []byte("hello"), Time: time.Now(), Status: 200, N: 1,
		}, got[0])
		assert.Empty(t, req.Header.Get("Accept-Encoding"), "the caller's request was changed")
	})
}

func TestServerCopiesRequests(t *testing.T) {
	s := fake.NewServer(func(w http.ResponseWriter, r *http.Request, body []byte) {
		r.Header.Set("X-Test", "handler")
		body[0] = '!'
	})
	s.OnRequest(func(r fake.Request) { r.Header.Set("X-Test", "hook"); r.Body[0] = '?' })
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base, strings.NewReader("hello"))
	require.NoError(t, err)
	req.Header.Set("X-Test", "caller")
	_, err = s.Transport().RoundTrip(req)
	require.NoError(t, err)

	first := s.Requests()
	first[0].Header.Set("X-Test", "reader")
	first[0].Body[0] = '#'

	second := s.Requests()
	assert.Equal(t, "caller", second[0].Header.Get("X-Test"))
	assert.Equal(t, "hello", string(second[0].Body))
	assert.Equal(t, "caller", req.Header.Get("X-Test"))
}

func TestServerResetRequests(t *testing.T) {
	s := fake.NewServer(echo)
	get(t, s.Transport(), base+"/1")
	get(t, s.Transport(), base+"/2")
	s.ResetRequests()
	assert.Empty(t, s.Requests())
	get(t, s.Transport(), base+"/3")
	require.Equal(t, []string{"GET /3"}, lines(s.Requests()))
	assert.Equal(t, 3, s.Requests()[0].N)
}

func TestServerOnRequest(t *testing.T) {
	var rows fake.Rows
	s := fake.NewServer(func(w http.ResponseWriter, _ *http.Request, _ []byte) {
		fake.WriteJSON(w, http.StatusOK, rows.Len())
	})
	s.OnRequest(func(r fake.Request) {
		rows.Add(fake.Row{})
		require.Len(t, s.Requests(), r.N, "the request is recorded already")
		assert.Zero(t, r.Status)
		s.Fail(fake.Fault{Status: 500}) // for the next request, not for this one
		s.OnRequest(nil)
	})
	_, body := get(t, s.Transport(), base)
	assert.Equal(t, "1", body)
	resp, _ := get(t, s.Transport(), base)
	assert.Equal(t, 500, resp.StatusCode)
	_, body = get(t, s.Transport(), base)
	assert.Equal(t, "1", body, "the hook was switched off")
}

func TestServerFail(t *testing.T) {
	s := fake.NewServer(echo)
	s.TokenPath = func(path string) bool { return path == "/token" }
	s.Fail(fake.Fault{Status: 500}, fake.Fault{Token: true, Status: 401}, fake.Fault{}, fake.Fault{Status: 502})
	s.Fail(fake.Fault{Status: 503})
	for _, path := range []string{"/a", "/b", "/c", "/token", "/d", "/token", "/e"} {
		get(t, s.Transport(), base+path)
	}
	assert.Equal(t, []int{500, 200, 502, 401, 503, 200, 200}, statuses(s.Requests()))
}

func TestServerFailWith(t *testing.T) {
	s := fake.NewServer(echo)
	s.TokenPath = func(path string) bool { return path == "/token" }
	s.Fail(fake.Fault{Status: 500})
	var asked []string
	s.FailWith(func(r fake.Request) *fake.Fault {
		asked = append(asked, r.Line())
		if r.Path == "/fine" {
			return nil
		}
		return &fake.Fault{Status: 503, Token: r.RawQuery == "token"}
	})
	for _, target := range []string{"/a", "/b", "/fine", "/token", "/token?token", "/c?token"} {
		get(t, s.Transport(), base+target)
	}
	assert.Equal(t, []int{500, 503, 200, 200, 503, 200}, statuses(s.Requests()))
	assert.Equal(t, []string{"GET /b", "GET /fine", "GET /token", "GET /token?token", "GET /c?token"}, asked,
		"f is not called for a request that has a queued fault")

	s.FailWith(nil)
	resp, _ := get(t, s.Transport(), base+"/b")
	assert.Equal(t, 200, resp.StatusCode)
}

func TestServerCopiesFaults(t *testing.T) {
	s := fake.NewServer(echo)
	h := http.Header{"Retry-After": {"1"}}
	s.Fail(fake.Fault{Status: 503, Header: h})
	h.Set("Retry-After", "2")
	resp, _ := get(t, s.Transport(), base)
	assert.Equal(t, "1", resp.Header.Get("Retry-After"))
}

func TestServerConcurrentUse(t *testing.T) {
	s := fake.NewServer(echo)
	s.Quota = fake.Quota{Limit: 1000, Per: time.Minute, Headers: true}
	s.OnRequest(func(fake.Request) {})
	s.FailWith(func(fake.Request) *fake.Fault { return nil })
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			s.Fail(fake.Fault{Delay: time.Microsecond})
			get(t, s.Transport(), base)
			s.Requests()
		})
	}
	wg.Wait()
	got := s.Requests()
	require.Len(t, got, 20)
	for i, r := range got {
		assert.Equal(t, i+1, r.N, "order of arrival")
		assert.Equal(t, 200, r.Status)
		if i > 0 {
			assert.False(t, r.Time.Before(got[i-1].Time))
		}
	}
}
