package fake_test

import (
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/internal/fake"
	"github.com/activity-sdk/activity/internal/fake/faketest"
)

func TestURL(t *testing.T) {
	s := fake.NewServer(echo)
	defer s.Close()
	url := s.URL()
	assert.Regexp(t, `^http://127\.0\.0\.1:\d+$`, url)
	assert.Equal(t, url, s.URL())

	for _, rt := range []http.RoundTripper{new(http.Transport), s.Transport()} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/a%2Fb?x=%20&y", strings.NewReader("hello"))
		require.NoError(t, err)
		_, body := faketest.Do(t, rt, req)
		assert.JSONEq(t, `{"target":"/a%2Fb?x=%20&y","host":"`+strings.TrimPrefix(url, "http://")+`","body":"hello","again":"hello"}`, body)
	}

	got := s.Requests()
	require.Len(t, got, 2)
	assert.Equal(t, got[0].Line(), got[1].Line())
	assert.Equal(t, got[0].Host, got[1].Host)
	assert.Equal(t, got[0].Body, got[1].Body)
	assert.Equal(t, got[0].Header, got[1].Header)
}

func TestURLAfterClose(t *testing.T) {
	for name, before := range map[string]bool{"started before": true, "never started": false} {
		t.Run(name, func(t *testing.T) {
			s := fake.NewServer(echo)
			if before {
				s.URL()
			}
			s.Close()
			s.Close()
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL(), nil)
			require.NoError(t, err)
			_, err = new(http.Transport).RoundTrip(req)
			assert.ErrorIs(t, err, syscall.ECONNREFUSED)
		})
	}
}

func TestCloseEndsDelays(t *testing.T) {
	s := fake.NewServer(echo)
	arrived := make(chan struct{})
	s.OnRequest(func(fake.Request) { close(arrived) })
	s.Fail(fake.Fault{Delay: time.Hour})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL(), nil)
	require.NoError(t, err)

	var wg sync.WaitGroup
	wg.Go(func() {
		_, err := new(http.Transport).RoundTrip(req)
		assert.Error(t, err)
	})
	<-arrived
	s.Close()
	wg.Wait()
}

func TestCloseInAHook(t *testing.T) {
	s := fake.NewServer(echo)
	s.OnRequest(func(fake.Request) { s.Close() })
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL(), nil)
	require.NoError(t, err)
	_, err = new(http.Transport).RoundTrip(req)
	assert.Error(t, err)
}

func TestLoopbackIncompleteRequest(t *testing.T) {
	s := fake.NewServer(echo)
	defer s.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL(), strings.NewReader("hell"))
	require.NoError(t, err)
	req.ContentLength = 5
	_, err = new(http.Transport).RoundTrip(req)
	assert.Error(t, err)
	assert.Empty(t, s.Requests())
}
