package opswattest_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/opswat/opswattest"
)

func TestTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opswattest.NewServer(opswattest.WithTokenLifetime(time.Hour), opswattest.WithEmptyPageAtEnd())
		const client = "client_id=example-client-key&client_secret=example-client-secret&grant_type="
		var granted struct {
			AccessToken  string `json:"access_token"`
			RefreshToken string `json:"refresh_token"`
			TokenType    string `json:"token_type"`
			Scope        string `json:"scope"`
			ExpiresIn    int    `json:"expires_in"`
		}
		use := func() int {
			resp, _ := send(t, s, "POST", "/o/api/v3/activities?access_token="+granted.AccessToken, "{}", jsonHeader())
			return resp.StatusCode
		}
		request := func(body string) int {
			resp, text := send(t, s, "POST", "/o/oauth/token", body, formHeader())
			require.NoError(t, json.Unmarshal([]byte(text), &granted))
			return resp.StatusCode
		}
		require.Equal(t, 200, request(client+"client_credentials"))
		assert.Equal(t, "bearer", granted.TokenType)
		assert.Equal(t, "read", granted.Scope)
		assert.Equal(t, 3600, granted.ExpiresIn)
		assert.Empty(t, granted.RefreshToken)
		assert.Equal(t, 200, use())
		<-time.After(time.Hour)
		assert.Equal(t, 401, use())

		first := s.RefreshToken()
		require.Equal(t, 200, request(client+"refresh_token&refresh_token="+first))
		assert.Equal(t, 200, use())
		second := granted.RefreshToken
		assert.NotEqual(t, first, second)
		assert.Equal(t, 400, request(client+"refresh_token&refresh_token="+first), "it works once")
		require.Equal(t, 200, request(client+"refresh_token&refresh_token="+second))
		s.ExpireTokens()
		assert.Equal(t, 401, use())
	})
}

func TestDefaultTokenLifetime(t *testing.T) {
	_, text := send(t, opswattest.NewServer(), "POST", "/o/oauth/token",
		"client_id=example-client-key&client_secret=example-client-secret&grant_type=client_credentials", formHeader())
	assert.Contains(t, text, `"expires_in":43199`)
}

func TestRefusedTokenRequests(t *testing.T) {
	const good = "client_id=example-client-key&client_secret=example-client-secret&grant_type=client_credentials"
	with := func(name, value string) map[string]string {
		h := formHeader()
		h[name] = value
		return h
	}
	tests := map[string]struct {
		method, target, body string
		header               map[string]string
		status               int
		message              string
	}{
		"GET":               {"GET", "/o/oauth/token", "", nil, 405, "POST"},
		"secret in the URL": {"POST", "/o/oauth/token?" + good, "", nil, 400, "the URL has a query"},
		"basic":             {"POST", "/o/oauth/token", good, with("Authorization", "Basic eA=="), 400, "header Authorization"},
		"referer":           {"POST", "/o/oauth/token", good, with("Referer", "https://example.com"), 400, "header Referer"},
		"JSON":              {"POST", "/o/oauth/token", "{}", jsonHeader(), 415, "want application/x-www-form-urlencoded"},
		"broken form":       {"POST", "/o/oauth/token", "a=%zz", nil, 400, "malformed escape"},
		"empty":             {"POST", "/o/oauth/token", "", nil, 401, "client_id or client_secret"},
		"wrong secret":      {"POST", "/o/oauth/token", "client_id=example-client-key&client_secret=canary&grant_type=client_credentials", nil, 401, "invalid_client"},
		"wrong key":         {"POST", "/o/oauth/token", "client_id=canary&client_secret=example-client-secret&grant_type=client_credentials", nil, 401, "invalid_client"},
		"twice":             {"POST", "/o/oauth/token", good + "&client_id=example-client-key", nil, 400, "occurs 2 times"},
		"unknown":           {"POST", "/o/oauth/token", good + "&audience=x", nil, 400, `unknown parameter \"audience\"`},
		"needless refresh":  {"POST", "/o/oauth/token", good + "&refresh_token=canary", nil, 400, `unknown parameter \"refresh_token\"`},
		"no grant":          {"POST", "/o/oauth/token", "client_id=example-client-key&client_secret=example-client-secret", nil, 400, "unsupported_grant_type"},
		"password grant":    {"POST", "/o/oauth/token", "client_id=example-client-key&client_secret=example-client-secret&grant_type=password", nil, 400, "unsupported_grant_type"},
		"unknown refresh":   {"POST", "/o/oauth/token", "client_id=example-client-key&client_secret=example-client-secret&grant_type=refresh_token&refresh_token=canary", nil, 400, "invalid_grant"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			header := tt.header
			if header == nil {
				header = formHeader()
			}
			resp, text := send(t, opswattest.NewServer(), tt.method, tt.target, tt.body, header)
			assert.Equal(t, tt.status, resp.StatusCode, text)
			assert.Contains(t, text, tt.message)
			assert.NotContains(t, text, "canary")
		})
	}
}

// A refusal with status 200.
func TestTokenFault(t *testing.T) {
	s := opswattest.NewServer()
	s.Fail(opswattest.Fault{Token: true, Body: `{"error":"invalid_client"}`})
	resp, text := send(t, s, "POST", "/o/oauth/token", "x", formHeader())
	assert.Equal(t, http.StatusOK, resp.StatusCode)
	assert.True(t, strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json"))
	assert.Equal(t, `{"error":"invalid_client"}`, text)
}
