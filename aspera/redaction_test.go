package aspera_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"text/template"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

// texts of a value in every way that a program may print it.
func printed(t *testing.T, v any) map[string]string {
	t.Helper()
	out := map[string]string{"panic": fmt.Sprint(recovered(v))}
	for _, verb := range []string{"%v", "%+v", "%#v", "%q", "%s", "%x", "%d"} {
		out[verb] = fmt.Sprintf(verb, v)
	}
	text, err := json.Marshal(v)
	if err == nil { // not everything has a JSON form
		out["json"] = string(text)
	}
	text, err = xml.Marshal(v)
	if err == nil {
		out["xml"] = string(text)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("m", "v", v)
	slog.New(slog.NewTextHandler(&log, nil)).Info("m", "v", v, slog.Group("g", "v", v))
	out["slog"] = log.String()
	var page strings.Builder
	require.NoError(t, template.Must(template.New("").Parse("{{.}}")).Execute(&page, v))
	out["template"] = page.String()
	return out
}

func recovered(v any) (r any) {
	defer func() { r = recover() }()
	panic(v)
}

const canary = "canary-9f27"

// secretive is a JWT whose secrets are easy to find.
func secretive() (aspera.JWT, []string) {
	j := asperatest.NewServer().Credentials()
	j.ClientSecret = canary
	line := strings.Split(string(j.PrivateKey), "\n")[3]
	return j, []string{canary, line, fmt.Sprintf("%x", line), fmt.Sprint([]byte(line))} //nolint:staticcheck // how fmt shows bytes is the point
}

func TestCredentialsPrintNoSecrets(t *testing.T) {
	j, secrets := secretive()
	bearer := aspera.Bearer(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: canary}))
	client, err := aspera.New(j)
	require.NoError(t, err)
	type config struct {
		Name        string
		JWT         aspera.JWT
		Pointer     *aspera.JWT
		Credentials aspera.Credentials
		Client      *aspera.Client
		Resource    aspera.Resource
		hidden      aspera.Credentials // package fmt cannot ask it
		list        []aspera.Credentials
	}
	values := map[string]any{
		"JWT": j, "*JWT": &j, "Shared": j.Shared(), "Bearer": bearer, "Client": client, "Resource": client.User("1"),
		"config": config{Name: "n", JWT: j, Pointer: &j, Credentials: j, Client: client, Resource: client.Node("2"),
			hidden: j.Shared(), list: []aspera.Credentials{bearer, j.Shared()}},
		"slice": []any{j, &j, j.Shared(), bearer}, "map": map[string]any{"a": j, "b": bearer},
		"refused": aspera.JWT{ClientSecret: canary, PrivateKey: []byte(canary)}.Shared(),
	}
	for name, v := range values {
		for way, text := range printed(t, v) {
			for _, secret := range secrets {
				assert.NotContains(t, text, secret, "%s of %s", way, name)
			}
		}
	}
}

func TestJWTText(t *testing.T) {
	j := aspera.JWT{Organization: "acme", ClientID: "id", User: "ada@example.com", ClientSecret: canary, PrivateKey: []byte(canary)}
	const want = `aspera.JWT{Organization: "acme", ClientID: "id", User: "ada@example.com", secrets hidden}`
	assert.Equal(t, want, j.String())
	assert.Equal(t, want, j.GoString())
	assert.Equal(t, want, fmt.Sprintf("%#v", j))
	assert.Equal(t, want, j.LogValue().String())
	text, err := j.MarshalText()
	require.NoError(t, err)
	assert.Equal(t, want, string(text))
	text, err = j.MarshalJSON()
	require.NoError(t, err)
	assert.JSONEq(t, `"aspera.JWT{Organization: \"acme\", ClientID: \"id\", User: \"ada@example.com\", secrets hidden}"`, string(text))
	text, err = json.Marshal(struct{ J *aspera.JWT }{&j})
	require.NoError(t, err)
	got := struct{ J string }{}
	require.NoError(t, json.Unmarshal(text, &got))
	assert.Equal(t, want, got.J)

	var read aspera.JWT // from a configuration
	require.NoError(t, json.Unmarshal([]byte(`{"Organization":"acme","ClientSecret":"s","PrivateKey":"a2V5"}`), &read))
	assert.Equal(t, aspera.JWT{Organization: "acme", ClientSecret: "s", PrivateKey: []byte("key")}, read)
}

// A server, or whatever stands in front of it, that sends everything back that it was sent.
func TestErrorsEchoNoSecrets(t *testing.T) {
	j, secrets := secretive()
	const token = "token-" + canary
	for name, c := range map[string]struct {
		token  bool // the token endpoint echoes, not the API
		status int
	}{
		"token 400": {true, 400}, "token 401": {true, 401}, "token 404": {true, 404}, "token 500": {true, 500}, "token 200": {true, 200},
		"api 400": {false, 400}, "api 401": {false, 401}, "api 403": {false, 403}, "api 404": {false, 404}, "api 429": {false, 429},
		"api 500": {false, 500}, "api 200": {false, 200},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				var sent []string
				rt := roundTripper(func(req *http.Request) (*http.Response, error) {
					form := ""
					if req.Body != nil {
						text, _ := io.ReadAll(req.Body)
						form = string(text)
					}
					isToken := req.Method == http.MethodPost
					status, body := 200, fmt.Sprintf(`{"access_token":%q}`, token)
					if isToken == c.token {
						echo := fmt.Sprintf("%s %s %v %s %s", req.Method, req.URL, req.Header, form, canary)
						text, _ := json.Marshal(map[string]string{"error_description": echo, "code": echo, "request_id": echo})
						status, body = c.status, string(text)
						if _, assertion, ok := strings.Cut(form, "assertion="); ok {
							assertion, _, _ = strings.Cut(assertion, "&")
							sent = append(sent, assertion)
						}
						sent = append(sent, strings.TrimPrefix(req.Header.Get("Authorization"), "Basic "))
					}
					return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}},
						Body: io.NopCloser(strings.NewReader(body)), Request: req}, nil
				})
				client, err := aspera.New(j, activity.WithTransport(rt), activity.WithRetry(activity.RetryPolicy{MaxAttempts: 2}),
					activity.WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
				require.NoError(t, err)
				_, err = client.Organization("1").Transfers(aspera.TransferQuery{}).Page(t.Context(), "")
				require.Error(t, err)
				require.NotEmpty(t, sent)
				var e *activity.Error
				require.ErrorAs(t, err, &e)
				texts := printed(t, err)
				texts["body"] = string(e.Body)
				texts["log"] = log.String()
				for way, text := range texts {
					for _, secret := range append(append([]string{token}, secrets...), sent...) {
						assert.NotContains(t, text, secret, way)
					}
				}
			})
		})
	}
}

func TestOtherErrorsHoldNoSecrets(t *testing.T) {
	j, secrets := secretive()
	for name, c := range map[string]aspera.Credentials{
		"connection": j,
		"source":     aspera.Bearer(failing{}),
	} {
		synctest.Test(t, func(t *testing.T) {
			client, err := aspera.New(c, activity.WithTransport(roundTripper(func(req *http.Request) (*http.Response, error) {
				return nil, fmt.Errorf("cannot send %v to %v", req.Header, req.URL)
			})))
			require.NoError(t, err)
			_, err = client.Organization("1").Transfers(aspera.TransferQuery{}).Page(t.Context(), "")
			require.Error(t, err)
			_ = failure(t, err)
			for way, text := range printed(t, err) {
				for _, secret := range secrets {
					assert.NotContains(t, text, secret, "%s of %s", way, name)
				}
			}
		})
	}
}

// failing is a token source whose error holds what it sent.
type failing struct{}

func (failing) Token() (*oauth2.Token, error) {
	return nil, &oauth2.RetrieveError{Response: &http.Response{StatusCode: 400}, Body: []byte(canary),
		ErrorCode: "invalid_grant", ErrorDescription: canary}
}

// Middleware sees neither the token nor the request for it.
func TestMiddlewareSeesNoSecrets(t *testing.T) {
	s := asperatest.NewServer()
	var seen strings.Builder
	spy := func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(req *http.Request) (*http.Response, error) {
			fmt.Fprintln(&seen, req.Method, req.URL, req.Header)
			resp, err := next.RoundTrip(req)
			if err == nil {
				fmt.Fprintln(&seen, resp.Request.URL, resp.Request.Header)
			}
			return resp, err
		})
	}
	_, err := organization(s, activity.WithMiddleware(spy)).Transfers(aspera.TransferQuery{}).Page(t.Context(), "")
	require.NoError(t, err)
	assert.Contains(t, seen.String(), "/transfers")
	assert.NotContains(t, seen.String(), "Bearer")
	assert.NotContains(t, seen.String(), "fake-token")
	assert.NotContains(t, seen.String(), "oauth2")
}

// A foreign address gets nothing at all, whichever way it comes in.
func TestForeignOriginsGetNothing(t *testing.T) {
	for name, fault := range map[string]asperatest.Fault{
		"redirect":       {Status: 307, Header: http.Header{"Location": {"https://evil.example.com/"}}},
		"link":           {Body: `{"transfers":[],"next":{"href":"https://evil.example.com/analytics/v2/x"}}`},
		"token redirect": {Token: true, Status: 307, Header: http.Header{"Location": {"https://evil.example.com/"}}},
	} {
		s := asperatest.NewServer()
		s.FailWith(func(asperatest.Request) *asperatest.Fault { return &fault })
		_, err := count(t.Context(), organization(s).Transfers(aspera.TransferQuery{}))
		require.ErrorIs(t, err, activity.ErrForeignOrigin, name)
		for _, r := range s.Requests() {
			assert.Equal(t, "api.ibmaspera.com", r.Host, name)
		}
		var e *activity.Error
		require.ErrorAs(t, err, &e)
		assert.NotContains(t, e.Error(), "evil")
	}
}
