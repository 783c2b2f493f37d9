package jetstream

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

func TestCheckSubject(t *testing.T) {
	for _, good := range []string{"activity", "audit.prod", "a.b.c", "Ä-1_x", "a$"} {
		assert.NoError(t, checkSubject(good), good)
	}
	for bad, says := range map[string]string{
		"": "empty", ".": "empty", "a.": "empty", ".a": "empty", "a..b": "empty", "*": "wildcard", "a.*": "wildcard", "a.>": "wildcard", "a>b": "wildcard",
		"a b": "space", "a\tb": "space", "a\u00a0b": "space", "a\r\nb": "space", "a\x00": "control", "$JS": "reserves", "$KV.b": "reserves",
	} {
		err := checkSubject(bad)
		require.ErrorContains(t, err, says, bad)
		require.ErrorIs(t, err, store.ErrRefused, bad)
	}
}

func TestListens(t *testing.T) {
	tests := []struct {
		subjects []string
		wanted   string
		listens  bool
	}{
		{[]string{"activity.>"}, "activity.>", true},
		{[]string{"x", "activity.>"}, "activity.>", true},
		{[]string{">"}, "activity.>", true},
		{[]string{"activity.>"}, "activity.prod.>", true},
		{[]string{"*.>"}, "activity.>", true},
		{[]string{"*.prod.>"}, "activity.prod.>", true},
		{nil, "activity.>", false},
		{[]string{"activity"}, "activity.>", false},
		{[]string{"activity.*"}, "activity.>", false},
		{[]string{"activity.*.*.*"}, "activity.>", false}, // it would do, and nobody needs it
		{[]string{"activity.snaplogic.>"}, "activity.>", false},
		{[]string{"activity.prod.>"}, "activity.dev.>", false},
		{[]string{"activities.>"}, "activity.>", false},
		{[]string{"activity.*.>"}, "activity.>", false},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.listens, listens(tt.subjects, tt.wanted), "%v %s", tt.subjects, tt.wanted)
	}
}

func TestToken(t *testing.T) {
	for name, want := range map[string]string{
		"acme-1_X": "acme-1_X", "": "=", "=": "=3D", "acme.example.com": "acme=2Eexample=2Ecom", "*": "=2A", ">": "=3E", "ä b": "=C3=A4=20b",
		"\r\n\x00": "=0D=0A=00", "a/b": "a=2Fb",
	} {
		assert.Equal(t, want, token(name))
	}
}

func TestMessageID(t *testing.T) {
	assert.Equal(t, "v.t.f.a=2Eb", messageID("v.t.f", "a.b"))
	long := messageID("v.t.f", strings.Repeat("k", 500))
	assert.Regexp(t, `^v\.t\.f\.sha256:[0-9a-f]{64}$`, long)
	assert.NotEqual(t, long, messageID("v.t.f", strings.Repeat("k", 501)))
}

var valid = regexp.MustCompile(`^[-_=a-zA-Z0-9]+$`)

func FuzzToken(f *testing.F) {
	f.Add("", "=")
	f.Add("acme.example.com", "acme example com")
	f.Add("\xff", "ÿ")
	f.Fuzz(func(t *testing.T, a, b string) {
		assert.Regexp(t, valid, token(a))
		assert.Equal(t, a == b, token(a) == token(b))
		assert.Equal(t, a == b, messageID("f", a) == messageID("f", b))
	})
}
