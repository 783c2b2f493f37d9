package transport

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestClip(t *testing.T) {
	assert.Equal(t, "short", clip("short", 5))
	assert.Equal(t, "éé…", clip("ééééé", 8))
	assert.Equal(t, "a b c", printable(" a\n\tb\x00\u200bc\u202e "))
	assert.Equal(t, "a\uFFFD", printable("a\xff"))
}
