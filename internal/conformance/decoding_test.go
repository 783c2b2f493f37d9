package conformance_test

import (
	"context"
	"io"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
)

// atEnd has a function called when the last bytes of a body are read.
type atEnd struct {
	io.ReadCloser
	then func()
}

func (b atEnd) Read(p []byte) (int, error) {
	n, err := io.ReadFull(b.ReadCloser, p)
	if err == io.ErrUnexpectedEOF || err == io.EOF {
		b.then()
		return n, io.EOF // with the bytes, so that nothing is read afterwards
	}
	return n, err
}

// whenRead has a function called when an answer was read to its end and is about to be decoded: to
// a request for a token, or to another.
func whenRead(next http.RoundTripper, token bool, then func(req *http.Request)) http.RoundTripper {
	return tripper(func(req *http.Request) (*http.Response, error) {
		resp, err := next.RoundTrip(req)
		if err == nil && isTokenForm(req) == token {
			resp.Body = atEnd{resp.Body, func() { then(req) }}
		}
		return resp, err
	})
}

// The context's end is the end of decoding, too.
func TestContextEndsDecoding(t *testing.T) {
	eachReading(t, adapters, func(t *testing.T, a *adapter, r reading) {
		s := a.fill(13)
		ctx, cancel := context.WithCancel(t.Context())
		transport := whenRead(s.Transport(), false, func(*http.Request) { cancel() })
		records, err := r.read(ctx, s.client(t, activity.WithTransport(transport)), 5)
		require.ErrorIs(t, err, context.Canceled)
		e := failure(t, a, err)
		assert.Equal(t, 200, e.StatusCode)
		assert.Equal(t, 1, e.Attempts)
		assert.False(t, e.Temporary())
		assert.Empty(t, records)
		assert.Len(t, s.calls(), 1)
	})
}

// Decoding takes its time from the attempt's. An attempt whose time is over is repeated, also that
// for a token.
func TestAttemptTimeCoversDecoding(t *testing.T) {
	for name, token := range map[string]bool{"a page": false, "a token": true} {
		t.Run(name, func(t *testing.T) {
			concerned := those(func(a *adapter) bool { return !token || a.newService(misbehaviour{}).logins[0].asks })
			eachReading(t, concerned, func(t *testing.T, a *adapter, r reading) {
				s, slow := a.fill(13), 2
				transport := whenRead(s.Transport(), token, func(*http.Request) {
					if slow--; slow >= 0 {
						<-time.After(time.Minute + 1)
					}
				})
				opts := []activity.Option{activity.WithTransport(transport), activity.WithAttemptTimeout(time.Minute),
					activity.WithRetry(activity.RetryPolicy{MaxAttempts: 3})}
				records, err := r.all(t, s, 5, opts...)
				require.NoError(t, err)
				assert.Equal(t, down(13, 1), idsOf(records))

				slow = 3
				s.ResetRequests()
				records, err = r.all(t, s, 5, opts...)
				require.ErrorIs(t, err, os.ErrDeadlineExceeded)
				assert.NotErrorIs(t, err, context.DeadlineExceeded, "the caller's context is alive")
				e := failure(t, a, err)
				assert.Equal(t, 3, e.Attempts)
				assert.True(t, e.Temporary())
				assert.Empty(t, records)
			})
		})
	}
}
