package opswat_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
)

type nilSource struct{}

func (*nilSource) Token() (*oauth2.Token, error) { return nil, errors.New("never called") }

func TestNewInvalidCredentials(t *testing.T) {
	stored := func(context.Context, string) error { return nil }
	tests := []struct {
		name string
		c    opswat.Credentials
		says string
	}{
		{"no credentials", opswat.Credentials{}, "the credentials are missing"},
		{"empty key", opswat.ClientCredentials("", "s"), "the client key is empty"},
		{"empty secret", opswat.ClientCredentials("canary", " \n"), "the client secret is empty"},
		{"key with a line break", opswat.ClientCredentials("canary\n", "canary"),
			"the client key ends with a line break: trim what was read from a file"},
		{"secret with a line break", opswat.ClientCredentials("canary", "canary\r\n"),
			"the client secret ends with a line break: trim what was read from a file"},
		{"secret with a blank", opswat.ClientCredentials("canary", " canary"),
			"the client secret has white space or invisible characters around it: trim them off"},
		{"secret with a control character", opswat.ClientCredentials("canary", "can\x00ary"),
			"the client secret holds a line break or another control character"},
		{"refresh: key with a line break", opswat.RefreshToken("canary\n", "canary", "canary", stored),
			"the client key ends with a line break"},
		{"refresh: secret with a line break", opswat.RefreshToken("canary", "canary\n", "canary", stored),
			"the client secret ends with a line break"},
		{"refresh: token with a line break", opswat.RefreshToken("canary", "canary", "canary\n", stored),
			"the refresh token ends with a line break"},
		{"refresh: empty key", opswat.RefreshToken("", "canary", "canary", stored), "the client key is empty"},
		{"refresh: empty secret", opswat.RefreshToken("canary", "", "canary", stored), "the client secret is empty"},
		{"refresh: empty token", opswat.RefreshToken("canary", "canary", "", stored), "the refresh token is empty"},
		{"refresh: no callback", opswat.RefreshToken("canary", "canary", "canary", nil),
			"rotated refresh token is nil: without it the first rotation would lock the program out at its next start"},
		{"no source", opswat.AccessToken(nil), "the token source is nil"},
		{"source that is a nil pointer", opswat.AccessToken((*nilSource)(nil)), "the token source is nil"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client, err := opswat.New(tt.c)
			assert.Nil(t, client)
			require.ErrorIs(t, err, activity.ErrInvalid)
			assert.Contains(t, err.Error(), tt.says)
			assert.NotContains(t, err.Error(), "canary")
			assert.Equal(t, "opswat", kindOf(t, err).Vendor)
		})
	}
}

// Access tokens are escaped, since they may contain characters with a meaning in a query.
func TestAccessTokenIsEscaped(t *testing.T) {
	var got []string
	client := newClient(t, recording(&got), opswat.AccessToken(static("a b")))
	_, err := client.Activities(opswat.ActivityQuery{}).Collect(t.Context(), 0)
	require.Error(t, err, "a token with white space")

	client = newClient(t, recording(&got), opswat.AccessToken(static("a+b/c=&d%")))
	_, err = client.Activities(opswat.ActivityQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Equal(t, []string{"access_token=a%2Bb%2Fc%3D%26d%25"}, got)
}
