package transport

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// inUTF8 returns a text in UTF-8 and without a byte order mark, from the charset that it is in. Its
// first bytes say so if that is UTF-8 or UTF-16; a charset of single bytes has to be declared, and
// is believed only if the text is not UTF-8 after all. A text in any other charset stays as it is.
// What becomes longer than limit may be cut behind it.
func inUTF8(body []byte, contentType string, limit int64) []byte {
	switch {
	case bytes.HasPrefix(body, []byte("\xef\xbb\xbf")):
		return body[3:]
	case bytes.HasPrefix(body, []byte("\xfe\xff")):
		return fromUTF16(body[2:], binary.BigEndian)
	case bytes.HasPrefix(body, []byte("\xff\xfe")):
		return fromUTF16(body[2:], binary.LittleEndian)
	case len(body) >= 2 && body[0] == 0 && body[1] != 0: // JSON begins with ASCII
		return fromUTF16(body, binary.BigEndian)
	case len(body) >= 2 && body[0] != 0 && body[1] == 0:
		return fromUTF16(body, binary.LittleEndian)
	}
	switch charset(contentType) {
	case "iso-8859-1", "latin1", "windows-1252", "cp1252":
		if !utf8.Valid(body) {
			return fromWindows1252(body, limit)
		}
	}
	return body
}

// charset returns the declared charset in lower case, also out of a content type that is not well
// written.
func charset(contentType string) string {
	_, declared, _ := strings.Cut(strings.ToLower(contentType), "charset=")
	declared, _, _ = strings.Cut(declared, ";")
	return strings.Trim(declared, " \t\"'")
}

// fromUTF16 returns a text that is at most half as long again.
func fromUTF16(body []byte, order binary.ByteOrder) []byte {
	text := make([]byte, 0, len(body)/2+utf8.UTFMax)
	for len(body) >= 2 {
		r, size := rune(order.Uint16(body)), 2
		if utf16.IsSurrogate(r) {
			low := rune(utf8.RuneError)
			if len(body) >= 4 {
				low = rune(order.Uint16(body[2:]))
			}
			if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
				size = 4
			}
		}
		text, body = utf8.AppendRune(text, r), body[size:]
	}
	if len(body) == 1 { // half a character
		text = utf8.AppendRune(text, utf8.RuneError)
	}
	return text
}

// fromWindows1252 also reads ISO-8859-1, which has control characters where Windows has letters,
// and in practice means the same.
func fromWindows1252(body []byte, limit int64) []byte {
	text := make([]byte, 0, len(body)+len(body)/8)
	for _, b := range body {
		if int64(len(text)) > limit {
			break
		}
		r := rune(b)
		if 0x80 <= b && b < 0xa0 {
			r = windows1252[b-0x80]
		}
		text = utf8.AppendRune(text, r)
	}
	return text
}

// windows1252 are the characters from 0x80 to 0x9f. Five of them are not assigned, and stay control
// characters.
var windows1252 = [32]rune{
	'€', 0x81, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0x8d, 'Ž', 0x8f,
	0x90, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0x9d, 'ž', 'Ÿ',
}
