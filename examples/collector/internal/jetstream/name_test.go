package jetstream

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

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
