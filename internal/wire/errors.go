package wire

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// SyntaxError means that JSON cannot be read. The body ends early or is empty, its syntax is
// broken, or its values are nested deeper than 1,000 levels. If the body ends early, the error
// satisfies errors.Is(err, io.ErrUnexpectedEOF): the connection may have been cut, so a retry can
// help.
type SyntaxError struct {
	// Offset is the number of bytes before the error. It can be off by a separator, and by a few
	// bytes in a string with characters that JSON does not allow. If the body ends early, Offset is
	// its length.
	Offset    int64
	endsEarly bool
	record    int // the record that could not be read, from 1; 0 if the error is not in an array of records
}

// Error describes the error and its place. It contains nothing from the body.
func (e *SyntaxError) Error() string {
	text := "JSON cannot be read at byte %d"
	if e.endsEarly {
		text = "JSON ends early after %d bytes"
	}
	if e.record > 0 {
		return fmt.Sprintf(text+", in record %d (the first is 0)", e.Offset, e.record-1)
	}
	return fmt.Sprintf(text, e.Offset)
}

// Unwrap returns io.ErrUnexpectedEOF if the body ends early, otherwise nil.
func (e *SyntaxError) Unwrap() error {
	if e.endsEarly {
		return io.ErrUnexpectedEOF
	}
	return nil
}

// ShapeError means that a value is valid JSON, but of another kind than the caller asked for.
type ShapeError struct {
	Where string // the path of the value, such as "response_map.entries"; "body" for the whole body
	Found string // the kind of the value, with its article: "a string"
	Want  string // the kind wanted: "an array"
}

// Error returns the path and both kinds.
func (e *ShapeError) Error() string {
	return e.Where + " is " + e.Found + ", want " + e.Want
}

// where returns the path of the next value. It replaces names that do not look like members of an
// API by "*", since the names in objects that serve as maps are data.
func (r *Reader) where() string {
	names := slices.Collect(r.dec.StackPointer().Tokens())
	var path strings.Builder
	for level := 1; level <= r.dec.StackDepth(); level++ {
		kind, length := r.dec.StackIndex(level)
		var name string
		if length > 0 && len(names) > 0 {
			name, names = names[0], names[1:]
		}
		switch {
		case kind == '[':
			path.WriteString("[]")
			continue
		case path.Len() > 0:
			path.WriteByte('.')
		}
		if !isMemberName(name) {
			name = "*"
		}
		path.WriteString(name)
	}
	if path.Len() == 0 {
		return "body"
	}
	return path.String()
}

func isMemberName(name string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
	return name != "" && len(name) <= 64 && strings.Trim(name, letters) == ""
}
