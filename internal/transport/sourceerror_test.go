package transport_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
)

// failSource returns the error of a call whose token source fails with err.
func failSource(t *testing.T, err error) *activity.Error {
	t.Helper()
	s := &script{}
	credentials := transport.FromSource(transport.Bearer(), source(func() (*oauth2.Token, error) { return nil, err }))
	_, err = do(t.Context(), newClientWith(t, credentials, s))
	assert.Empty(t, s.sent())
	return asError(t, err)
}

// leaky is an error with more in its fields than in its text.
type leaky struct {
	text string
	Form url.Values
}

func (e *leaky) Error() string { return e.text }

func TestSourceErrorIsRedacted(t *testing.T) {
	const secret = `canary+"é \& x`
	form := url.Values{"client_id": {"id"}, "client_secret": {secret}, "grant_type": {"client_credentials"}}
	object, err := json.Marshal(map[string]string{"client_id": "id", "client_secret": secret, "scope": "read"})
	require.NoError(t, err)
	for text, want := range map[string]string{
		"POST " + form.Encode() + " refused": "POST client_id=id&client_secret=[redacted]&grant_type=client_credentials refused",
		"sent " + string(object):             `sent {"client_id":"id","client_secret":[redacted],"scope":"read"}`,
		fmt.Sprintf("sent %q", object):       `sent "{\"client_id\":\"id\",\"client_secret\":[redacted],\"scope\":\"read\"}"`,
		fmt.Sprint("sent ", url.Values{"password": {"canary 1"}, "scope": {"read"}}): "sent map[password:[redacted] scope:[read]]",
		"assertion=canary.canary.canary&scope=admin:all":                             "assertion=[redacted]&scope=admin:all",
		"client_assertion=canary":                                                    "client_assertion=[redacted]",
		"refresh_token = canary failed":                                              "refresh_token = [redacted] failed",
		"Access_Token=canary":                                                        "Access_Token=[redacted]",
		"access_token%3Dcanary%26scope":                                              "access_token%3D[redacted]",
		`{"refresh_token" : "canary", "n": 1}`:                                       `{"refresh_token" : [redacted], "n": 1}`,
		`{"password":"canary`:                                                        `{"password":[redacted]`,
		"password='can ary' for ada":                                                 "password=[redacted] for ada",
		"password: canary":                                                           "password: [redacted]",
		"Authorization: Basic Y2FuYXJ5 refused":                                      "Authorization: Basic [redacted] refused",
		"map[Authorization:[Bearer canary] X:[y]]":                                   "map[Authorization:[Bearer [redacted]] X:[y]]",
		"https://ada:canary@id.example.com/token":                                    "https://[redacted]@id.example.com/token",
		"vault sealed:\r\n\ttry\x00 again\u202e":                                     "vault sealed: try again",
		"the access token is missing, and no password was asked for":                 "the access token is missing, and no password was asked for",
		strings.Repeat("é", 300):                                                     strings.Repeat("é", 254) + "…",
		strings.Repeat("x", 500) + " client_secret=canary-" + "canary.":              strings.Repeat("x", 500) + " client_s…",
	} {
		e := failSource(t, &leaky{text, form})
		require.Error(t, e.Err)
		assert.Equal(t, want, e.Err.Error())
		assert.LessOrEqual(t, len(e.Err.Error()), 512)
		assert.Equal(t, "the token source failed", e.Message)
		assert.True(t, e.Temporary())
		assert.NotContains(t, fmt.Sprintf("%v %+v %#v %+v", e, e, *e, e.Err), "canary")
		var object *leaky
		assert.NotErrorAs(t, e, &object, "the source's own object is not passed on")
	}
}

// Tokens that the source returned before are removed, wherever they are.
func TestSourceErrorHidesTheLastToken(t *testing.T) {
	asked := 0
	credentials := transport.FromSource(transport.Bearer(), source(func() (*oauth2.Token, error) {
		if asked++; asked == 1 {
			return &oauth2.Token{AccessToken: key}, nil
		}
		return nil, errors.New("cannot renew " + key)
	}))
	client := newClientWith(t, credentials, &script{steps: []step{answer(200, things)}})
	_, err := do(t.Context(), client)
	require.NoError(t, err)
	_, err = do(t.Context(), client)
	require.EqualError(t, asError(t, err).Err, "cannot renew [redacted]")
}

func TestSourceErrorKeepsWellKnownErrors(t *testing.T) {
	for _, known := range []error{context.Canceled, context.DeadlineExceeded, io.ErrUnexpectedEOF} {
		e := failSource(t, fmt.Errorf("password=canary: %w", &url.Error{Op: "Post", URL: "https://id.example.com/?key=canary", Err: known}))
		require.ErrorIs(t, e, known)
		assert.NotContains(t, fmt.Sprintf("%v %+v %#v", e, e, e.Err), "canary")
		var object *url.Error
		assert.NotErrorAs(t, e, &object)
	}
	e := failSource(t, errors.New("no such thing"))
	assert.NotErrorIs(t, e, context.Canceled)
	assert.NotErrorIs(t, e, context.DeadlineExceeded)
}

func TestSourceErrorOfTheNetwork(t *testing.T) {
	e := failSource(t, fmt.Errorf("token: %w", &url.Error{Op: "Post", URL: `https://id.example.com/?key="canary"`, Err: errors.New("connection refused")}))
	assert.Equal(t, "the token source could not reach its server", e.Message)
	require.EqualError(t, e.Err, "token: Post: connection refused")
	assert.NoError(t, e.Kind)
	assert.True(t, e.Temporary())
}

func TestSourceErrorOfOAuth(t *testing.T) {
	refused := func(status int, code, description string) error {
		return fmt.Errorf("wrapped: %w", &oauth2.RetrieveError{Response: &http.Response{StatusCode: status}, Body: []byte("canary"),
			ErrorCode: code, ErrorDescription: description, ErrorURI: "https://canary.example.com"})
	}
	for name, tt := range map[string]struct {
		err           error
		kind          error
		status        int
		code, message string
	}{
		"refused":           {refused(400, "invalid_grant", "The assertion has expired."), activity.ErrUnauthorized, 400, "invalid_grant", "The assertion has expired."},
		"with 200":          {refused(200, "invalid_client", "No such client."), activity.ErrUnauthorized, 200, "invalid_client", "No such client."},
		"an echo":           {refused(401, "invalid_client", "bad client_secret=canary&x=y"), activity.ErrUnauthorized, 401, "invalid_client", "bad client_secret=[redacted]&x=y"},
		"no sentence":       {refused(401, "invalid_client", "canary"), activity.ErrUnauthorized, 401, "invalid_client", "the token source failed"},
		"long":              {refused(401, "", strings.Repeat("x ", 400)), activity.ErrUnauthorized, 401, "", strings.Repeat("x ", 254) + "x…"},
		"an echo as a code": {refused(401, "client_secret=canary", ""), activity.ErrUnauthorized, 401, "client_secret=[redacted]", "the token source failed"},
		"not now":           {refused(400, "temporarily_unavailable", "Try later."), activity.ErrServer, 400, "temporarily_unavailable", "Try later."},
		"broken":            {refused(503, "", ""), activity.ErrServer, 503, "", "the token source failed"},
		"not now, with 401": {refused(401, "server_error", ""), activity.ErrServer, 401, "server_error", "the token source failed"},
		"forbidden":         {refused(403, "access_denied", ""), activity.ErrForbidden, 403, "access_denied", "the token source failed"},
	} {
		e := failSource(t, tt.err)
		assert.Equal(t, tt.kind, e.Kind, name)
		assert.Equal(t, tt.status, e.StatusCode, name)
		assert.Equal(t, tt.code, e.Code, name)
		assert.Equal(t, tt.message, e.Message, name)
		assert.NoError(t, e.Err, name)
		assert.NotContains(t, fmt.Sprintf("%v %+v %#v", e, e, *e), "canary", name)
		var object *oauth2.RetrieveError
		assert.NotErrorAs(t, e, &object, name)
	}
}

// A source that is another client of this SDK, or wraps one.
func TestSourceErrorOfOurOwnKind(t *testing.T) {
	inner := &activity.Error{Vendor: "other", Op: "get secret", Kind: activity.ErrRateLimited, StatusCode: 429, Code: "slow", RetryAfter: time.Minute,
		Message: "password=canary", Body: []byte("canary"), Err: &leaky{text: "client_secret=canary"}}
	e := failSource(t, fmt.Errorf("vault: %w", inner))
	assert.Equal(t, activity.ErrRateLimited, e.Kind)
	assert.Equal(t, 429, e.StatusCode)
	assert.Equal(t, "slow", e.Code)
	assert.Equal(t, time.Minute, e.RetryAfter)
	assert.Equal(t, "acme", e.Vendor)
	assert.Equal(t, "get token", e.Op)
	assert.Empty(t, e.Body)
	assert.NotSame(t, inner, e)
	assert.NotContains(t, fmt.Sprintf("%v %+v %#v %v", e, e, *e, e.Err), "canary")

	secretive := &leaky{text: "canary"}
	assert.NoError(t, failSource(t, &activity.Error{Kind: secretive}).Kind, "no kind of the SDK's")
}
