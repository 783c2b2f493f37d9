package main

import (
	"bufio"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPromptAtEndOfInput(t *testing.T) {
	p := &prompt{in: bufio.NewReader(strings.NewReader("yes")), out: io.Discard}
	_, err := p.readLine(t.Context(), "?")
	require.ErrorIs(t, err, io.EOF)
	ok, err := (&prompt{in: bufio.NewReader(strings.NewReader("")), out: io.Discard}).confirm(t.Context(), "?")
	require.NoError(t, err)
	assert.False(t, ok)
}
