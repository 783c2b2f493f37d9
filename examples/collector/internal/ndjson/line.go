package ndjson

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// appendEvent appends an event in a format as one line.
func appendEvent(lines []byte, e activity.Event, format store.Format) ([]byte, error) {
	switch {
	case format != store.Event:
	case len(e.Raw) == 0:
		e.Raw = nil
	default:
		e.Raw = valid(e.Raw) // an event with a record that is no JSON cannot be encoded
	}
	data, err := format.Encode(e)
	if err != nil {
		return nil, err
	}
	return appendLine(lines, data), nil
}

// appendLine appends a record as one line of JSON. A record that is JSON keeps its meaning, and its
// bytes except line breaks, which are blanks there.
func appendLine(lines, record []byte) []byte {
	begin := len(lines)
	lines = append(lines, valid(record)...)
	for i, c := range lines[begin:] {
		if c == '\n' || c == '\r' {
			lines[begin+i] = ' '
		}
	}
	return append(lines, '\n')
}

// valid returns a record itself if it is JSON in UTF-8, or else as JSON that says the same.
func valid(record []byte) []byte {
	if utf8.Valid(record) && json.Valid(record) {
		return record
	}
	if repaired := repair(record); json.Valid(repaired) {
		return repaired
	}
	text, _ := json.Marshal(string(decode(record))) // a string has no reason to fail
	return text
}

// decode returns UTF-8, in which bytes that were not are the characters of ISO 8859-1.
func decode(record []byte) []byte {
	out := make([]byte, 0, len(record)+utf8.UTFMax)
	for len(record) > 0 {
		r, size := utf8.DecodeRune(record)
		if r == utf8.RuneError && size == 1 {
			r = rune(record[0])
		}
		out = utf8.AppendRune(out, r)
		record = record[size:]
	}
	return out
}

// repair returns a record in UTF-8, with the control characters in its strings escaped.
func repair(record []byte) []byte {
	record = decode(record)
	out := make([]byte, 0, len(record))
	within, escaped := false, false
	for _, c := range record {
		switch {
		case within && c < ' ' && escaped: // a backslash that escapes nothing stands for itself
			out = fmt.Appendf(out, `\\u%04x`, c)
		case within && c < ' ':
			out = fmt.Appendf(out, `\u%04x`, c)
		default:
			out = append(out, c)
		}
		if c == '"' && !escaped {
			within = !within
		}
		escaped = within && c == '\\' && !escaped
	}
	return out
}
