package wire

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"reflect"
	"slices"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// defects are what JSON does not allow in a string.
type defects byte

const (
	controls      defects = 1 << iota // bytes below 0x20
	notUTF8                           // other bytes: most likely those of an older encoding
	halfSurrogate                     // an escape such as \ud800 without its other half
)

// problems returns the text of a problem for each defect.
func (d defects) problems() (found []string) {
	for i, text := range [...]string{
		"holds control characters",
		"holds bytes that are not UTF-8, read as Windows-1252",
		"holds half of a surrogate pair, read as U+FFFD",
	} {
		if d&(1<<i) != 0 {
			found = append(found, text)
		}
	}
	return found
}

// source is a body, and the text that is read instead.
type source struct {
	body []byte
	// text is body with valid strings: control characters are escaped, and bytes that are not UTF-8
	// are replaced by their characters in Windows-1252, which includes the printable ones of
	// Latin-1. It is body itself if there is nothing to replace.
	text []byte
	// damaged has the strings with defects, in order.
	damaged []damagedString
}

// damagedString is the place of a string with defects.
type damagedString struct {
	bodyEnd, textEnd int // the offsets after its closing quote
	defects          defects
}

// newSource returns the source of a body. It repairs strings and nothing else. Its only errors
// are those of limits.
func newSource(body []byte, l *limits) (s source, err error) {
	s = source{body: body, text: body}
	if !isClean(body) {
		err = s.repair(l)
	}
	return s, err
}

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

// safe has the ASCII characters that have no special meaning in a string.
var safe = func() (is [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		is[c] = c != '"' && c != '\\'
	}
	return is
}()

// sizeOfHalfSurrogate is the memory that half a surrogate pair takes, since the JSON library
// creates an error for each one that it reads.
const sizeOfHalfSurrogate = 256

// repair sets text and damaged.
func (s *source) repair(l *limits) (err error) {
	body := s.body
	var text []byte
	var character [utf8.UTFMax]byte
	at, copied := 0, 0
	expected := func() int { // the length of the text, if the rest grows as much as the beginning
		return int(float64(len(body)) * (float64(len(text)+at-copied)/float64(at+1) + 1.0/8))
	}
	replace := func(with ...byte) {
		if err == nil {
			text, err = grow(l, text, at-copied+len(with), expected())
		}
		if err == nil {
			text = append(append(text, body[copied:at]...), with...)
		}
		at++
		copied = at
	}
	// Only a body that consists almost entirely of control characters exceeds this. The rest of it
	// is not repaired, so reading it fails.
	maxText := 3*len(body) + 1<<20
	for len(text) <= maxText && err == nil {
		if err = l.ctxErr(); err != nil {
			return err
		}
		quote := bytes.IndexByte(body[at:], '"')
		if quote < 0 {
			break
		}
		at += quote + 1
		var found defects
		for len(text) <= maxText && err == nil {
			for at < len(body) && safe[body[at]] {
				at++
			}
			if at == len(body) || body[at] == '"' {
				break
			}
			switch c := body[at]; {
			case c == '\\' && startsInvalid(body[at+1:]):
				replace('\\', '\\') // a backslash that begins no escape
			case c == '\\':
				size, half := escape(body[at:])
				if half {
					found |= halfSurrogate
					err = l.spend(1, sizeOfHalfSurrogate)
				}
				at += size
			case c < ' ':
				const digits = "0123456789abcdef"
				found |= controls
				replace('\\', 'u', '0', '0', digits[c>>4], digits[c&0xf])
			case startsInvalid(body[at:]):
				found |= notUTF8
				replace(utf8.AppendRune(character[:0], inWindows1252(c))...)
			default:
				_, size := utf8.DecodeRune(body[at:])
				at += size
			}
		}
		if at < len(body) && body[at] == '"' {
			at++
		}
		if found != 0 && err == nil {
			if s.damaged, err = grow(l, s.damaged, 1, 16); err == nil {
				s.damaged = append(s.damaged, damagedString{bodyEnd: at, textEnd: len(text) + at - copied, defects: found})
			}
		}
	}
	if copied > 0 && err == nil {
		if text, err = grow(l, text, len(body)-copied, 0); err == nil {
			s.text = append(text, body[copied:]...)
		}
	}
	return err
}

// grow returns items with capacity for n more. If it has to allocate, the new capacity is at least
// minCap, and half more than the length. It counts twice, since repaired strings are unquoted
// later.
func grow[T any](l *limits, items []T, n, minCap int) ([]T, error) {
	if len(items)+n <= cap(items) {
		return items, nil
	}
	newCap := max(len(items)+len(items)/2, len(items)+n, minCap)
	if err := l.spend(2*newCap, int(reflect.TypeFor[T]().Size())); err != nil {
		return items, err
	}
	return append(make([]T, 0, newCap), items...), nil
}

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

// bodyOffset converts an offset in the text to one in the body. Within a repaired string it can be
// a few bytes off.
func (s *source) bodyOffset(text int) int {
	if len(s.damaged) == 0 {
		return text
	}
	i := s.damagedBefore(text)
	offset := text
	if i > 0 {
		offset = s.damaged[i-1].bodyEnd + text - s.damaged[i-1].textEnd
	}
	if i < len(s.damaged) {
		offset = min(offset, s.damaged[i].bodyEnd)
	}
	return min(offset, len(s.body))
}

// bodySlice returns the part of the body that belongs to a part of the text. Its capacity is its
// length.
func (s *source) bodySlice(begin, end int) []byte {
	begin, end = s.bodyOffset(begin), s.bodyOffset(end)
	return s.body[begin:end:end]
}

// slice returns a part of the text as a source, with its part of the body.
func (s *source) slice(begin, end int) source {
	p := source{body: s.bodySlice(begin, end), text: s.text[begin:end:end]}
	from := s.bodyOffset(begin)
	for _, d := range s.damaged[s.damagedBefore(begin):s.damagedBefore(end)] {
		p.damaged = append(p.damaged, damagedString{bodyEnd: d.bodyEnd - from, textEnd: d.textEnd - begin, defects: d.defects})
	}
	return p
}

// defects returns the defects of all strings in a part of the text.
func (s *source) defects(begin, end int) (found defects) {
	for _, d := range s.damaged[s.damagedBefore(begin):s.damagedBefore(end)] {
		found |= d.defects
	}
	return found
}

// damagedBefore returns how many of the damaged strings end at or before an offset in the text.
func (s *source) damagedBefore(text int) int {
	i, _ := slices.BinarySearchFunc(s.damaged, text+1, func(d damagedString, at int) int { return d.textEnd - at })
	return i
}

// syntaxError translates an error of the JSON library, whose text could quote values.
func (s *source) syntaxError(err error) *SyntaxError {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &SyntaxError{Offset: int64(len(s.body)), endsEarly: true}
	}
	var offset int64
	if found, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		offset = found.ByteOffset
	}
	return &SyntaxError{Offset: int64(s.bodyOffset(int(offset)))}
}
