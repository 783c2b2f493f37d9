package transport

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRedactor(t *testing.T) {
	const secret = `s3cr&t "ké<y>/+`
	quoted, err := json.Marshal(secret)
	require.NoError(t, err)
	r := newRedactor([]string{"", secret, "s3cr"})
	for _, form := range []string{
		secret, url.QueryEscape(secret), strings.ToLower(url.QueryEscape(secret)), url.PathEscape(secret), strings.Trim(string(quoted), `"`),
		base64.StdEncoding.EncodeToString([]byte(secret)), base64.RawURLEncoding.EncodeToString([]byte(secret)),
		fmt.Sprintf("%x", secret), "s3cr",
	} {
		assert.Equal(t, "a [redacted] b", r.text("a "+form+" b"), form)
	}
	assert.Equal(t, "nothing here", newRedactor(nil).text("nothing here"))
}

func TestRedactorCutsAfterRemoving(t *testing.T) {
	const secret = "0123456789abcdef0123456789abcdef"
	r := newRedactor([]string{secret})
	for pad := range 80 { // wherever the secret lies across the cut
		body := strings.Repeat("x", pad) + secret + strings.Repeat(secret, 20)
		for _, limit := range []int{16, 40, 64} {
			head := string(r.head([]byte(body), limit))
			assert.LessOrEqual(t, len(head), limit)
			assert.NotContains(t, head, secret[:6], "pad %d, limit %d", pad, limit)
		}
	}
	assert.Equal(t, "short", string(r.head([]byte("short"), 64)))
}

func TestClip(t *testing.T) {
	assert.Equal(t, "short", clip("short", 5))
	assert.Equal(t, "éé…", clip("ééééé", 8))
	assert.Equal(t, "a b c", printable(" a\nb\x00c\u202e "))
	assert.Equal(t, "a\uFFFD", printable("a\xff"))
}

func TestCredentialsHaveNoTextForm(t *testing.T) {
	type users struct {
		Shown  *Credentials
		hidden *Credentials
	}
	c := Static(Bearer(), "canary")
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
	assert.Contains(t, text, Hidden)
	assert.Equal(t, Hidden, fmt.Sprint((*Credentials)(nil)))
}
