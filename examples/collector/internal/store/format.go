package store

import (
	"encoding/json"
	"fmt"

	"github.com/activity-sdk/activity"
)

// Format is the form in which a record is published.
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
		// A record that is no JSON would keep its event from being encoded.
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
