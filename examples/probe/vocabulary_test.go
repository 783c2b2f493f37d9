package main

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestCountWords(t *testing.T) {
	shown, hidden := countWords([]string{"b", "a", "b", "Jane Doe", "x@example.com", "Jane Doe"}, noWord)
	assert.Equal(t, []string{"a (1)", "b (2)"}, shown)
	assert.Equal(t, 2, hidden)
	assert.Equal(t, "a (1), b (2), 2 others are not shown, since they do not look like words of the service", joinWords(shown, hidden))
	shown, _ = countWords([]string{"Jane Doe"}, anyWord)
	assert.Equal(t, "Jane Doe (1)", joinWords(shown, 0))
	assert.Equal(t, "1 other is not shown, since it does not look like a word of the service", joinWords(nil, 1))
	assert.Equal(t, "none", joinWords(nil, 0))
}

func TestReportableWords(t *testing.T) {
	known := func(word string) bool { return word == "login" || word == "Admin events" }
	shown, hidden := reportableWords([]string{"login", "new_kind", "login", "Admin events", "Jane Doe", "x@example.com", "1", "", "new_kind"}, known)
	assert.Equal(t, []string{"login", "Admin events", "new_kind"}, shown)
	assert.Equal(t, 4, hidden)

	many := []string{"login"}
	for i := range 21 {
		many = append(many, fmt.Sprintf("kind_%c", 'a'+i))
	}
	shown, hidden = reportableWords(many, known)
	assert.Equal(t, []string{"login"}, shown, "too many to be words")
	assert.Equal(t, 21, hidden)
}
