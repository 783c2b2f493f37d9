// Package repair replaces what JSON does not allow in its strings: control characters, and bytes
// that are not UTF-8. It imports no other package of the module, since the root package and wire
// both need it.
package repair

import (
	"bytes"
	"reflect"
	"unicode/utf8"
)

// Defects are what JSON does not allow in a string.
type Defects byte

// The defects.
const (
	Controls      Defects = 1 << iota // bytes below 0x20
	NotUTF8                           // other bytes: most likely those of an older encoding
	HalfSurrogate                     // an escape such as \ud800 without its other half
)

// String is the place of a string with defects.
type String struct {
	BodyEnd, TextEnd int // the offsets after its closing quote, in the body and in the repaired text
	Defects          Defects
}

// Limits end a repair early.
type Limits interface {
	// Ended returns an error if the repair has to end.
	Ended() error
	// Spend is called before n elements of a size are allocated. It returns an error if they are
	// too many.
	Spend(n, size int) error
}

type unlimited struct{}

func (unlimited) Ended() error         { return nil }
func (unlimited) Spend(_, _ int) error { return nil }

// sizeOfHalfSurrogate is the memory that half a surrogate pair takes, since the JSON library
// creates an error for each one that it reads.
const sizeOfHalfSurrogate = 256

// Strings returns a body with valid strings, and the strings that had defects, in order. It escapes
// control characters and backslashes that begin no escape. It replaces bytes that are not UTF-8 by
// their characters in Windows-1252, which includes the printable ones of Latin-1. It changes
// nothing else: a body that is no JSON remains none. If there is nothing to replace, it returns
// body itself. Its only errors are those of the limits; nil stands for none.
func Strings(body []byte, l Limits) (text []byte, damaged []String, err error) {
	if isClean(body) {
		return body, nil, nil
	}
	if l == nil {
		l = unlimited{}
	}
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
		if err = l.Ended(); err != nil {
			return body, nil, err
		}
		quote := bytes.IndexByte(body[at:], '"')
		if quote < 0 {
			break
		}
		at += quote + 1
		var found Defects
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
					found |= HalfSurrogate
					err = l.Spend(1, sizeOfHalfSurrogate)
				}
				at += size
			case c < ' ':
				const digits = "0123456789abcdef"
				found |= Controls
				replace('\\', 'u', '0', '0', digits[c>>4], digits[c&0xf])
			case startsInvalid(body[at:]):
				found |= NotUTF8
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
			if damaged, err = grow(l, damaged, 1, 16); err == nil {
				damaged = append(damaged, String{BodyEnd: at, TextEnd: len(text) + at - copied, Defects: found})
			}
		}
	}
	if copied > 0 && err == nil {
		text, err = grow(l, text, len(body)-copied, 0)
	}
	if copied == 0 || err != nil {
		return body, damaged, err
	}
	return append(text, body[copied:]...), damaged, nil
}

// grow returns items with capacity for n more. If it has to allocate, the new capacity is at least
// minCap, and half more than the length. It counts twice, since repaired strings are unquoted
// later.
func grow[T any](l Limits, items []T, n, minCap int) ([]T, error) {
	if len(items)+n <= cap(items) {
		return items, nil
	}
	newCap := max(len(items)+len(items)/2, len(items)+n, minCap)
	if err := l.Spend(2*newCap, int(reflect.TypeFor[T]().Size())); err != nil {
		return items, err
	}
	return append(make([]T, 0, newCap), items...), nil
}
