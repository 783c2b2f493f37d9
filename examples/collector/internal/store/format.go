package store

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/activity-sdk/activity"
)

// Format is the form of a published record.
type Format string

// The formats. "" is Raw.
const (
	Raw   Format = "raw"   // the vendor's record, byte for byte as it was sent
	Event Format = "event" // an activity.Event, with the vendor's record in it
	OCSF  Format = "ocsf"  // an event of the Open Cybersecurity Schema Framework 1.8.0
)

// Encode returns an event in the format, as JSON. Its errors name the event's key.
func (f Format) Encode(e activity.Event) ([]byte, error) {
	var data []byte
	var err error
	switch f {
	case OCSF:
		data, err = e.OCSF()
	case Event:
		// An event whose record is not JSON could not be encoded.
		if len(e.Raw) > 0 {
			e.Raw = JSON(e.Raw)
		} else {
			e.Raw = nil
		}
		data, err = json.Marshal(e)
	default:
		return e.Raw, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the event %s as %s: %w", e.Key, f, err)
	}
	return data, nil
}

// MarshalText returns the name.
func (f Format) MarshalText() ([]byte, error) { return []byte(f), nil }

// UnmarshalText reads a name.
func (f *Format) UnmarshalText(text []byte) error {
	switch name := Format(text); name {
	case "", Raw, Event, OCSF:
		*f = name
		return nil
	}
	return fmt.Errorf("%q is not a format: want raw, event or ocsf", text)
}

// JSON returns a record as JSON in UTF-8. It returns a record that is such JSON without a change.
// Otherwise it escapes control characters in strings, and reads bytes that are not UTF-8 as ISO
// 8859-1. It returns a record that is still not JSON as one JSON string.
func JSON(record []byte) []byte {
	if utf8.Valid(record) && json.Valid(record) {
		return record
	}
	if repaired := repair(record); json.Valid(repaired) {
		return repaired
	}
	text, _ := json.Marshal(string(decode(record))) // cannot fail for a string
	return text
}

// decode returns the record in UTF-8. It reads bytes that are not UTF-8 as ISO 8859-1.
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
