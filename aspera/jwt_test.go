package aspera_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

func TestInvalidJWTConfig(t *testing.T) {
	for name, c := range map[string]struct {
		change func(j *aspera.JWTConfig)
		kind   error
		want   string
	}{
		"no organization": {func(j *aspera.JWTConfig) { j.Organization = "" }, activity.ErrInvalid, "JWTConfig.Organization is empty"},
		"a host": {func(j *aspera.JWTConfig) { j.Organization = "Acme.ibmaspera.com" }, activity.ErrInvalid,
			`JWTConfig.Organization is a host: pass the subdomain alone, which is "acme" for acme.ibmaspera.com`},
		"an address":   {func(j *aspera.JWTConfig) { j.Organization = "https://acme.ibmaspera.com/" }, activity.ErrInvalid, "JWTConfig.Organization is a host"},
		"no client id": {func(j *aspera.JWTConfig) { j.ClientID = " " }, activity.ErrInvalid, "JWTConfig.ClientID is empty"},
		"no user":      {func(j *aspera.JWTConfig) { j.User = "" }, activity.ErrInvalid, "JWTConfig.User is empty"},
		"organization with a line break": {func(j *aspera.JWTConfig) { j.Organization += "\n" }, activity.ErrInvalid,
			"JWTConfig.Organization ends with a line break: trim what was read from a file"},
		"client id with a line break": {func(j *aspera.JWTConfig) { j.ClientID += "\r\n" }, activity.ErrInvalid,
			"JWTConfig.ClientID ends with a line break: trim what was read from a file"},
		"secret with a line break": {func(j *aspera.JWTConfig) { j.ClientSecret = "canary\n" }, activity.ErrInvalid,
			"JWTConfig.ClientSecret ends with a line break: trim what was read from a file"},
		"secret that is blank": {func(j *aspera.JWTConfig) { j.ClientSecret = "\n" }, activity.ErrInvalid, "JWTConfig.ClientSecret is empty"},
		"secret with a control character": {func(j *aspera.JWTConfig) { j.ClientSecret = "can\x00ary" }, activity.ErrInvalid,
			"JWTConfig.ClientSecret holds a line break or another control character"},
		"user with a blank": {func(j *aspera.JWTConfig) { j.User = " " + j.User }, activity.ErrInvalid,
			"JWTConfig.User has white space or invisible characters around it: trim them off"},
		"scope with a line break":    {func(j *aspera.JWTConfig) { j.Scope = "admin:all\n" }, activity.ErrInvalid, "JWTConfig.Scope ends with a line break"},
		"audience with a line break": {func(j *aspera.JWTConfig) { j.Audience = origin + "\n" }, activity.ErrInvalid, "JWTConfig.Audience ends with a line break"},
		"token address with a line break": {func(j *aspera.JWTConfig) { j.TokenURL = origin + "/token\n" }, activity.ErrInvalid,
			"JWTConfig.TokenURL ends with a line break"},
		"no key":    {func(j *aspera.JWTConfig) { j.PrivateKey = nil }, activity.ErrInvalid, "JWTConfig.PrivateKey is empty"},
		"blank key": {func(j *aspera.JWTConfig) { j.PrivateKey = []byte("\n") }, activity.ErrInvalid, "JWTConfig.PrivateKey is empty"},
		"nothing":   {func(j *aspera.JWTConfig) { *j = aspera.JWTConfig{} }, activity.ErrInvalid, "JWTConfig.Organization is empty"},
		"dots":      {func(j *aspera.JWTConfig) { j.Organization = ".." }, activity.ErrInvalid, "JWTConfig.Organization must not be or hold"},
		"relative token address": {func(j *aspera.JWTConfig) { j.TokenURL = "/token" }, activity.ErrInvalid,
			"JWTConfig.TokenURL is not an absolute address"},
		"unparsable token address": {func(j *aspera.JWTConfig) { j.TokenURL = "https://canary%zz/" }, activity.ErrInvalid,
			"JWTConfig.TokenURL is not an absolute address"},
		"token address with a query": {func(j *aspera.JWTConfig) { j.TokenURL = origin + "/token?canary=1" }, activity.ErrInvalid, "JWTConfig.TokenURL must have no"},
		"token address with a mark":  {func(j *aspera.JWTConfig) { j.TokenURL = origin + "/token?" }, activity.ErrInvalid, "JWTConfig.TokenURL must have no"},
		"token address with a fragment": {func(j *aspera.JWTConfig) { j.TokenURL = origin + "/token#" }, activity.ErrInvalid,
			"JWTConfig.TokenURL must have no"},
		"token address with a password": {func(j *aspera.JWTConfig) { j.TokenURL = "https://user:canary@api.ibmaspera.com/token" }, activity.ErrInvalid,
			"JWTConfig.TokenURL must have no"},
		"foreign token address": {func(j *aspera.JWTConfig) { j.TokenURL = "https://canary.example.com/token" }, activity.ErrForeignOrigin,
			"JWTConfig.TokenURL has another scheme, host or port"},
		"token address without https": {func(j *aspera.JWTConfig) { j.TokenURL = "http://api.ibmaspera.com/token" }, activity.ErrForeignOrigin,
			"JWTConfig.TokenURL has another scheme, host or port"},
	} {
		t.Run(name, func(t *testing.T) {
			s := asperatest.NewServer()
			j := s.JWTConfig()
			c.change(&j)
			client, err := aspera.New(aspera.JWT(j), activity.WithTransport(s.Transport()))
			require.ErrorIs(t, err, c.kind)
			assert.Nil(t, client)
			assert.Contains(t, failure(t, err).Message, c.want)
			assert.NotContains(t, err.Error(), "canary")
			assert.Empty(t, s.Requests())
		})
	}
}

func TestJWTConfigText(t *testing.T) {
	j := aspera.JWTConfig{Organization: "acme", ClientID: "id", User: "ada@example.com", ClientSecret: "secret", PrivateKey: []byte("secret")}
	const want = `aspera.JWTConfig{Organization: "acme", ClientID: "id", User: "ada@example.com", secrets hidden}`
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		assert.Equal(t, want, fmt.Sprintf(verb, j))
		assert.Equal(t, want, fmt.Sprintf(verb, &j))
		assert.Contains(t, fmt.Sprintf(verb, struct{ Login aspera.JWTConfig }{j}), want)
	}
	for _, v := range []any{struct{ J aspera.JWTConfig }{j}, struct{ J *aspera.JWTConfig }{&j}} {
		text, err := json.Marshal(v)
		require.NoError(t, err)
		got := struct{ J string }{}
		require.NoError(t, json.Unmarshal(text, &got))
		assert.Equal(t, want, got.J)
	}
	assert.Equal(t, []any{want, want}, logged(t, j))
}
