// Package unit chooses the unit in which figures of very different sizes can be read side by side.
package unit

import (
	"math"
	"strconv"
)

// Scale is a unit and how much of the base unit it stands for.
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

// In returns a figure of the base unit in this one.
func (s Scale) In(value float64) float64 { return value / s.Divisor }

// Text writes a figure of the base unit in this one, without the unit's name: three digits that
// count, whole numbers of the base unit.
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
