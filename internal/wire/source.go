package wire

import (
	"errors"
	"io"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/activity-sdk/activity/internal/repair"
)

// problemsOf returns the text of a problem for each defect.
func problemsOf(d repair.Defects) (found []string) {
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

// source is a body, and the text that is read instead: see [repair.Strings].
type source struct {
	body    []byte
	text    []byte
	damaged []repair.String // the strings with defects, in order
}

// newSource returns the source of a body. Its only errors are those of limits.
func newSource(body []byte, l *limits) (s source, err error) {
	s.body = body
	s.text, s.damaged, err = repair.Strings(body, (*repairLimits)(l))
	return s, err
}

// bodyOffset converts an offset in the text to one in the body. Within a repaired string it can be
// a few bytes off.
func (s *source) bodyOffset(text int) int {
	if len(s.damaged) == 0 {
		return text
	}
	i := s.damagedBefore(text)
	offset := text
	if i > 0 {
		offset = s.damaged[i-1].BodyEnd + text - s.damaged[i-1].TextEnd
	}
	if i < len(s.damaged) {
		offset = min(offset, s.damaged[i].BodyEnd)
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
		p.damaged = append(p.damaged, repair.String{BodyEnd: d.BodyEnd - from, TextEnd: d.TextEnd - begin, Defects: d.Defects})
	}
	return p
}

// defects returns the defects of all strings in a part of the text.
func (s *source) defects(begin, end int) (found repair.Defects) {
	for _, d := range s.damaged[s.damagedBefore(begin):s.damagedBefore(end)] {
		found |= d.Defects
	}
	return found
}

// damagedBefore returns how many of the damaged strings end at or before an offset in the text.
func (s *source) damagedBefore(text int) int {
	i, _ := slices.BinarySearchFunc(s.damaged, text+1, func(d repair.String, at int) int { return d.TextEnd - at })
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
