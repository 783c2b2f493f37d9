package config

import "fmt"

// Format is what is published of a record.
type Format string

// The formats. "" is Raw.
const (
	Raw  Format = "raw"  // the vendor's record, as it was sent
	OCSF Format = "ocsf" // an event of the Open Cybersecurity Schema Framework 1.8.0
)

// MarshalText returns the name.
func (f Format) MarshalText() ([]byte, error) { return []byte(f), nil }

// UnmarshalText reads a name.
func (f *Format) UnmarshalText(text []byte) error {
	switch name := Format(text); name {
	case "", Raw, OCSF:
		*f = name
		return nil
	}
	return fmt.Errorf("%q is no format: raw or ocsf", text)
}
