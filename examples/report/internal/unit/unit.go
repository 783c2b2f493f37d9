// Package unit chooses units, such as GB, in which numbers of different sizes can be compared.
package unit

import (
	"math"
	"strconv"
)

// Scale is a unit: Divisor is its size in the base unit.
type Scale struct {
	Name    string
	Divisor float64
}

// Bytes returns the unit in which largest, in bytes, has one to three digits before the point.
// Units are decimal: 1 GB is 10^9 bytes.
func Bytes(largest float64) Scale { return scale(largest, "bytes", "kB", "MB", "GB", "TB", "PB") }

// Bits returns the unit in which largest, in bits per second, has one to three digits before the
// point.
func Bits(largest float64) Scale {
	return scale(largest, "bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s")
}

func scale(largest float64, names ...string) Scale {
	divisor := 1.0
	for largest >= 1000*divisor && len(names) > 1 {
		divisor *= 1000
		names = names[1:]
	}
	return Scale{Name: names[0], Divisor: divisor}
}

// In converts a value from the base unit.
func (s Scale) In(value float64) float64 { return value / s.Divisor }

// Text converts a value from the base unit and formats it without the name of the unit: with three
// significant digits, or as a whole number if this is the base unit.
func (s Scale) Text(value float64) string {
	in := s.In(value)
	digits := 2
	switch {
	case s.Divisor == 1 || math.Abs(in) >= 100:
		digits = 0
	case math.Abs(in) >= 10:
		digits = 1
	}
	return strconv.FormatFloat(in, 'f', digits, 64)
}
