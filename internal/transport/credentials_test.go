package transport_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
)

func TestUnusable(t *testing.T) {
	const (
		lineBreak = "the key ends with a line break: trim what was read from a file"
		around    = "the key has white space or invisible characters around it: trim them off"
		control   = "the key holds a line break or another control character"
	)
	for value, want := range map[string]string{
		"canary":              "",
		"can ary  x":          "",
		"cänáry\u00a0\u200bx": "",
		"%+/=&\"'\\":          "",
		"":                    "the key is empty",
		" \r\n":               "the key is empty: it holds only white space",
		"\ufeff":              "the key is empty: it holds only white space",
		"can\xe4ry":           "the key is not UTF-8: save the file that it was read from as UTF-8",
		"\xff\xfec\x00a\x00":  "the key is not UTF-8: save the file that it was read from as UTF-8",
		"canary\n":            lineBreak,
		"canary\r\n":          lineBreak,
		"canary\r":            lineBreak,
		" canary \n":          lineBreak,
		"canary ":             around,
		" canary":             around,
		"\ncanary":            around,
		"\tcanary":            around,
		"canary\u00a0":        around,
		"\u2003canary":        around,
		"canary\u2028":        around,
		"\ufeffcanary":        around,
		"canary\u200b":        around,
		"canary\x00":          around,
		"can\nary":            control,
		"can\tary":            control,
		"can\x00ary":          control,
		"can\x7fary":          control,
		"can\u0085ary":        control,
	} {
		assert.Equal(t, want, transport.Unusable("the key", value), "%q", value)
	}
}

func TestBasicRefusesWhatItCannotCarry(t *testing.T) {
	for name, c := range map[string]struct{ user, password, want string }{
		"no user":                 {"", "canary", "the user name is empty"},
		"no password":             {"ada", "", "the password is empty"},
		"user with a break":       {"ada\n", "canary", "the user name ends with a line break: trim what was read from a file"},
		"password with a break":   {"ada", "canary\r\n", "the password ends with a line break: trim what was read from a file"},
		"blank before the user":   {" ada", "canary", "the user name has white space or invisible characters around it: trim them off"},
		"control in the password": {"ada", "can\x01ary", "the password holds a line break or another control character"},
		"colon":                   {"a:da", "canary", "the user name holds a colon, which HTTP Basic cannot carry"},
	} {
		_, err := transport.New(transport.Config{Vendor: "acme", BaseURL: "https://api.example.com", Credentials: transport.Basic(c.user, c.password)})
		require.ErrorIs(t, err, activity.ErrInvalid, name)
		assert.Equal(t, c.want, asError(t, err).Message, name)
	}
	_, err := transport.New(transport.Config{Vendor: "acme", BaseURL: "https://api.example.com", Credentials: transport.Basic("ada okafor", "can:ary é")})
	assert.NoError(t, err)
}

func TestCredentialsHaveNoTextForm(t *testing.T) {
	type users struct {
		Shown  *transport.Credentials
		hidden *transport.Credentials
	}
	c := transport.Static(transport.Bearer(), "canary")
	text := fmt.Sprintf("%v %+v %#v %q %s %d %x", c, c, c, c, c, c, c)
	v := users{c, c}
	text += fmt.Sprintf("%v %+v %#v %q", v, v, v, v)
	marshalled, err := json.Marshal(v)
	require.NoError(t, err)
	text += string(marshalled)
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "c", c, "v", v)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "c", c, "v", v)
	text += log.String()
	assert.NotContains(t, text, "canary")
	assert.NotContains(t, text, fmt.Sprintf("%x", "canary"))
	assert.Contains(t, text, transport.Hidden)
	assert.Equal(t, transport.Hidden, fmt.Sprint((*transport.Credentials)(nil)))
}
