package repair

import (
	"encoding/binary"
	"encoding/hex"
	"unicode/utf16"
	"unicode/utf8"
)

// safe has the ASCII characters that have no special meaning in a string.
var safe = func() (is [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		is[c] = c != '"' && c != '\\'
	}
	return is
}()

// startsInvalid reports whether the first byte is not allowed in a string.
func startsInvalid(rest []byte) bool {
	if len(rest) == 0 {
		return false
	}
	r, size := utf8.DecodeRune(rest)
	return r < ' ' || r == utf8.RuneError && size == 1
}

// escape returns the size of the escape at the beginning, and whether it is half a surrogate pair.
func escape(rest []byte) (size int, half bool) {
	r := escaped(rest)
	switch {
	case r < 0:
		return min(2, len(rest)), false
	case !utf16.IsSurrogate(r):
		return 6, false
	case utf16.DecodeRune(r, escaped(rest[6:])) != utf8.RuneError:
		return 12, false
	default:
		return 6, true
	}
}

// escaped returns the code unit of an escape \uXXXX at the beginning, or -1 if there is none.
func escaped(rest []byte) rune {
	if len(rest) < 6 || rest[0] != '\\' || rest[1] != 'u' {
		return -1
	}
	var unit [2]byte
	if _, err := hex.Decode(unit[:], rest[2:6]); err != nil {
		return -1
	}
	return rune(binary.BigEndian.Uint16(unit[:]))
}

// inWindows1252 returns the character of a byte from 0x80 on. Five bytes have no character; they
// become the control characters of Latin-1.
func inWindows1252(c byte) rune {
	if c < 0xa0 {
		return notLatin1[c-0x80]
	}
	return rune(c)
}

var notLatin1 = []rune("€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ") // from 0x80 on
