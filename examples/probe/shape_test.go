package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestShapes(t *testing.T) {
	for name, tt := range map[string]struct{ body, shape string }{
		"empty":    {``, `"empty"`},
		"no JSON":  {`<html>`, `"no JSON"`},
		"kinds":    {`{"a":1,"b":1.5,"c":"x","d":"","e":"17","f":true,"g":null}`, `{"a":"integer","b":"number","c":"string","d":"empty string","e":"string of digits","f":"boolean","g":"null"}`},
		"times":    {`["2026-01-02T03:04:05Z","2026-01-02T03:04:05.123+01:00","2026-01-02T03:04:05","May 18, 2018 10:40:00 AM"]`, `{"each":["time, 0 digits of a second, Z","time, 0 digits of a second, no zone","time, 3 digits of a second, an offset","time, as Jan 2, 2006 3:04:05 PM"],"items":4}`},
		"rows":     {`{"rows":[{"id":1,"x":{}},{"id":"2"}]}`, `{"rows":{"each":{"id":["integer","string of digits"],"x":{}},"items":2}}`},
		"people":   {`[{"by":{"ada":1}},{"by":{"grace_hopper":1}},{"by":{"alan":2}}]`, `{"each":{"by":{"…":"3 other members"}},"items":3}`},
		"names":    {`{"Ada Okafor":1,"ada@example.com":2,"ok":3}`, `{"ok":"integer","…":"2 other members"}`},
		"name":     {`{"Ada Okafor":1,"ok":3}`, `{"ok":"integer","…":"1 other member"}`},
		"items":    {`[{"items":"x"},[1]]`, `{"each":[{"items":"string"},{"each":"integer","items":1}],"items":2}`},
		"two":      {`{"a":1}{"b":2}`, `{"and":"more after it","first value":{"a":"integer"}}`},
		"fraction": {`"2026-01-02T03:04:05.` + strings.Repeat("1", 5000) + `Z"`, `"string"`},
	} {
		t.Run(name, func(t *testing.T) {
			data, err := json.Marshal(shapeOf([]byte(tt.body)))
			require.NoError(t, err)
			assert.JSONEq(t, tt.shape, string(data))
		})
	}
	many := `[` + strings.Repeat(`{"a":{"b":{"c":{"d":[{"e":1}]}}},`+members(500)+`},`, 50) + `{}]`
	data, err := json.Marshal(shapeOf([]byte(many)))
	require.NoError(t, err)
	assert.Less(t, len(data), 20_000)
	assert.Equal(t, data, must(json.Marshal(shapeOf([]byte(many)))), "the same each time")
}

func members(n int) string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf(`"%c%c%c":{"x":1}`, 'a'+i%26, 'a'+i/26%26, 'z'))
	}
	return strings.Join(all, ",")
}

func must(data []byte, _ error) []byte { return data }

func TestHeaderNames(t *testing.T) {
	assert.Equal(t, []string{"Date", "X-Ratelimit-Remaining"}, headerNames(http.Header{"Date": {"x"}, "X-Ratelimit-Jane-Doe": {"x"}, "Content-Acme": {"x"}, "X-Ratelimit-Remaining": {"1"}}))
}
