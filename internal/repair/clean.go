package repair

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

// isClean reports whether no string of a body can have defects. It is faster than repair, and also
// returns false for some bodies without defects.
func isClean(body []byte) bool {
	body = bytes.Trim(body, " \t\r\n")
	const spaces, highest = 0x2020202020202020, 0x8080808080808080
	control, other := uint64(0), uint64(0) // the highest bit of each of eight bytes is set if one was found
	rest := body
	for ; len(rest) >= 8; rest = rest[8:] {
		eight := binary.LittleEndian.Uint64(rest)
		control |= (eight - spaces) &^ eight
		other |= eight
	}
	for _, c := range rest {
		control |= uint64(c-' ') &^ uint64(c)
		other |= uint64(c)
	}
	return control&highest == 0 && (other&highest == 0 || utf8.Valid(body)) && !hasSurrogates(body)
}

// hasSurrogates reports whether a body has escapes of surrogates, in pairs or alone.
func hasSurrogates(body []byte) bool {
	for {
		i := bytes.IndexByte(body, '\\')
		if i < 0 || len(body) < i+3 {
			return false
		}
		if body[i+1] == 'u' && body[i+2]|0x20 == 'd' {
			return true
		}
		body = body[i+2:]
	}
}
