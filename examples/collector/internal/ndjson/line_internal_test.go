package ndjson

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

var records = map[string]struct{ record, line string }{
	"as sent":                  {"{ \"a\" :\t1e0, \"b\":\"\\u0026 日本\\n\", \"n\":9007199254740993 }", "{ \"a\" :\t1e0, \"b\":\"\\u0026 日本\\n\", \"n\":9007199254740993 }"},
	"line breaks":              {"{\n  \"a\":\r\n1\n}\n", `{   "a":  1 } `},
	"a line separator":         {"{\"a\":\"\u2028\u0085\"}", "{\"a\":\"\u2028\u0085\"}"},
	"control characters":       {"{\"a\n\":\"x\t\r\n\x00\x1f\",\n\"b\":1}", `{"a\u000a":"x\u0009\u000d\u000a\u0000\u001f","b":1}`},
	"after an escape":          {"{\"a\":\"\\\\\n\\\"\n\"}", `{"a":"\\\u000a\"\u000a"}`},
	"not UTF-8":                {"{\"a\":\"Zo\xeb\xff\x80é\"}", "{\"a\":\"Zoëÿ€é\"}"},
	"both":                     {"{\"a\":\"Zo\xeb\n\"}", `{"a":"Zoë\u000a"}`},
	"an escaped control":       {"{\"a\":\"\\\n\"}", `{"a":"\\\u000a"}`},
	"no JSON":                  {"a\r\nb", `"a\r\nb"`},
	"no JSON and not UTF-8":    {"\xff\x00", "\"\ufffd\\u0000\""},
	"no JSON and a cut letter": {"a\xe2\x82(", "\"a\ufffd\ufffd(\""},
	"two values":               {"1\n2", `"1\n2"`},
	"empty":                    {"", `""`},
	"blanks":                   {" \n", `" \n"`},
	"cut":                      {"{\"a\":\"\n", `"{\"a\":\"\n"`},
	"a mark of the byte order": {"\ufeff{}", "\"\ufeff{}\""},
	"a string":                 {`"x"`, `"x"`},
	"nested too deeply":        {strings.Repeat("[", 20_000) + "\n" + strings.Repeat("]", 20_000), `"` + strings.Repeat("[", 20_000) + `\n` + strings.Repeat("]", 20_000) + `"`},
}

func TestAppendLine(t *testing.T) {
	for name, tt := range records {
		t.Run(name, func(t *testing.T) {
			record := []byte(tt.record)
			assert.Equal(t, "before\n"+tt.line+"\n", string(appendLine([]byte("before\n"), record)))
			assert.Equal(t, tt.record, string(record), "the record was changed")
		})
	}
}

func TestAppendEvent(t *testing.T) {
	for name, tt := range records {
		t.Run(name, func(t *testing.T) {
			line, err := appendEvent(nil, activity.Event{Key: "k", Raw: []byte(tt.record)}, store.Event)
			require.NoError(t, err)
			oneLine(t, line)
			var e activity.Event
			require.NoError(t, json.Unmarshal(line, &e))
			assert.Equal(t, "k", e.Key)
			assert.Equal(t, tt.record == "", e.Raw == nil)
		})
	}
	_, err := appendEvent(nil, activity.Event{Key: "k", Raw: []byte{}}, store.Event)
	require.NoError(t, err)
}

func oneLine(t *testing.T, line []byte) {
	t.Helper()
	require.Equal(t, len(line)-1, bytes.IndexAny(line, "\r\n"))
	require.Equal(t, byte('\n'), line[len(line)-1])
	require.True(t, json.Valid(line))
	require.True(t, utf8.Valid(line))
}

func compact(t *testing.T, data []byte) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, json.Compact(&out, data))
	return out.String()
}

func FuzzAppendLine(f *testing.F) {
	for _, tt := range records {
		if len(tt.record) < 1000 {
			f.Add([]byte(tt.record))
		}
	}
	f.Fuzz(func(t *testing.T, record []byte) {
		before := bytes.Clone(record)
		line := appendLine(nil, record)
		require.Equal(t, before, record)
		oneLine(t, line)
		if json.Valid(record) && utf8.Valid(record) {
			require.Equal(t, compact(t, record), compact(t, line))
			require.Len(t, line, len(record)+1)
		}
		event, err := appendEvent(nil, activity.Event{Key: "k", Raw: record}, store.Event)
		require.NoError(t, err)
		oneLine(t, event)
		ocsf, err := appendEvent(nil, activity.Event{Key: "k", Raw: record}, store.OCSF)
		require.NoError(t, err)
		oneLine(t, ocsf)
	})
}
