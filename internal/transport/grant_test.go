package transport_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
)

const tokenURL = "https://api.example.com/oauth/token"

func grant(t *testing.T, rt http.RoundTripper, address string, opts ...activity.Option) (transport.GrantedToken, error) {
	t.Helper()
	u, err := url.Parse(address)
	require.NoError(t, err)
	return transport.Grant{
		URL:      u,
		Form:     url.Values{"grant_type": {"client_credentials"}, "client_secret": {key}},
		ClientID: "id", ClientSecret: key, Secrets: []string{key},
	}.Request(t.Context(), newClient(t, rt, opts...))
}

func TestGrant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{steps: []step{answer(503, ""), late(2*time.Second, answer(200,
			`{"access_token":"fresh","token_type":"Bearer","expires_in":"3600","refresh_token":"not_supported"}`))}}
		watched := 0
		watch := activity.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
			watched++
			return next
		})
		begun := time.Now()
		token, err := grant(t, s, tokenURL, watch, activity.WithRateLimiter(&recorder{err: errors.New("no slot")}),
			activity.WithRetry(activity.RetryPolicy{MinWait: time.Second, MaxWait: time.Second}))
		require.NoError(t, err)
		assert.Equal(t, transport.GrantedToken{AccessToken: "fresh", Expiry: begun.Add(time.Hour)}, token)
		for _, r := range s.sent() {
			assert.Equal(t, "POST", r.req.Method)
			assert.Equal(t, tokenURL, r.req.URL.String())
			assert.Equal(t, "application/x-www-form-urlencoded", r.req.Header.Get("Content-Type"))
			assert.Equal(t, "client_secret="+key+"&grant_type=client_credentials", r.body)
			id, secret, _ := r.req.BasicAuth()
			assert.Equal(t, "id:"+key, id+":"+secret)
		}
		assert.Equal(t, 1, watched, "middleware wraps the API alone")
	})
}

func TestGrantWithLongLifetime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{steps: []step{answer(200, `{"access_token":"fresh","expires_in":9000000000000000000}`)}}
		token, err := grant(t, s, tokenURL)
		require.NoError(t, err)
		assert.Equal(t, time.Now().Add(10*365*24*time.Hour), token.Expiry)
	})
}

// RFC 6749, section 2.3.1: id and secret are form-encoded, then joined for HTTP Basic.
func TestGrantEncodesTheClient(t *testing.T) {
	const id, secret = "client:1 ü", "50%+ of/a=b&c"
	s := &script{steps: []step{answer(400, `{"error":"invalid_client","error_description":"not client%3A1+%C3%BC:50%25%2B+of%2Fa%3Db%26c, nor `+secret+`"}`)}}
	u, err := url.Parse(tokenURL)
	require.NoError(t, err)
	_, err = transport.Grant{URL: u, Form: url.Values{"grant_type": {"client_credentials"}}, ClientID: id, ClientSecret: secret}.
		Request(t.Context(), newClient(t, s))
	require.Len(t, s.sent(), 1)
	assert.Equal(t, "Basic "+base64.StdEncoding.EncodeToString([]byte("client%3A1+%C3%BC:50%25%2B+of%2Fa%3Db%26c")),
		s.sent()[0].req.Header.Get("Authorization"))
	assert.Equal(t, "grant_type=client_credentials", s.sent()[0].body)
	assert.Equal(t, "not client%3A1+%C3%BC:[redacted], nor [redacted]", asError(t, err).Message)
}

// The documented error bodies of a token endpoint, also with a status that means success.
func TestGrantRefusalSamples(t *testing.T) {
	text, err := os.ReadFile("testdata/aspera_token_errors.json")
	require.NoError(t, err)
	var samples []struct {
		Status        int
		Body          json.RawMessage
		Code, Message string
	}
	require.NoError(t, json.Unmarshal(text, &samples))
	require.Len(t, samples, 3)
	for _, sample := range samples {
		for _, status := range []int{sample.Status, http.StatusOK} {
			s := &script{steps: []step{answer(status, string(sample.Body))}}
			_, err := grant(t, s, tokenURL)
			e := asError(t, err)
			assert.Equal(t, activity.ErrUnauthorized, e.Kind, string(sample.Body))
			assert.Equal(t, sample.Code, e.Code)
			assert.Equal(t, sample.Message, e.Message)
			assert.False(t, e.Temporary())
			assert.Len(t, s.sent(), 1)
		}
	}
}

func TestGrantRefusedUnder200(t *testing.T) {
	long := strings.Repeat("x ", 400)
	for name, tt := range map[string]struct {
		body, code, message string
		kind                error
		sends               int
	}{
		"invalid_client": {`{"error":"invalid_client","error_description":"no such client ` + key + `"}`, "invalid_client",
			"no such client [redacted]", activity.ErrUnauthorized, 1},
		"without a sentence": {`{"error":"invalid_scope"}`, "invalid_scope", "invalid_scope", activity.ErrUnauthorized, 1},
		"an object": {`{"error":{"code":"invalid_grant","message":"the assertion expired"}}`, "invalid_grant", "the assertion expired",
			activity.ErrUnauthorized, 1},
		"a sentence":                 {`{"error":"You are locked out"}`, "", "You are locked out", activity.ErrUnauthorized, 1},
		"errorCode":                  {`{"errorCode":"BX1","errorMessage":"no such key"}`, "BX1", "no such key", activity.ErrUnauthorized, 1},
		"with a token":               {`{"error":"access_denied","access_token":"T","refresh_token":"R"}`, "access_denied", "access_denied", activity.ErrUnauthorized, 1},
		"bounded":                    {`{"error":"invalid_grant","error_description":"` + long + `"}`, "invalid_grant", long[:509] + "…", activity.ErrUnauthorized, 1},
		"not now":                    {`{"error":"temporarily_unavailable","error_description":"try later"}`, "temporarily_unavailable", "try later", activity.ErrServer, 5},
		"broken":                     {`{"error":"server_error"}`, "server_error", "server_error", activity.ErrServer, 5},
		"an empty error and a token": {`{"error":"","access_token":"T"}`, "", "", nil, 1},
		"a null error and a token":   {`{"error":null,"errorCode":null,"access_token":"T"}`, "", "", nil, 1},
		"an empty error and a word":  {`{"error":"","message":"welcome","access_token":"T"}`, "", "", nil, 1},
		"an empty object":            {`{"error":{},"access_token":"T"}`, "", "", nil, 1},
		"nothing":                    {`{"error":{}}`, "", "the token answer holds no access_token", activity.ErrMalformed, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{steps: []step{answer(200, tt.body)}}
				token, err := grant(t, s, tokenURL)
				assert.Len(t, s.sent(), tt.sends)
				if tt.kind == nil {
					require.NoError(t, err)
					assert.Equal(t, "T", token.AccessToken)
					return
				}
				assert.Zero(t, token)
				e := asError(t, err)
				assert.Equal(t, tt.kind, e.Kind)
				assert.Equal(t, tt.code, e.Code)
				assert.Equal(t, tt.message, e.Message)
				assert.Empty(t, e.Body, "an answer with a good status may hold tokens")
				assert.Equal(t, errors.Is(tt.kind, activity.ErrServer), e.Temporary())
				assert.NotContains(t, fmt.Sprintf("%v %+v %#v", err, err, err), key)
			})
		})
	}
}

// Some error codes of OAuth do not concern the credentials, whatever the status.
func TestGrantFailsOnTheServer(t *testing.T) {
	for _, status := range []int{400, 401, 403} {
		for _, code := range []string{"temporarily_unavailable", "server_error"} {
			_, err := grant(t, &script{steps: []step{answer(status, `{"error":"`+code+`","error_description":"try later"}`)}}, tokenURL)
			e := asError(t, err)
			assert.Equal(t, activity.ErrServer, e.Kind)
			assert.Equal(t, code, e.Code)
			assert.Equal(t, "try later", e.Message)
			assert.True(t, e.Temporary())
		}
	}
}

func TestGrantAtAnotherOriginSendsNothing(t *testing.T) {
	s := &script{}
	_, err := grant(t, s, "https://id.example.com/oauth/token")
	require.ErrorIs(t, err, activity.ErrForeignOrigin)
	assert.Empty(t, s.sent())
}
