package transport

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestClip(t *testing.T) {
	assert.Equal(t, "short", clip("short", 5))
	assert.Equal(t, "éé…", clip("ééééé", 8))
	assert.Equal(t, "a b c", printable(" a\n\tb\x00\u200bc\u202e "))
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
