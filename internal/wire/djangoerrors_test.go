package wire_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/internal/wire"
)

func TestDjangoErrors(t *testing.T) {
	for body, want := range map[string]map[string][]string{
		`{"date_from":["Enter a valid date.","Use UTC."],"page_size":"Too large."}`: {
			"date_from": {"Enter a valid date.", "Use UTC."}, "page_size": {"Too large."}},
		`{"a":{"b":["x"],"c":{"d":"y"}},"items":[{},{"name":["z"]},["w"]]}`: {
			"a.b": {"x"}, "a.c.d": {"y"}, "items.1.name": {"z"}, "items.2": {"w"}},
		`{"detail":"Not found.","inner":{"detail":["kept"]}}`: {"inner.detail": {"kept"}},
		`{"a":["x"],"a":["y"]}`:                               {"a": {"x", "y"}},
		`{"a":[1,null,true,"x",""],"b":5}`:                    {"a": {"x"}},
		`{"a\nb":[" x\u0000\ty "]}`:                           {"a\nb": {"x\u0000\ty"}},
		`{"a":["x"],"b":["y`:                                  {"a": {"x"}},
		`{"detail":"Invalid page."}`:                          nil,
		`{"a":[]}`:                                            nil,
		`{}`:                                                  nil,
		`[{"a":["x"]}]`:                                       nil,
		`"x"`:                                                 nil,
		`<html>`:                                              nil,
		``:                                                    nil,
		strings.Repeat(`{"a":`, 20) + `"deep"`:                nil,
	} {
		assert.Equal(t, want, wire.DjangoErrors([]byte(body)), body)
	}
}

func TestDjangoErrorsLimits(t *testing.T) {
	var members []string
	for i := range 100 {
		members = append(members, fmt.Sprintf(`"f%02d":["%s"]`, i, strings.Repeat("x", 600)))
	}
	messages := strings.Repeat(`"m",`, 20) + `"m"`
	got := wire.DjangoErrors([]byte(`{` + strings.Join(members, ",") + `,"f00":[` + messages + `]}`))
	require.Len(t, got, 64)
	assert.Len(t, got["f00"], 8)
	assert.Len(t, got["f63"][0], 600)
	assert.NotContains(t, got, "f64")
	for levels, want := range map[int]int{8: 1, 9: 0} {
		assert.Len(t, wire.DjangoErrors([]byte(strings.Repeat(`{"a":`, levels)+`"deep"`+strings.Repeat("}", levels))), want)
	}
}

func FuzzDjangoErrors(f *testing.F) {
	for _, seed := range []string{
		`{"date_from":["Enter a valid date."],"page_size":"x"}`, `{"detail":"Request was throttled. Expected available in 5 seconds."}`,
		`{"a":{"b":[{"c":["d"]}]}}`, `{"a":["x"],"a":{"":[""]}}`, `[`, `{"a":["b`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		fields := wire.DjangoErrors(body)
		checkFields(t, fields)
	})
}

// checkFields checks what ErrorText promises of the messages by parameter.
func checkFields(t *testing.T, fields map[string][]string) {
	require.LessOrEqual(t, len(fields), 64)
	if fields != nil {
		require.NotEmpty(t, fields)
	}
	for name, messages := range fields {
		checkText(t, name)
		require.NotEmpty(t, messages)
		require.LessOrEqual(t, len(messages), 8)
		for _, message := range messages {
			require.NotEmpty(t, message)
			checkText(t, message)
		}
	}
}
