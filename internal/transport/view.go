package transport

import (
	"html"
	"iter"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
)

// view is a text after some of its escapes were decoded.
type view struct {
	text string
	// of is the text with the escapes; nil for the source itself. Byte i of the view was decoded
	// from of.text[from[i]:to[i]]: an escape, or a single byte.
	of       *view
	from, to []int32
}

// source returns where in the source a part of the view is. The part must not be empty.
func (v *view) source(from, to int) (int, int) {
	for ; v.of != nil; v = v.of {
		from, to = int(v.from[from]), int(v.to[to-1])
	}
	return from, to
}

// decodedFrom reports whether what a byte of the view was decoded from fits, in any of the texts
// between the view and its source.
func (v *view) decodedFrom(at int, fits func(text string, from, to int) bool) bool {
	for from, to := at, at+1; v.of != nil; v = v.of {
		from, to = int(v.from[from]), int(v.to[to-1])
		if fits(v.of.text, from, to) {
			return true
		}
	}
	return false
}

// The first bytes of the escapes that a view decodes: %2F; the escapes of JSON and of Go; entities
// of HTML. A zero byte is removed.
const (
	percents  = "%"
	backslash = `\`
	entities  = "&"
	escapes   = percents + backslash + entities
	zeros     = "\x00"
)

// decoded returns a view of the view, in which the escapes that begin with one of first are
// decoded.
func (v *view) decoded(first string) *view {
	if !strings.ContainsAny(v.text, first) {
		return v
	}
	text := make([]byte, 0, len(v.text))
	d := &view{of: v, from: make([]int32, 0, len(v.text)), to: make([]int32, 0, len(v.text))}
	for i := 0; i < len(v.text); {
		means, n := unescape(v.text[i:], first)
		text = append(text, means...)
		for range len(means) {
			d.from, d.to = append(d.from, int32(i)), append(d.to, int32(i+n)) //nolint:gosec // a text has at most maxSource bytes
		}
		i += n
	}
	d.text = string(text)
	return d
}

// views returns a text as it is, decoded once, twice and so on, until it does not change or there
// are maxViews. If it may be UTF-16, the same follows without the zero bytes between the letters.
func views(s string) iter.Seq[*view] {
	return func(yield func(*view) bool) {
		first, holdsZeros := escapes, false
		for {
			v := &view{text: s}
			for range maxViews {
				if !yield(v) {
					return
				}
				holdsZeros = holdsZeros || strings.Contains(v.text, zeros)
				decoded := v.decoded(first)
				if decoded.text == v.text {
					break
				}
				v = decoded
			}
			if !holdsZeros || first != escapes {
				return
			}
			first += zeros
		}
	}
}

// unescape returns what the first n bytes of a text mean: one escape, or a byte that begins none.
func unescape(s, first string) (means string, n int) {
	if strings.IndexByte(first, s[0]) >= 0 {
		switch s[0] {
		case 0:
			return "", 1
		case '%':
			if b, ok := hexadecimal(s, 1, 2); ok {
				return string([]byte{byte(b)}), 3 //nolint:gosec // two digits
			}
		case '\\':
			if means, n = unquote(s); n > 0 {
				return means, n
			}
		case '&':
			end := strings.IndexFunc(s[1:min(len(s), longestEntity)], func(c rune) bool { return c != '#' && !isAlphanumeric(c) })
			if end > 0 && s[1+end] == ';' {
				if means = html.UnescapeString(s[:end+2]); means != s[:end+2] {
					return means, end + 2
				}
			}
		}
	}
	return s[:1], 1
}

// longestEntity is enough for every name of HTML, and for a number with many leading zeros.
const longestEntity = 64

func isAlphanumeric(c rune) bool {
	return c <= unicode.MaxASCII && (unicode.IsLetter(c) || unicode.IsDigit(c))
}

// unquote is unescape for a text that begins with a backslash; n is 0 if that is no escape.
func unquote(s string) (means string, n int) {
	if len(s) < 2 {
		return "", 0
	}
	switch s[1] {
	case 'x':
		if b, ok := hexadecimal(s, 2, 2); ok {
			return string([]byte{byte(b)}), 4 //nolint:gosec // two digits
		}
	case 'U':
		if r, ok := hexadecimal(s, 2, 8); ok && r <= unicode.MaxRune {
			return string(r), 10
		}
	case 'u':
		r, ok := hexadecimal(s, 2, 4)
		if !ok {
			return "", 0
		}
		if utf16.IsSurrogate(r) && strings.HasPrefix(s[6:], `\u`) {
			if second, ok := hexadecimal(s, 8, 4); ok {
				return string(utf16.DecodeRune(r, second)), 12
			}
		}
		return string(r), 6
	default:
		if i := strings.IndexByte(`abfnrtv"'\/`, s[1]); i >= 0 {
			return "\a\b\f\n\r\t\v\"'\\/"[i : i+1], 2
		}
	}
	return "", 0
}

// hexadecimal reads a number of hexadecimal digits.
func hexadecimal(s string, at, digits int) (rune, bool) {
	if len(s) < at+digits {
		return 0, false
	}
	n, err := strconv.ParseUint(s[at:at+digits], 16, 31)
	return rune(n), err == nil
}

// unfinished returns the length of the possible beginning of an escape at the end of a text.
func unfinished(s string) int {
	s = s[max(0, len(s)-longestEntity):]
	if !strings.ContainsAny(s, escapes) {
		return 0
	}
	return len(beginOfEscape.FindString(s))
}

var beginOfEscape = regexp.MustCompile(`(?:%[0-9A-Fa-f]?|\\u[Dd][89ABab][0-9A-Fa-f]{2}(?:\\(?:u[0-9A-Fa-f]{0,3})?)?|` +
	`\\(?:[uUx][0-9A-Fa-f]{0,7})?|&[#0-9A-Za-z]*)$`)

// endsOfEscapes returns the possible lengths of the end of an escape at the beginning of a text.
func endsOfEscapes(s string) (lengths []int) {
	digits := func(s string) int { return len(s) - len(strings.TrimLeft(s, "0123456789ABCDEFabcdef")) }
	for n := range min(digits(s), 8) {
		lengths = append(lengths, n+1)
	}
	if _, n := unescape(backslash+s, backslash); n > 1 {
		lengths = append(lengths, n-1)
	}
	if name := strings.IndexFunc(s, func(c rune) bool { return c != '#' && !isAlphanumeric(c) }); name >= 0 && name < longestEntity && s[name] == ';' {
		lengths = append(lengths, name+1)
	}
	return lengths
}
