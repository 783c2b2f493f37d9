package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// codeWord matches identifiers and names of protocols, which may begin with a capital.
var codeWord = regexp.MustCompile(`^(Collect with|Event calls|Windows and|[A-Z]\w*\.\w+|[A-Z]+[0-9]*|X-[A-Za-z-]+|[A-Z][a-z]+[A-Z]\w*)\b`)

// assertText checks that a text begins in lower case, and ends with a full stop only if it has
// several sentences.
func assertText(t *testing.T, text string) {
	t.Helper()
	if text[0] >= 'A' && text[0] <= 'Z' {
		assert.Regexp(t, codeWord, text)
	}
	assert.Equal(t, strings.Contains(text, ". "), strings.HasSuffix(text, "."), text)
}

// assertWording checks the form of a finding's texts.
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

func TestQuestionWording(t *testing.T) {
	for _, q := range allQuestions() {
		for _, text := range []string{q.unknown, q.why, q.method} {
			assertText(t, text)
			assert.False(t, strings.HasSuffix(text, "."), q.id)
		}
	}
}

func TestAnswerWording(t *testing.T) {
	for _, v := range vendors {
		for _, q := range v.fake().questions {
			t.Run(q.id, func(t *testing.T) { assertWording(t, answer(t, v.fake(), q.id)) })
		}
	}
}

func allQuestions() (all []question) {
	for _, v := range vendors {
		all = append(all, v.fake().questions...)
	}
	return all
}

func TestQuestionsAreComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, v := range vendors {
		s := v.fake()
		for _, q := range s.questions {
			assert.Regexp(t, `^`+v.name+`\.[a-z_]+$`, q.id)
			assert.False(t, seen[q.id], "%s twice", q.id)
			seen[q.id] = true
			assert.NotEmpty(t, q.unknown, q.id)
			assert.NotEmpty(t, q.why, q.id)
			assert.NotEmpty(t, q.method, q.id)
		}
	}
}

// The documentation names existing questions, and CONTRIBUTING.md has a row for each.
func TestQuestionsOfTheDocumentation(t *testing.T) {
	var ids, named []string
	for _, q := range allQuestions() {
		ids = append(ids, q.id)
	}
	mention := regexp.MustCompile(`\(probe: ([a-z_.,\s/]+)\)`)
	require.NoError(t, filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "question_test.go") {
			return err
		}
		data, err := os.ReadFile(path)
		for _, m := range mention.FindAllStringSubmatch(string(data), -1) {
			for id := range strings.SplitSeq(m[1], ",") {
				named = append(named, strings.Trim(id, " /\n\t"))
			}
		}
		return err
	}))
	require.Greater(t, len(named), 60)
	for _, id := range named {
		assert.Contains(t, ids, id)
	}
	for _, id := range ids {
		assert.Contains(t, named, id)
	}
	contributing, err := os.ReadFile("../../CONTRIBUTING.md")
	require.NoError(t, err)
	rows := regexp.MustCompile("(?m)^\\| `([a-z]+\\.[a-z_]+)` \\|").FindAllStringSubmatch(string(contributing), -1)
	var tabled []string
	for _, row := range rows {
		tabled = append(tabled, row[1])
	}
	slices.Sort(ids)
	slices.Sort(tabled)
	assert.Equal(t, ids, tabled)
}
