package fake_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/internal/fake"
)

func TestTransport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := fake.NewServer(answerJSON)
		resp, body := get(t, s.Transport(), base)
		assert.Equal(t, `["answer"]`, body)
		assert.Equal(t, "200 OK", resp.Status)
		assert.Equal(t, "HTTP/1.1", resp.Proto)
		assert.EqualValues(t, 10, resp.ContentLength)
		assert.Equal(t, http.Header{
			"Content-Length": {"10"}, "Content-Type": {"application/json"}, "Date": {"Sat, 01 Jan 2000 00:00:00 GMT"},
		}, resp.Header)
	})
}

func TestTransportDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := fake.NewServer(answerJSON)
		s.Fail(fake.Fault{Delay: 24 * time.Hour})
		start := time.Now()
		get(t, s.Transport(), base)
		assert.Equal(t, 24*time.Hour, time.Since(start))
		assert.Equal(t, start, s.Requests()[0].Time, "the arrival is before the delay")
	})
}

func TestTransportOfAServerOutsideTheBubble(t *testing.T) {
	s := fake.NewServer(answerJSON)
	defer s.Close()
	synctest.Test(t, func(t *testing.T) {
		s.Fail(fake.Fault{Delay: time.Hour})
		start := time.Now()
		get(t, s.Transport(), base)
		assert.Equal(t, time.Hour, time.Since(start))
	})
}

// A bubble does not end before all of its goroutines have, so that no goroutine can be left.
func TestTransportContextEndsADelay(t *testing.T) {
	cause := errors.New("shutting down")
	for name, tc := range map[string]struct {
		context func(context.Context) (context.Context, context.CancelFunc)
		want    error
		after   time.Duration
	}{
		"deadline": {
			context: func(ctx context.Context) (context.Context, context.CancelFunc) {
				return context.WithTimeout(ctx, 2*time.Second)
			},
			want: context.DeadlineExceeded, after: 2 * time.Second,
		},
		"cancelled": {
			context: func(ctx context.Context) (context.Context, context.CancelFunc) {
				ctx, cancel := context.WithCancelCause(ctx)
				time.AfterFunc(3*time.Second, func() { cancel(cause) })
				return ctx, func() { cancel(nil) }
			},
			want: cause, after: 3 * time.Second,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := fake.NewServer(answerJSON)
				s.Fail(fake.Fault{Delay: time.Hour})
				ctx, cancel := tc.context(t.Context())
				defer cancel()
				req, err := http.NewRequestWithContext(ctx, http.MethodGet, base, nil)
				require.NoError(t, err)
				start := time.Now()
				_, err = s.Transport().RoundTrip(req)
				assert.ErrorIs(t, err, tc.want)
				assert.Equal(t, tc.after, time.Since(start))
				assert.Zero(t, s.Requests()[0].Status)
			})
		})
	}
}

func TestTransportClientTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := fake.NewServer(answerJSON)
		s.Fail(fake.Fault{Delay: time.Hour})
		c := http.Client{Transport: s.Transport(), Timeout: 5 * time.Second}
		start := time.Now()
		_, err := c.Get(base)
		var timeout net.Error
		require.ErrorAs(t, err, &timeout)
		assert.True(t, timeout.Timeout())
		assert.Equal(t, 5*time.Second, time.Since(start))
	})
}

func TestTransportContextEnds(t *testing.T) {
	cause := errors.New("shutting down")
	newRequest := func(t *testing.T) (*http.Request, func()) {
		ctx, cancel := context.WithCancelCause(t.Context())
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, base, nil)
		require.NoError(t, err)
		return req, func() { cancel(cause) }
	}
	t.Run("before the request", func(t *testing.T) {
		s := fake.NewServer(answerJSON)
		req, cancel := newRequest(t)
		cancel()
		_, err := s.Transport().RoundTrip(req)
		assert.ErrorIs(t, err, cause)
		assert.Empty(t, s.Requests(), "it never arrived")
	})
	t.Run("while it is handled", func(t *testing.T) {
		s := fake.NewServer(answerJSON)
		req, cancel := newRequest(t)
		s.OnRequest(func(fake.Request) { cancel() })
		_, err := s.Transport().RoundTrip(req)
		assert.ErrorIs(t, err, cause)
		assert.Len(t, s.Requests(), 1)
	})
	t.Run("while the body is read", func(t *testing.T) {
		s := fake.NewServer(answerJSON)
		req, cancel := newRequest(t)
		resp, err := s.Transport().RoundTrip(req)
		require.NoError(t, err)
		_, err = io.ReadFull(resp.Body, make([]byte, 3))
		require.NoError(t, err)
		cancel()
		_, err = io.ReadAll(resp.Body)
		assert.ErrorIs(t, err, cause)
		require.NoError(t, resp.Body.Close())
	})
}

type trackedBody struct {
	io.Reader
	closed bool
}

func (b *trackedBody) Close() error { b.closed = true; return nil }

func TestTransportInvalidRequest(t *testing.T) {
	broken := errors.New("disk error")
	for name, tc := range map[string]struct {
		body   io.Reader
		length int64
		header http.Header
		url    *url.URL
		want   string // "": accepted
	}{
		"exact length":      {body: strings.NewReader("hello"), length: 5},
		"length not known":  {body: strings.NewReader("hello"), length: -1},
		"length left out":   {body: strings.NewReader("hello")},
		"too short":         {body: strings.NewReader("hell"), length: 5, want: "the request's ContentLength is 5, but its body has 4 bytes"},
		"too long":          {body: strings.NewReader("hello!"), length: 5, want: "the request's ContentLength is 5, but its body has 6 bytes"},
		"missing":           {length: 5, want: "the request's ContentLength is 5, but its body has 0 bytes"},
		"unreadable":        {body: iotest.ErrReader(broken), length: 5, want: "the request's body cannot be read: disk error"},
		"header with a LF":  {header: http.Header{"Authorization": {"Token invented\n"}}, want: `the request's header "Authorization" holds a control character`},
		"header with a DEL": {header: http.Header{"Authorization": {"Token \x7f"}}, want: `the request's header "Authorization" holds a control character`},
		"header with a tab": {header: http.Header{"X-Test": {"a\tb"}}},
		"no host":           {url: new(url.URL{Scheme: "https", Path: "/"}), want: "the request's URL is not one of scheme http or https with a host"},
		"another scheme":    {url: new(url.URL{Scheme: "ftp", Host: "h", Path: "/"}), want: "the request's URL is not one of scheme http or https with a host"},
		"a LF in the path":  {url: new(url.URL{Scheme: "http", Host: "h", Opaque: "/a\nb"}), want: "the request cannot be sent: net/http: can't write control character in Request.URL"},
		"a blank in it":     {url: new(url.URL{Scheme: "http", Host: "h", Opaque: "/a b c"}), want: `the request is not valid HTTP: malformed HTTP version "b c HTTP/1.1"`},
	} {
		t.Run(name, func(t *testing.T) {
			s := fake.NewServer(echo)
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base, nil)
			require.NoError(t, err)
			body := &trackedBody{Reader: tc.body}
			if tc.body != nil {
				req.Body = body
			}
			if tc.url != nil {
				req.URL = tc.url
			}
			req.ContentLength, req.Header = tc.length, tc.header
			_, err = s.Transport().RoundTrip(req)
			assert.Equal(t, tc.body != nil, body.closed)
			if tc.want != "" {
				require.EqualError(t, err, tc.want)
				assert.Empty(t, s.Requests())
				return
			}
			require.NoError(t, err)
			if tc.body != nil {
				assert.Equal(t, "hello", string(s.Requests()[0].Body))
			}
		})
	}
}

func TestTransportErrors(t *testing.T) {
	s := fake.NewServer(answerJSON)
	s.Fail(fake.Fault{Reset: true})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/secret", nil)
	require.NoError(t, err)
	_, err = s.Transport().RoundTrip(req)
	op, ok := errors.AsType[*net.OpError](err)
	require.True(t, ok)
	assert.Equal(t, "read", op.Op)
	assert.EqualError(t, err, "read tcp: read: connection reset by peer")

	s.Close()
	s.Close()
	_, err = s.Transport().RoundTrip(req)
	assert.ErrorIs(t, err, syscall.ECONNREFUSED)
	assert.Len(t, s.Requests(), 1, "what was recorded stays")
}

func zipped(t *testing.T, text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.String()
}

func TestTransportGzip(t *testing.T) {
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
