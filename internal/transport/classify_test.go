package transport_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
	"github.com/activity-sdk/activity/internal/wire"
)

func TestNotRepeated(t *testing.T) {
	tests := map[string]struct {
		step step
		want error
		text string
	}{
		"plain text":          {answer(200, "Forbidden", "Content-Type", "text/plain"), activity.ErrMalformed, "documents"},
		"text called JSON":    {answer(200, "Forbidden"), activity.ErrMalformed, "documents"},
		"another shape":       {answer(200, `{"other":1}`), activity.ErrMalformed, "things"},
		"more behind":         {answer(200, things+"{}"), activity.ErrMalformed, "documents"},
		"too deep":            {answer(200, `{"things":`+strings.Repeat("[", 20_000)), activity.ErrMalformed, "documents"},
		"redirect":            {answer(302, "<title>Moved</title>", "Location", "/v1/elsewhere"), nil, "not followed"},
		"redirect, foreign":   {answer(307, "", "Location", "https://evil.example.com/"), activity.ErrForeignOrigin, "not followed"},
		"redirect, http":      {answer(301, "", "Location", "http://api.example.com/v1/things"), activity.ErrForeignOrigin, "not followed"},
		"redirect, nowhere":   {answer(308, ""), nil, "not followed"},
		"redirect, malformed": {answer(302, "", "Location", "https://%zz"), nil, "not followed"},
		"certificate":         {broken(&tls.CertificateVerificationError{Err: errors.New("unknown authority")}), nil, "not trusted"},
		"no TLS":              {broken(tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}), nil, "the port does not speak TLS"},
		"HTTP on a TLS port":  {broken(fmt.Errorf("proxy: %w", http.ErrSchemeMismatch)), nil, "the port does not speak TLS"},
		"no such host":        {broken(&net.DNSError{Err: "no such host", Name: "api.example.com", IsNotFound: true}), nil, "the host name does not exist"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := &script{steps: []step{tt.step}}
			_, err := do(t.Context(), newClient(t, s))
			e := asError(t, err)
			assert.Equal(t, tt.want, e.Kind)
			assert.Contains(t, err.Error(), tt.text)
			assert.False(t, e.Temporary(), "%v", e)
			assert.NotContains(t, err.Error(), "evil")
			assert.Len(t, s.sent(), 1)
		})
	}
}

func TestInnerStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		call := list()
		call.Decode = func(r *wire.Reader) error {
			body := r.Body()
			if bytes.Contains(body, []byte("500")) {
				return transport.InnerStatus(500)
			}
			if bytes.Contains(body, []byte("403")) {
				return transport.InnerStatus(403)
			}
			return nil
		}
		s := &script{steps: []step{answer(200, `{"status":500}`), answer(200, `{"status":403,"message":"not yours"}`)}}
		_, err := newClient(t, s).Do(t.Context(), call)
		e := asError(t, err)
		require.ErrorIs(t, err, activity.ErrForbidden)
		assert.Equal(t, 403, e.StatusCode)
		assert.Equal(t, "not yours", e.Message)
		assert.Equal(t, 2, e.Attempts)
	})
}

func TestDecodeMayRefuse(t *testing.T) {
	call := list()
	call.Decode = func(*wire.Reader) error {
		return &activity.Error{Kind: activity.ErrForeignOrigin, Message: "the link leads away"}
	}
	_, err := newClient(t, &script{steps: []step{answer(200, things)}}).Do(t.Context(), call)
	e := asError(t, err)
	require.ErrorIs(t, err, activity.ErrForeignOrigin)
	assert.Equal(t, "acme: list things: GET /v1/things: 200 OK: foreign origin: the link leads away", e.Error())

	call.Decode = func(*wire.Reader) error { return errors.New("a library's words: " + key) }
	_, err = newClient(t, &script{steps: []step{answer(200, things)}}).Do(t.Context(), call)
	require.ErrorIs(t, err, activity.ErrMalformed)
	assert.NotContains(t, err.Error(), "library")
}

func TestFieldsOfTheService(t *testing.T) {
	client, err := transport.New(transport.Config{
		Vendor: "acme", BaseURL: "https://api.example.com", Credentials: transport.Static(transport.Bearer(), key),
		Explain: func(e *activity.Error, body []byte) { e.Fields = wire.DjangoErrors(body) },
	}, activity.WithTransport(&script{steps: []step{answer(400, `{"date_from":["bad `+key+`"]}`)}}))
	require.NoError(t, err)
	_, err = do(t.Context(), client)
	assert.Equal(t, map[string][]string{"date_from": {"bad [redacted]"}}, asError(t, err).Fields)
}

// A test double that sets no status returns status 0. It is an error, and does not end a list.
func TestInvalidStatus(t *testing.T) {
	for _, status := range []int{0, -1, 99, 600, 1000} {
		for _, end := range []int{0, 413} {
			s := &script{steps: []step{answer(status, things)}}
			call := list()
			call.EndStatus = end
			_, err := newClient(t, s).Do(t.Context(), call)
			e := asError(t, err)
			require.ErrorIs(t, err, activity.ErrMalformed)
			assert.Contains(t, e.Message, fmt.Sprint("the status ", status))
			assert.False(t, e.Temporary())
			assert.Len(t, s.sent(), 1)
		}
	}
}

func TestEndStatus(t *testing.T) {
	call := list()
	call.EndStatus = 413
	got, err := newClient(t, &script{steps: []step{answer(413, "no such page")}}).Do(t.Context(), call)
	require.NoError(t, err)
	assert.Equal(t, 413, got.StatusCode)
}

func TestInnerStatusOfTheHeader(t *testing.T) {
	client, err := transport.New(transport.Config{
		Vendor: "acme", BaseURL: "https://api.example.com", Credentials: transport.Static(transport.Bearer(), key),
		InnerStatus: func(h http.Header) transport.InnerStatus {
			status, _ := strconv.Atoi(h.Get("X-Status"))
			return transport.InnerStatus(status)
		},
	}, activity.WithTransport(&script{steps: []step{
		answer(200, things, "X-Status", "200"), answer(200, things),
		answer(200, `{"message":"not yours"}`, "X-Status", "403"), answer(204, "", "X-Status", "404"),
	}}))
	require.NoError(t, err)
	for range 2 {
		_, err = do(t.Context(), client)
		require.NoError(t, err)
	}
	_, err = do(t.Context(), client)
	require.ErrorIs(t, err, activity.ErrForbidden)
	e := asError(t, err)
	assert.Equal(t, 403, e.StatusCode)
	assert.Equal(t, "not yours", e.Message)
	_, err = do(t.Context(), client)
	require.ErrorIs(t, err, activity.ErrNotFound)
}

// A call that is cancelled in the body of a 429 failed because of that. The pause holds all the
// same.
func TestCancelInTheBodyOfARefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		s := &script{steps: []step{func(req *http.Request) (*http.Response, error) {
			a, err := drip(req)
			a.StatusCode = http.StatusTooManyRequests
			a.Header.Set("Retry-After", "60")
			return a, err
		}, answer(200, things)}}
		c := newClient(t, s)
		_, err := do(ctx, c)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		e := asError(t, err)
		require.NoError(t, e.Kind)
		assert.Equal(t, 429, e.StatusCode)
		assert.False(t, e.Temporary())
		_, err = do(t.Context(), c)
		require.NoError(t, err)
		assert.Equal(t, []time.Duration{70 * time.Second}, gaps(s.sent()))
	})
}
