package main

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestShownWords(t *testing.T) {
	known := func(word string) bool { return word == "login" || word == "Admin events" }
	shown, hidden := shownWords([]string{"login", "new_kind", "login", "Admin events", "Jane Doe", "x@example.com", "1", "", "new_kind"}, known)
	assert.Equal(t, []string{"login", "Admin events", "new_kind"}, shown)
	assert.Equal(t, 4, hidden)

	many := []string{"login"}
	for i := range 21 {
		many = append(many, fmt.Sprintf("kind_%c", 'a'+i))
	}
	shown, hidden = shownWords(many, known)
	assert.Equal(t, []string{"login"}, shown, "too many to be words")
	assert.Equal(t, 21, hidden)
}
