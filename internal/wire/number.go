package wire

import (
	"strconv"
	"strings"
)

// What can be wrong with a number that should be a whole one.
const (
	notANumber = "is not a number"
	notWhole   = "is not a whole number"
	tooLarge   = "does not fit 64 bits"
)

// parseInteger reads a whole number exactly, also when it is written with a fraction or an
// exponent, as 12.0 and 1e3 are. The problem is "" if there is none.
func parseInteger(text string) (n int64, problem string) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, ""
	}
	mantissa, power, hasPower := strings.Cut(strings.ToLower(text), "e")
	digits, negative := strings.CutPrefix(mantissa, "-")
	whole, fraction, hasPoint := strings.Cut(digits, ".")
	if !isDigits(whole) || hasPoint && !isDigits(fraction) {
		return 0, notANumber
	}
	exponent := 0
	if hasPower {
		var ok bool
		if exponent, ok = parseExponent(power); !ok {
			return 0, notANumber
		}
	}

	// The number is 0.digits times ten to the power of point.
	digits = whole + fraction
	point := len(whole) + exponent
	significant := strings.TrimLeft(digits, "0")
	point -= len(digits) - len(significant)
	significant = strings.TrimRight(significant, "0")
	const maxDigits = 19 // of an int64
	switch {
	case significant == "":
		return 0, ""
	case point < len(significant):
		return 0, notWhole
	case point > maxDigits:
		return 0, tooLarge
	}
	significant += strings.Repeat("0", point-len(significant))
	if negative {
		significant = "-" + significant
	}
	n, err := strconv.ParseInt(significant, 10, 64)
	if err != nil {
		return 0, tooLarge
	}
	return n, ""
}

// parseExponent reads the exponent of a number. One that is too large gives the nearest that is
// not: it decides as much.
func parseExponent(text string) (int, bool) {
	digits, signed := strings.CutPrefix(text, "+")
	if !signed {
		digits = strings.TrimPrefix(text, "-")
	}
	if !isDigits(digits) {
		return 0, false
	}
	const limit = 1 << 30
	n, _ := strconv.ParseInt(text, 10, 64) // out of range gives the nearest
	return int(max(min(n, limit), -limit)), true
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
