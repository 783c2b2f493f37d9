package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/opswat/opswattest"
)

func TestOPSWATHeader(t *testing.T) {
	for name, tt := range map[string]struct {
		options []opswattest.Option
		fault   *opswattest.Fault // of the request with a header
		says    string
		certainty
	}{
		"yes":        {[]opswattest.Option{opswattest.WithHeaderToken()}, nil, "yes", likely},
		"no":         {nil, nil, "no: status 400", likely},
		"no, 401":    {nil, &opswattest.Fault{Status: 401}, "no: status 401", settled},
		"no, 403":    {nil, &opswattest.Fault{Status: 403}, "no: status 403", settled},
		"login page": {nil, &opswattest.Fault{Body: "<html>"}, "cannot be understood", open},
		"500":        {nil, &opswattest.Fault{Status: 500}, "the service fails", open},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := opswatServer(3, time.Hour, tt.options...)
				server.FailWith(func(r opswattest.Request) *opswattest.Fault {
					if r.Header.Get("Authorization") == "" {
						return nil
					}
					return tt.fault
				})
				s := fakeOPSWATOf(server)
				f := answer(t, s, "opswat.header")
				assert.Contains(t, f.answer, tt.says)
				assert.Equal(t, server.Requests()[2].Status, s.exchanges[0].status)
				assert.Equal(t, tt.certainty, f.certainty)
				require.Len(t, server.Requests(), 3, "one token, the first page and this one")
				last := server.Requests()[2]
				assert.Empty(t, last.RawQuery)
				assert.True(t, strings.HasPrefix(last.Header.Get("Authorization"), "Bearer opswat-1-"))
			})
		})
	}
}

// A refusal of the header does not make the SDK request another token, and the token appears in no
// error that quotes the request.
func TestOPSWATHeaderToken(t *testing.T) {
	sent := httptest.NewRequestWithContext(context.WithValue(t.Context(), headerTokenKey{}, new(headerTokenResult)),
		http.MethodPost, "https://gears.opswat.com/o/api/v3/activities?access_token=canary&a=b", nil)
	for status, want := range map[int]int{401: 403, 403: 403, 200: 200} {
		resp, err := headerTokenTransport{opswatRoundTrip(func(req *http.Request) (*http.Response, error) {
			assert.Equal(t, "a=b", req.URL.RawQuery)
			assert.Equal(t, "Bearer canary", req.Header.Get("Authorization"))
			return &http.Response{StatusCode: status}, nil
		})}.RoundTrip(sent)
		require.NoError(t, err)
		assert.Equal(t, want, resp.StatusCode)
	}
	assert.Empty(t, sent.Header, "the SDK's request is left alone")

	other := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "https://gears.opswat.com/o/api/v3/activities?access_token=canary", nil)
	_, err := headerTokenTransport{opswatRoundTrip(func(req *http.Request) (*http.Response, error) {
		assert.Equal(t, "access_token=canary", req.URL.RawQuery)
		assert.Empty(t, req.Header)
		return nil, io.EOF
	})}.RoundTrip(other)
	require.ErrorIs(t, err, io.EOF)

	synctest.Test(t, func(t *testing.T) {
		server := opswatServer(1, 0)
		server.FailWith(func(r opswattest.Request) *opswattest.Fault {
			if r.Header.Get("Authorization") != "" {
				return &opswattest.Fault{Reset: true}
			}
			return nil
		})
		answers, seen := probeService(t, fakeOPSWATOf(server), &prompt{silent: true})
		assert.Equal(t, open, answers["opswat.header"].Certainty)
		assertNoToken(t, server, seen)
	})
}

type opswatRoundTrip func(*http.Request) (*http.Response, error)

func (f opswatRoundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }
