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
// Otherwise it returns what an event makes of it: see [activity.Event.MarshalJSON].
func JSON(record []byte) []byte {
	switch {
	case len(record) == 0:
		return []byte(`""`)
	case utf8.Valid(record) && json.Valid(record):
		return record
	}
	var event struct{ Raw json.RawMessage }
	text, _ := activity.Event{Raw: record}.MarshalJSON() // fails only for times
	_ = json.Unmarshal(text, &event)
	return event.Raw
}
