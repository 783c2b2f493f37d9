package ndjson

import (
	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// appendEvent appends an event in a format as one line.
func appendEvent(lines []byte, e activity.Event, format store.Format) ([]byte, error) {
	data, err := format.Encode(e)
	if err != nil {
		return nil, err
	}
	return appendLine(lines, data), nil
}

// appendLine appends a record as one line of JSON. A record that is JSON keeps its bytes, except
// that line breaks become blanks.
func appendLine(lines, record []byte) []byte {
	begin := len(lines)
	lines = append(lines, store.JSON(record)...)
	for i, c := range lines[begin:] {
		if c == '\n' || c == '\r' {
			lines[begin+i] = ' '
		}
	}
	return append(lines, '\n')
}
