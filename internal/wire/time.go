package wire

import (
	"strings"
	"time"
)

// ParseTime reads a time in any format that the vendors send. If the text names no zone, the time
// is in loc, or in UTC if loc is nil. The time keeps an offset of the text, except that +00:00
// becomes UTC. "" is the zero time. ParseTime ignores white space around the text. It accepts:
//
//   - RFC 3339, also with a lower-case t or z, a space instead of the T, an offset without its
//     colon or its minutes, a comma before the fraction, and without zone or seconds; the fraction
//     has at most nine digits
//   - a date alone: 2006-01-02, the beginning of that day
//   - Jan 2, 2006 3:04:05 PM, also with a comma after the year, the month's full name or Sept, two
//     digits for day and hour, p.m. for PM, either case, and U+00A0 or U+202F instead of a space
//
// The zone is an offset, Z, UTC or GMT. A space may precede it. The name of a region in brackets
// may follow it, as in +01:00[Europe/Paris]; the region is ignored.
//
// ParseTime returns false for anything else, for days that do not exist, and for years outside 1 to
// 9999.
func ParseTime(s string, loc *time.Location) (time.Time, bool) {
	s = strings.TrimSpace(s)
	if s == "" {
		return time.Time{}, true
	}
	p := timeParser{rest: s, ok: true}
	if s[0] >= '0' && s[0] <= '9' {
		p.numeric()
	} else {
		p.named()
	}
	if !p.ok || p.rest != "" || !p.exists() {
		return time.Time{}, false
	}
	switch {
	case p.offset != 0:
		loc = time.FixedZone("", p.offset)
	case p.zoned, loc == nil:
		loc = time.UTC
	}
	return time.Date(p.year, time.Month(p.month), p.day, p.hour, p.minute, p.second, p.nanosecond, loc), true
}

// timeParser reads a text from left to right. ok becomes false at the first part that does not fit.
type timeParser struct {
	rest string
	ok   bool

	year, month, day                 int
	hour, minute, second, nanosecond int

	zoned  bool // the text names its zone
	offset int  // seconds east of UTC
}

// numeric reads the formats that begin with the year.
func (p *timeParser) numeric() {
	p.year = p.digits(4, 4)
	p.expect("-")
	p.month = p.digits(2, 2)
	p.expect("-")
	p.day = p.digits(2, 2)
	if p.rest == "" {
		return
	}
	p.expect("Tt ")
	p.hour = p.digits(2, 2)
	p.expect(":")
	p.minute = p.digits(2, 2)
	if p.accept(":") {
		p.second = p.digits(2, 2)
		if p.accept(".,") {
			p.fraction()
		}
	}
	p.zone()
}

// fraction reads a fraction of a second, which has one to nine digits.
func (p *timeParser) fraction() {
	before := len(p.rest)
	p.nanosecond = p.digits(1, 9)
	for range 9 - (before - len(p.rest)) {
		p.nanosecond *= 10
	}
}

// zone reads the zone, if there is one.
func (p *timeParser) zone() {
	if p.rest == "" {
		return
	}
	p.zoned = true
	p.accept(" ")
	if !p.accept("Zz") && !p.word("UTC") && !p.word("GMT") {
		p.zoneOffset()
	}
	if p.accept("[") {
		end := strings.IndexByte(p.rest, ']')
		p.ok = p.ok && end > 0
		p.rest = p.rest[end+1:]
	}
}

// zoneOffset reads a sign, hours, and optional minutes.
func (p *timeParser) zoneOffset() {
	sign := 1
	if p.accept("-") {
		sign = -1
	} else {
		p.expect("+")
	}
	hours, minutes := p.digits(2, 2), 0
	if p.accept(":") || p.rest != "" && p.rest[0] != '[' {
		minutes = p.digits(2, 2)
	}
	p.ok = p.ok && hours < 24 && minutes < 60
	p.offset = sign * (hours*3600 + minutes*60)
}

// named reads the formats that begin with the name of a month.
func (p *timeParser) named() {
	p.month = p.monthName()
	p.space()
	p.day = p.digits(1, 2)
	p.expect(",")
	p.space()
	p.year = p.digits(4, 4)
	p.accept(",")
	p.space()
	p.hour = p.digits(1, 2)
	p.expect(":")
	p.minute = p.digits(2, 2)
	p.expect(":")
	p.second = p.digits(2, 2)
	p.space()
	p.ok = p.ok && p.hour >= 1 && p.hour <= 12
	p.hour %= 12
	switch {
	case p.word("PM"), p.word("p.m."):
		p.hour += 12
	case p.word("AM"), p.word("a.m."):
	default:
		p.ok = false
	}
	if p.rest != "" {
		p.space()
		p.zone()
	}
}

// monthName reads the name of a month, its first three letters, or "Sept".
func (p *timeParser) monthName() int {
	end := strings.IndexFunc(p.rest, func(c rune) bool { return c|0x20 < 'a' || c|0x20 > 'z' })
	if end > 0 {
		name := p.rest[:end]
		for month := time.January; month <= time.December; month++ {
			if full := month.String(); strings.EqualFold(name, full) || strings.EqualFold(name, full[:3]) || month == time.September && strings.EqualFold(name, full[:4]) {
				p.rest = p.rest[end:]
				return int(month)
			}
		}
	}
	p.ok = false
	return 0
}

// space reads one or more spaces, including the no-break space and the narrow one.
func (p *timeParser) space() {
	spaces := len(p.rest) - len(strings.TrimLeft(p.rest, " \u00a0\u202f"))
	p.ok = p.ok && spaces > 0
	p.rest = p.rest[spaces:]
}

// digits reads a number that has from minDigits to maxDigits digits.
func (p *timeParser) digits(minDigits, maxDigits int) int {
	n, i := 0, 0
	for i < maxDigits && i < len(p.rest) && p.rest[i] >= '0' && p.rest[i] <= '9' {
		n = n*10 + int(p.rest[i]-'0')
		i++
	}
	p.ok = p.ok && i >= minDigits
	p.rest = p.rest[i:]
	return n
}

// accept reads one of chars, if it comes next.
func (p *timeParser) accept(chars string) bool {
	if p.rest == "" || strings.IndexByte(chars, p.rest[0]) < 0 {
		return false
	}
	p.rest = p.rest[1:]
	return true
}

// word reads a word in either case, if it comes next.
func (p *timeParser) word(word string) bool {
	if len(p.rest) < len(word) || !strings.EqualFold(p.rest[:len(word)], word) {
		return false
	}
	p.rest = p.rest[len(word):]
	return true
}

func (p *timeParser) expect(chars string) {
	p.ok = p.accept(chars) && p.ok
}

// exists reports whether the day and the time of day exist.
func (p *timeParser) exists() bool {
	if p.year < 1 || p.month < 1 || p.month > 12 || p.day < 1 || p.hour > 23 || p.minute > 59 || p.second > 59 {
		return false
	}
	return p.day <= 28 || p.day <= time.Date(p.year, time.Month(p.month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}
