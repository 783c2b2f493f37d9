package config

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// Duration is a time.Duration, written with its unit, such as 5m or 1h30m.
type Duration time.Duration

// UnmarshalText reads a duration.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	if err != nil {
		if _, bare := strconv.ParseFloat(string(text), 64); bare == nil {
			return fmt.Errorf("%s has no unit: write %[1]ss, %[1]sm or %[1]sh", text)
		}
		return errors.New("want a duration with its unit, such as 30s, 5m or 1h30m")
	}
	*d = Duration(parsed)
	return nil
}

// Set implements flag.Value.
func (d *Duration) Set(text string) error { return d.UnmarshalText([]byte(text)) }

func (d *Duration) String() string { return time.Duration(*d).String() }

// UnmarshalYAML reads the same texts as UnmarshalText.
func (d *Duration) UnmarshalYAML(node ast.Node) error { return scalar(node, d.UnmarshalText) }

// Zone is a time zone, written as its name in the IANA database, such as Europe/Berlin. The zero
// Zone is UTC.
type Zone struct{ *time.Location }

// UnmarshalText reads a name.
func (z *Zone) UnmarshalText(text []byte) error {
	location, err := time.LoadLocation(string(text))
	if err != nil {
		return fmt.Errorf("%q is not a time zone: write its name, such as Europe/Berlin", text)
	}
	z.Location = location
	return nil
}

// UnmarshalYAML reads the same texts as UnmarshalText.
func (z *Zone) UnmarshalYAML(node ast.Node) error { return scalar(node, z.UnmarshalText) }

// UnmarshalYAML reads the same texts as UnmarshalText.
func (s *Secret) UnmarshalYAML(node ast.Node) error { return scalar(node, s.UnmarshalText) }

// UnmarshalYAML reads the same texts as UnmarshalText.
func (a *Address) UnmarshalYAML(node ast.Node) error { return scalar(node, a.UnmarshalText) }

// UnmarshalYAML reads the same texts as UnmarshalText.
func (s *Since) UnmarshalYAML(node ast.Node) error { return scalar(node, s.UnmarshalText) }

// scalar reads a scalar. Its errors name the line and column, and do not quote the text.
func scalar(node ast.Node, read func(text []byte) error) error {
	at := node.GetToken().Position
	text, ok := node.(ast.ScalarNode)
	err := errors.New("want a text here")
	if ok {
		err = read([]byte(text.GetToken().Value))
	}
	if err != nil {
		return fmt.Errorf("[%d:%d] %w", at.Line, at.Column, err)
	}
	return nil
}
