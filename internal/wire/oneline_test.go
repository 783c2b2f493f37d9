package wire_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity/internal/wire"
)

func TestOneLine(t *testing.T) {
	for text, want := range map[string]string{
		"":                       "",
		" \n\x00\t":              "",
		"\x1b[31mred\u2028\r\nb": "[31mred   b",
		"Übergabe 12":            "Übergabe 12",
		"a\xffb":                 "a\uFFFDb",
	} {
		assert.Equal(t, want, wire.OneLine(text), "%q", text)
	}
	for _, long := range []string{strings.Repeat("a", 1<<20), strings.Repeat("日", 1<<20), strings.Repeat("\xff", 1<<20), "a" + strings.Repeat(" ", 1<<20) + "b"} {
		got := wire.OneLine(long)
		assert.LessOrEqual(t, len(got), 4<<10)
		assert.True(t, utf8.ValidString(got))
		assert.True(t, strings.HasSuffix(got, "…"))
	}
}
