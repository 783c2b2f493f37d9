package fake_test

import (
	"bytes"
	"compress/zlib"
	"errors"
	"io"
	"net/http"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/internal/fake"
)

// outcome is what a client can see of a fault.
type outcome struct {
	Reset         bool // ECONNRESET instead of an answer
	Cut           bool // io.ErrUnexpectedEOF while reading the body
	Status        int
	ContentLength int64
	ContentType   string
	RetryAfter    string
	Dated         bool
	Body          string
}

// send sends a request without a body and returns its outcome.
func send(t *testing.T, rt http.RoundTripper, method, url string) outcome {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	require.NoError(t, err)
	resp, err := rt.RoundTrip(req)
	if errors.Is(err, syscall.ECONNRESET) {
		return outcome{Reset: true}
	}
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	}
	return outcome{
		Cut: err != nil, Status: resp.StatusCode, ContentLength: resp.ContentLength,
		ContentType: resp.Header.Get("Content-Type"), RetryAfter: resp.Header.Get("Retry-After"),
		Dated: resp.Header.Get("Date") != "", Body: string(body),
	}
}

var faults = map[string]struct {
	fault  fake.Fault
	method string
	want   outcome
}{
	"none":       {want: outcome{Status: 200, ContentLength: 10, ContentType: "application/json", Dated: true, Body: `["answer"]`}},
	"reset":      {fault: fake.Fault{Reset: true}, want: outcome{Reset: true}},
	"reset wins": {fault: fake.Fault{Reset: true, Status: 503}, want: outcome{Reset: true}},
	"cut": {fault: fake.Fault{CutBody: 4},
		want: outcome{Cut: true, Status: 200, ContentLength: 10, ContentType: "application/json", Dated: true, Body: `["an`}},
	"cut of a body that is not longer": {fault: fake.Fault{CutBody: 10},
		want: outcome{Status: 200, ContentLength: 10, ContentType: "application/json", Dated: true, Body: `["answer"]`}},
	"truncated": {fault: fake.Fault{Truncate: 4},
		want: outcome{Status: 200, ContentLength: 4, ContentType: "application/json", Dated: true, Body: `["an`}},
	"truncated less than it is long": {fault: fake.Fault{Truncate: 40},
		want: outcome{Status: 200, ContentLength: 10, ContentType: "application/json", Dated: true, Body: `["answer"]`}},
	"truncated, then cut": {fault: fake.Fault{Truncate: 6, CutBody: 2},
		want: outcome{Cut: true, Status: 200, ContentLength: 6, ContentType: "application/json", Dated: true, Body: `["`}},
	"status, bare": {fault: fake.Fault{Status: 503},
		want: outcome{Status: 503, Dated: true}},
	"empty body with 200": {fault: fake.Fault{Status: 200},
		want: outcome{Status: 200, Dated: true}},
	"JSON object": {fault: fake.Fault{Status: 429, Body: ` {"a":1}`, Header: http.Header{"retry-after": {"60"}}},
		want: outcome{Status: 429, ContentLength: 8, ContentType: "application/json", RetryAfter: "60", Dated: true, Body: ` {"a":1}`}},
	"JSON array": {fault: fake.Fault{Status: 200, Body: `[]`},
		want: outcome{Status: 200, ContentLength: 2, ContentType: "application/json", Dated: true, Body: `[]`}},
	"HTML without a status": {fault: fake.Fault{Body: `<html>`},
		want: outcome{Status: 200, ContentLength: 6, ContentType: "text/html; charset=utf-8", Dated: true, Body: `<html>`}},
	"text": {fault: fake.Fault{Status: 500, Body: `oops`},
		want: outcome{Status: 500, ContentLength: 4, ContentType: "text/plain; charset=utf-8", Dated: true, Body: `oops`}},
	"type given": {fault: fake.Fault{Status: 200, Body: `oops`, ContentType: "application/json"},
		want: outcome{Status: 200, ContentLength: 4, ContentType: "application/json", Dated: true, Body: `oops`}},
	"cut of its own body": {fault: fake.Fault{Status: 500, Body: `oops`, CutBody: 1},
		want: outcome{Cut: true, Status: 500, ContentLength: 4, ContentType: "text/plain; charset=utf-8", Dated: true, Body: `o`}},
	"header on the real answer": {fault: fake.Fault{Header: http.Header{"Retry-After": {"7"}, "Content-Length": {"99"}}},
		want: outcome{Status: 200, ContentLength: 10, ContentType: "application/json", RetryAfter: "7", Dated: true, Body: `["answer"]`}},
	"header replaced, whatever its case": {fault: fake.Fault{Header: http.Header{"content-type": {"application/xml"}}},
		want: outcome{Status: 200, ContentLength: 10, ContentType: "application/xml", Dated: true, Body: `["answer"]`}},
	"headers removed": {fault: fake.Fault{Header: http.Header{"Date": nil, "Content-Type": {}}},
		want: outcome{Status: 200, ContentLength: 10, Body: `["answer"]`}},
	"damaged": {fault: fake.Fault{Damage: func(body []byte) []byte { return bytes.Replace(body, []byte("sw"), []byte("\t"), 1) }},
		want: outcome{Status: 200, ContentLength: 9, ContentType: "application/json", Dated: true, Body: "[\"an\ter\"]"}},
	"a damaged body of its own": {fault: fake.Fault{Status: 500, Body: "oops", Damage: func([]byte) []byte { return nil }},
		want: outcome{Status: 500, ContentType: "text/plain; charset=utf-8", Dated: true}},
	"ISO 8859-1": {fault: fake.Fault{Body: `["é€😀"]`, Charset: "iso-8859-1"},
		want: outcome{Status: 200, ContentLength: 23, ContentType: "application/json; charset=iso-8859-1", Dated: true, Body: "[\"\xe9\\u20ac\\ud83d\\ude00\"]"}},
	"UTF-16": {fault: fake.Fault{Body: `["😀"]`, Charset: "UTF-16LE", BOM: true},
		want: outcome{Status: 200, ContentLength: 14, ContentType: "application/json; charset=UTF-16LE", Dated: true,
			Body: "\xff\xfe[\x00\"\x00\x3d\xd8\x00\xde\"\x00]\x00"}},
	"UTF-16, big-endian": {fault: fake.Fault{Body: `[1]`, Charset: "utf-16be"},
		want: outcome{Status: 200, ContentLength: 6, ContentType: "application/json; charset=utf-16be", Dated: true, Body: "\x00[\x001\x00]"}},
	"a charset that is declared only": {fault: fake.Fault{Body: `<é>`, Charset: "x-own"},
		want: outcome{Status: 200, ContentLength: 4, ContentType: "text/html; charset=x-own", Dated: true, Body: `<é>`}},
	"a charset without a type": {fault: fake.Fault{Status: 200, Charset: "iso-8859-1"},
		want: outcome{Status: 200, ContentType: "text/plain; charset=iso-8859-1", Dated: true}},
	"a byte order mark": {fault: fake.Fault{BOM: true},
		want: outcome{Status: 200, ContentLength: 13, ContentType: "application/json", Dated: true, Body: "\ufeff[\"answer\"]"}},
	"a byte order mark beside ISO 8859-1": {fault: fake.Fault{Body: "é", Charset: "iso-8859-1", BOM: true},
		want: outcome{Status: 200, ContentLength: 4, ContentType: "text/plain; charset=iso-8859-1", Dated: true, Body: "\ufeff\xe9"}},
	"a wrong label of an encoded body": {fault: fake.Fault{Charset: "utf-16be", Header: http.Header{"Content-Type": {"application/json"}}, Truncate: 4},
		want: outcome{Status: 200, ContentLength: 4, ContentType: "application/json", Dated: true, Body: "\x00[\x00\""}},
	"no content": {fault: fake.Fault{Status: 204, Body: "ignored"},
		want: outcome{Status: 204, ContentType: "text/plain; charset=utf-8", Dated: true}},
	"HEAD": {method: http.MethodHead,
		want: outcome{Status: 200, ContentLength: 10, ContentType: "application/json", Dated: true}},
	"unknown status": {fault: fake.Fault{Status: 599}, want: outcome{Status: 599, Dated: true}},
}

func answerJSON(w http.ResponseWriter, _ *http.Request, _ []byte) {
	fake.WriteRaw(w, http.StatusOK, "application/json", []byte(`["answer"]`))
}

func TestFaults(t *testing.T) {
	for name, tc := range faults {
		method := tc.method
		if method == "" {
			method = http.MethodGet
		}
		t.Run(name, func(t *testing.T) {
			t.Run("in memory", func(t *testing.T) {
				s := fake.NewServer(answerJSON)
				s.Fail(tc.fault)
				assert.Equal(t, tc.want, send(t, s.Transport(), method, base))
				assert.Equal(t, tc.want.Status, s.Requests()[0].Status)
			})
			t.Run("loopback", func(t *testing.T) {
				s := fake.NewServer(answerJSON)
				defer s.Close()
				s.Fail(tc.fault)
				assert.Equal(t, tc.want, send(t, new(http.Transport), method, s.URL()))
				assert.Equal(t, tc.want.Status, s.Requests()[0].Status)
				assert.Len(t, s.Requests(), 1, "net/http must not repeat a request")
			})
		})
	}
}

// net/http repeats a request if a kept connection breaks, which would hide the fault.
func TestFaultAfterAnAnswerOverLoopback(t *testing.T) {
	s := fake.NewServer(answerJSON)
	defer s.Close()
	rt := new(http.Transport)
	send(t, rt, http.MethodGet, s.URL())
	s.Fail(fake.Fault{Reset: true})
	assert.Equal(t, outcome{Reset: true}, send(t, rt, http.MethodGet, s.URL()))
	assert.Len(t, s.Requests(), 2)
}

func TestFaultDeflate(t *testing.T) {
	s := fake.NewServer(answerJSON)
	defer s.Close()
	for url, rt := range map[string]http.RoundTripper{base: s.Transport(), s.URL(): new(http.Transport)} {
		s.Fail(fake.Fault{Deflate: true})
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		require.NoError(t, err)
		resp, err := rt.RoundTrip(req)
		require.NoError(t, err)
		assert.Equal(t, "deflate", resp.Header.Get("Content-Encoding"))
		assert.Equal(t, "application/json", resp.Header.Get("Content-Type"))
		plain, err := zlib.NewReader(resp.Body)
		require.NoError(t, err)
		body, err := io.ReadAll(plain)
		require.NoError(t, err)
		assert.Equal(t, `["answer"]`, string(body))
		require.NoError(t, resp.Body.Close())
	}
}

func TestFaultsBypassTheHandler(t *testing.T) {
	handled := 0
	s := fake.NewServer(func(http.ResponseWriter, *http.Request, []byte) { handled++ })
	for _, f := range []fake.Fault{{Reset: true}, {Status: 500}, {Body: "x"}} {
		s.Fail(f)
		send(t, s.Transport(), http.MethodGet, base)
	}
	assert.Zero(t, handled)
	for _, f := range []fake.Fault{{CutBody: 1}, {Truncate: 1}, {Header: http.Header{"A": {"b"}}}, {}} {
		s.Fail(f)
		send(t, s.Transport(), http.MethodGet, base)
	}
	assert.Equal(t, 4, handled)
}
