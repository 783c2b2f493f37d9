package main

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestCountedWords(t *testing.T) {
	shown, hidden := countedWords([]string{"b", "a", "b", "Jane Doe", "x@example.com", "Jane Doe"}, noWord)
	assert.Equal(t, []string{"a (1)", "b (2)"}, shown)
	assert.Equal(t, 2, hidden)
	assert.Equal(t, "a (1), b (2), 2 others are not shown, since they do not look like words of the service", wordList(shown, hidden))
	shown, _ = countedWords([]string{"Jane Doe"}, anyWord)
	assert.Equal(t, "Jane Doe (1)", wordList(shown, 0))
	assert.Equal(t, "1 other is not shown, since it does not look like a word of the service", wordList(nil, 1))
	assert.Equal(t, "none", wordList(nil, 0))
}

// codeWord is a name of code or of a protocol, which keeps its own letters.
var codeWord = regexp.MustCompile(`^(Collect of|Event calls|Windows and|[A-Z]\w*\.\w+|[A-Z]+[0-9]*|X-[A-Za-z-]+|[A-Z][a-z]+[A-Z]\w*)\b`)

// assertText checks a text that is no sentence: it begins in lower case, and only several sentences
// end with a full stop.
func assertText(t *testing.T, text string) {
	t.Helper()
	if text[0] >= 'A' && text[0] <= 'Z' {
		assert.Regexp(t, codeWord, text)
	}
	assert.Equal(t, strings.Contains(text, ". "), strings.HasSuffix(text, "."), text)
}

// assertWording checks how an answer and what follows are written.
func assertWording(t *testing.T, f finding) {
	t.Helper()
	assertText(t, f.answer)
	if f.follows != "" {
		assert.Regexp(t, `^[A-Z0-9].*\.$`, f.follows)
	}
	for _, text := range []string{f.answer, f.follows} {
		assert.NotRegexp(t, `\b1 (activities|rows|events|weeks|days|transfers|members|types|levels|names|pages)\b|[^.]\b1 times\b|\d\.\d+s\b|m0s\b|\(s\)`, text)
	}
}

func TestQuestionsAreWorded(t *testing.T) {
	for _, q := range allQuestions() {
		for _, text := range []string{q.unknown, q.why, q.asked} {
			assertText(t, text)
			assert.False(t, strings.HasSuffix(text, "."), q.id)
		}
	}
}

func TestAnswersAreWorded(t *testing.T) {
	for _, v := range vendors {
		for _, q := range v.fake().questions {
			t.Run(q.id, func(t *testing.T) { assertWording(t, answer(t, v.fake(), q.id)) })
		}
	}
}

func TestSpan(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"0s": 0, "1.5ms": 1500 * time.Microsecond, "5s": 5*time.Second + 287292, "1m": time.Minute, "1m5s": 65 * time.Second, "5h30m": 5*time.Hour + 30*time.Minute,
		"12h": 12 * time.Hour, "37 days": 894*time.Hour + 47*time.Minute, "-3 days": -72 * time.Hour, "-4h": -4 * time.Hour, "24h": 24 * time.Hour,
	} {
		assert.Equal(t, want, span(d))
	}
	for want, d := range map[string]time.Duration{
		"6s": 5 * time.Second, "1h": 59*time.Minute + 59*time.Second, "3h1m": 3*time.Hour + time.Second, "38 days": 894*time.Hour + 47*time.Minute,
	} {
		assert.Equal(t, want, spanAbove(d))
	}
}
