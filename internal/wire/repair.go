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

// damage is what a string of a body holds though JSON does not allow it.
type damage byte

const (
	controls      damage = 1 << iota // bytes below 0x20
	notUTF8                          // other bytes: most likely those of an older encoding
	halfSurrogate                    // an escape such as \ud800 without its other half
)

// problems says what was found.
func (d damage) problems() (found []string) {
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

// source is a body, and the text that is read in its place.
type source struct {
	body []byte
	// text is body with what its strings must not hold replaced: control characters by their
	// escapes, and bytes that are not UTF-8 by the characters that they are in Windows-1252, of
	// which Latin-1 is a part. It is body itself if there is nothing to replace.
	text []byte
	// marks has the strings with damage, in order.
	marks []mark
}

// mark is the end of a string with damage.
type mark struct {
	body, text int // the offset behind it, in both
	damage     damage
}

// newSource looks through a body. What is damaged outside of strings stays as it is. Its error is
// that of a bound.
func newSource(body []byte, b *bounds) (s source, err error) {
	s = source{body: body, text: body}
	if !isSound(body) {
		err = s.repair(b)
	}
	return s, err
}

// isSound reports whether there is no need to look at the strings of a body one by one. It is fast.
func isSound(body []byte) bool {
	body = bytes.Trim(body, " \t\r\n")
	const spaces, highest = 0x2020202020202020, 0x8080808080808080
	control, other := uint64(0), uint64(0) // in eight bytes at once, as the highest bit of each
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

// plain has the bytes of strings that need no look.
var plain = func() (is [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		is[c] = c != '"' && c != '\\'
	}
	return is
}()

// sizeOfHalf is how much memory half a surrogate pair costs, since the JSON library makes an error
// of each, whenever it is read.
const sizeOfHalf = 256

// repair makes the text and the marks.
func (s *source) repair(b *bounds) (err error) {
	body := s.body
	var text []byte
	var character [utf8.UTFMax]byte
	at, copied := 0, 0
	expected := func() int { // bytes of the text, if the rest grows as the beginning did
		return int(float64(len(body)) * (float64(len(text)+at-copied)/float64(at+1) + 1.0/8))
	}
	replace := func(with ...byte) {
		if err == nil {
			text, err = roomFor(b, text, at-copied+len(with), expected())
		}
		if err == nil {
			text = append(append(text, body[copied:at]...), with...)
		}
		at++
		copied = at
	}
	// Only a text that consists of little else but control characters grows as much. It cannot be
	// read then.
	most := 3*len(body) + 1<<20
	for len(text) <= most && err == nil {
		if err = b.ended(); err != nil {
			return err
		}
		quote := bytes.IndexByte(body[at:], '"')
		if quote < 0 {
			break
		}
		at += quote + 1
		var found damage
		for len(text) <= most && err == nil {
			for at < len(body) && plain[body[at]] {
				at++
			}
			if at == len(body) || body[at] == '"' {
				break
			}
			switch c := body[at]; {
			case c == '\\' && isDamaged(body[at+1:]):
				replace('\\', '\\') // it is none of an escape
			case c == '\\':
				size, half := escape(body[at:])
				if half {
					found |= halfSurrogate
					err = b.spend(1, sizeOfHalf)
				}
				at += size
			case c < ' ':
				const digits = "0123456789abcdef"
				found |= controls
				replace('\\', 'u', '0', '0', digits[c>>4], digits[c&0xf])
			case isDamaged(body[at:]):
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
			if s.marks, err = roomFor(b, s.marks, 1, 16); err == nil {
				s.marks = append(s.marks, mark{body: at, text: len(text) + at - copied, damage: found})
			}
		}
	}
	if copied > 0 && err == nil {
		if text, err = roomFor(b, text, len(body)-copied, 0); err == nil {
			s.text = append(text, body[copied:]...)
		}
	}
	return err
}

// roomFor returns the elements with room for n more and, where it has to grow, for half as many as
// there are and for least in all. The room counts twice, since what is repaired is unquoted later.
func roomFor[T any](b *bounds, of []T, n, least int) ([]T, error) {
	if len(of)+n <= cap(of) {
		return of, nil
	}
	room := max(len(of)+len(of)/2, len(of)+n, least)
	if err := b.spend(2*room, int(reflect.TypeFor[T]().Size())); err != nil {
		return of, err
	}
	return append(make([]T, 0, room), of...), nil
}

// isDamaged reports whether the first byte is one that no string may hold.
func isDamaged(rest []byte) bool {
	if len(rest) == 0 {
		return false
	}
	r, size := utf8.DecodeRune(rest)
	return r < ' ' || r == utf8.RuneError && size == 1
}

// escape returns the size of the escape that comes first, and whether it is a surrogate that makes
// no character.
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

// escaped returns the number of the escape \uXXXX that comes first, or -1.
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

// inWindows1252 returns the character of a byte from 0x80 on. The five that have none are control
// characters in Latin-1.
func inWindows1252(c byte) rune {
	if c < 0xa0 {
		return notLatin1[c-0x80]
	}
	return rune(c)
}

var notLatin1 = []rune("€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ") // from 0x80 on

// origin returns the offset in the body of one in the text. Within a string that was repaired it
// can be a few bytes off.
func (s *source) origin(text int) int {
	if len(s.marks) == 0 {
		return text
	}
	i := s.marksBefore(text)
	offset := text
	if i > 0 {
		offset = s.marks[i-1].body + text - s.marks[i-1].text
	}
	if i < len(s.marks) {
		offset = min(offset, s.marks[i].body)
	}
	return min(offset, len(s.body))
}

// slice returns the part of the body that stands for a part of the text. Its capacity ends where it
// ends.
func (s *source) slice(begin, end int) []byte {
	begin, end = s.origin(begin), s.origin(end)
	return s.body[begin:end:end]
}

// part returns a part of the text with its part of the body.
func (s *source) part(begin, end int) source {
	p := source{body: s.slice(begin, end), text: s.text[begin:end:end]}
	from := s.origin(begin)
	for _, m := range s.marks[s.marksBefore(begin):s.marksBefore(end)] {
		p.marks = append(p.marks, mark{body: m.body - from, text: m.text - begin, damage: m.damage})
	}
	return p
}

// damage returns what the strings of a part of the text hold.
func (s *source) damage(begin, end int) (found damage) {
	for _, m := range s.marks[s.marksBefore(begin):s.marksBefore(end)] {
		found |= m.damage
	}
	return found
}

// marksBefore counts the strings with damage that end at an offset in the text or before.
func (s *source) marksBefore(text int) int {
	i, _ := slices.BinarySearchFunc(s.marks, text+1, func(m mark, at int) int { return m.text - at })
	return i
}

// syntaxError translates an error of the JSON library, whose own text is never shown.
func (s *source) syntaxError(err error) *SyntaxError {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &SyntaxError{Offset: int64(len(s.body)), endsEarly: true}
	}
	var offset int64
	if found, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		offset = found.ByteOffset
	}
	return &SyntaxError{Offset: int64(s.origin(int(offset)))}
}
