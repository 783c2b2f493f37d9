package aspera_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
	"github.com/activity-sdk/activity/internal/transport"
)

// read requests a page from a fake with these credentials.
func read(t *testing.T, s *asperatest.Server, c aspera.Credentials, opts ...activity.Option) error {
	t.Helper()
	client, err := aspera.New(c, append([]activity.Option{activity.WithTransport(s.Transport())}, opts...)...)
	require.NoError(t, err)
	_, err = client.Organization("1023").Transfers(aspera.TransferQuery{}).Page(t.Context(), "")
	return err
}

// TestCredentialsAreShared checks that the clients of a value share its token, that each value has
// its own, and that a value does not change with its JWTConfig.
func TestCredentialsAreShared(t *testing.T) {
	s := asperatest.NewServer()
	j := s.JWTConfig()
	for range 3 {
		require.NoError(t, read(t, s, aspera.JWT(j)))
	}
	assert.Len(t, tokenRequests(s), 3)

	s.ResetRequests()
	credentials := aspera.JWT(j)
	j.User = "somebody.else@example.com"
	clear(j.PrivateKey)
	for range 3 {
		require.NoError(t, read(t, s, credentials))
	}
	assert.Len(t, tokenRequests(s), 1)
}

func TestBearer(t *testing.T) {
	s := asperatest.NewServer()
	require.NoError(t, read(t, s, aspera.Bearer(s.TokenSource())))
	assert.Empty(t, tokenRequests(s))

	static := oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "unknown-canary"})
	err := read(t, s, aspera.Bearer(static))
	require.ErrorIs(t, err, activity.ErrUnauthorized)
	assert.NotContains(t, err.Error(), "canary")

	for name, c := range map[string]struct {
		credentials aspera.Credentials
		says        string
	}{
		"nothing":        {aspera.Credentials{}, "the credentials are missing"},
		"no source":      {aspera.Bearer(nil), "source"},
		"no real source": {aspera.Bearer((*source)(nil)), "source"},
	} {
		client, err := aspera.New(c.credentials)
		require.ErrorIs(t, err, activity.ErrInvalid, name)
		assert.Nil(t, client)
		assert.Contains(t, failure(t, err).Message, c.says, name)
	}
}

type source struct{}

func (*source) Token() (*oauth2.Token, error) { return &oauth2.Token{AccessToken: "T"}, nil }

// TestCredentialsText checks that Credentials show a placeholder, alone or in a struct.
func TestCredentialsText(t *testing.T) {
	s := asperatest.NewServer()
	j := s.JWTConfig()
	for name, c := range map[string]aspera.Credentials{
		"JWT":     aspera.JWT(j),
		"Bearer":  aspera.Bearer(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: j.ClientSecret})),
		"nothing": {},
	} {
		t.Run(name, func(t *testing.T) {
			type users struct {
				Shown  aspera.Credentials
				hidden aspera.Credentials
				deep   []any
			}
			v := users{c, c, []any{c, &c}}
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
				assert.Equal(t, transport.Hidden, fmt.Sprintf(verb, c))
				assert.Equal(t, transport.Hidden, fmt.Sprintf(verb, &c))
				text := fmt.Sprintf(verb, v) + fmt.Sprintf(verb, &v)
				assert.Contains(t, text, transport.Hidden)
				assert.NotContains(t, text, j.ClientSecret)
				assert.NotContains(t, text, fmt.Sprintf("%x", j.ClientSecret))
				assert.NotContains(t, text, strings.Split(string(j.PrivateKey), "\n")[1])
			}
			text, err := json.Marshal(v)
			require.NoError(t, err)
			assert.JSONEq(t, `{"Shown":"[credentials]"}`, string(text))
			assert.Equal(t, []any{transport.Hidden, transport.Hidden}, logged(t, c))
		})
	}
}

// logged returns what log/slog writes for a value, as JSON and as text.
func logged(t *testing.T, v any) []any {
	t.Helper()
	var asJSON, asText strings.Builder
	slog.New(slog.NewJSONHandler(&asJSON, nil)).Info("m", "v", v)
	slog.New(slog.NewTextHandler(&asText, nil)).Info("m", "v", v)
	line := struct{ V any }{}
	require.NoError(t, json.Unmarshal([]byte(asJSON.String()), &line))
	_, text, _ := strings.Cut(strings.TrimSpace(asText.String()), " v=")
	if plain, err := strconv.Unquote(text); err == nil {
		text = plain
	}
	return []any{line.V, text}
}
