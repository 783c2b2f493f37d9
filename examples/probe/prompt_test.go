package main

import (
	"bufio"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheEndOfTheInputIsNoAnswer(t *testing.T) {
	u := &user{in: bufio.NewReader(strings.NewReader("yes")), out: io.Discard}
	_, err := u.ask(t.Context(), "?")
	require.ErrorIs(t, err, io.EOF)
	ok, err := (&user{in: bufio.NewReader(strings.NewReader("")), out: io.Discard}).confirm(t.Context(), "?")
	require.NoError(t, err)
	assert.False(t, ok)
}
