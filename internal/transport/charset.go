package transport

import (
	"bytes"
	"encoding/binary"
	"iter"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// inUTF8 converts a text to UTF-8 and removes a byte order mark. UTF-8 and UTF-16 are recognized by
// their first bytes. ISO-8859-1 and Windows-1252 have to be declared, and the text must not be
// valid UTF-8. A text in any other charset stays as it is. A result longer than limit may be cut,
// at any length above limit.
func inUTF8(body []byte, contentType string, limit int64) []byte {
	switch {
	case bytes.HasPrefix(body, []byte("\xef\xbb\xbf")):
		return body[3:]
	case bytes.HasPrefix(body, []byte("\xfe\xff")):
		return encoded(fromUTF16(body[2:], binary.BigEndian), limit)
	case bytes.HasPrefix(body, []byte("\xff\xfe")):
		return encoded(fromUTF16(body[2:], binary.LittleEndian), limit)
	case len(body) >= 2 && body[0] == 0 && body[1] != 0: // JSON begins with ASCII
		return encoded(fromUTF16(body, binary.BigEndian), limit)
	case len(body) >= 2 && body[0] != 0 && body[1] == 0:
		return encoded(fromUTF16(body, binary.LittleEndian), limit)
	}
	switch charset(contentType) {
	case "iso-8859-1", "latin1", "windows-1252", "cp1252":
		if !utf8.Valid(body) {
			return encoded(fromWindows1252(body), limit)
		}
	}
	return body
}

// charset returns the declared charset in lower case, even from a malformed content type.
func charset(contentType string) string {
	_, declared, _ := strings.Cut(strings.ToLower(contentType), "charset=")
	declared, _, _ = strings.Cut(declared, ";")
	return strings.Trim(declared, " \t\"'")
}

// fromUTF16 decodes UTF-16.
func fromUTF16(body []byte, order binary.ByteOrder) iter.Seq[rune] {
	return func(yield func(rune) bool) {
		rest := body
		for len(rest) >= 2 {
			r, size := rune(order.Uint16(rest)), 2
			if utf16.IsSurrogate(r) {
				low := rune(utf8.RuneError)
				if len(rest) >= 4 {
					low = rune(order.Uint16(rest[2:]))
				}
				if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
					size = 4
				}
			}
			if !yield(r) {
				return
			}
			rest = rest[size:]
		}
		if len(rest) == 1 { // half a character
			yield(utf8.RuneError)
		}
	}
}

// fromWindows1252 decodes Windows-1252, and ISO-8859-1, which only differs by control characters
// that no text uses.
func fromWindows1252(body []byte) iter.Seq[rune] {
	return func(yield func(rune) bool) {
		for _, b := range body {
			r := rune(b)
			if 0x80 <= b && b < 0xa0 {
				r = windows1252[b-0x80]
			}
			if !yield(r) {
				return
			}
		}
	}
}

// encoded returns characters in UTF-8, in a slice of the size that they need, which is at most a
// character longer than limit.
func encoded(characters iter.Seq[rune], limit int64) []byte {
	size := int64(0)
	for r := range characters {
		if size += int64(utf8.RuneLen(r)); size > limit {
			break
		}
	}
	text := make([]byte, 0, size)
	for r := range characters {
		if int64(len(text)) == size {
			break
		}
		text = utf8.AppendRune(text, r)
	}
	return text
}

// windows1252 holds the characters from 0x80 to 0x9f. Five are not assigned and stay control
// characters.
var windows1252 = [32]rune{
	'€', 0x81, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0x8d, 'Ž', 0x8f,
	0x90, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0x9d, 'ž', 'Ÿ',
}
