package fake_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/internal/fake"
)

func zipped(t *testing.T, text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.String()
}

func TestGzip(t *testing.T) {
	text := strings.Repeat("activity ", 1000)
	fault := fake.Fault{Status: 200, Body: zipped(t, text), ContentType: "text/plain", Header: http.Header{"Content-Encoding": {"gzip"}}}
	cut, damaged := fault, fault
	cut.CutBody = 30
	damaged.Body = "this is not gzip"

	for name, far := range map[string]bool{"in memory": false, "loopback": true} {
		t.Run(name, func(t *testing.T) {
			s := fake.NewServer(answerJSON)
			defer s.Close()
			rt, url := s.Transport(), base
			if far {
				rt, url = new(http.Transport), s.URL()
			}
			send := func(f fake.Fault, encoding string) (*http.Response, string, error) {
				s.Fail(f)
				req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
				require.NoError(t, err)
				if encoding != "" {
					req.Header.Set("Accept-Encoding", encoding)
				}
				resp, err := rt.RoundTrip(req)
				require.NoError(t, err)
				defer func() { _ = resp.Body.Close() }()
				body, err := io.ReadAll(resp.Body)
				return resp, string(body), err
			}

			resp, body, err := send(fault, "")
			require.NoError(t, err)
			assert.Equal(t, text, body)
			assert.True(t, resp.Uncompressed)
			assert.EqualValues(t, -1, resp.ContentLength)
			assert.Empty(t, resp.Header.Get("Content-Encoding"))
			assert.Empty(t, resp.Header.Get("Content-Length"))

			resp, body, err = send(fault, "gzip")
			require.NoError(t, err)
			assert.Equal(t, fault.Body, body, "who asks for gzip gets gzip")
			assert.False(t, resp.Uncompressed)

			_, _, err = send(cut, "")
			assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
			_, _, err = send(damaged, "")
			assert.ErrorIs(t, err, gzip.ErrHeader)
		})
	}
}
