package wire

import (
	"strconv"
	"strings"
)

// The problems of a number that should be a whole number.
const (
	notANumber = "is not a number"
	notWhole   = "is not a whole number"
	tooLarge   = "does not fit 64 bits"
)

// parseInteger reads a whole number exactly, even if it is written with a fraction or an exponent,
// as in 12.0 and 1e3. It returns "" if there is no problem.
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

// parseExponent reads the exponent of a number. If it is out of range, parseExponent returns the
// nearest limit, with which the number fits 64 bits no better.
func parseExponent(text string) (int, bool) {
	digits, signed := strings.CutPrefix(text, "+")
	if !signed {
		digits = strings.TrimPrefix(text, "-")
	}
	if !isDigits(digits) {
		return 0, false
	}
	const limit = 1 << 30
	n, _ := strconv.ParseInt(text, 10, 64) // returns the nearest int64 if out of range
	return int(max(min(n, limit), -limit)), true
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
