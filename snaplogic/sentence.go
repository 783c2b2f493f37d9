package snaplogic

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/activity-sdk/activity/internal/wire"
)

// maxSentence bounds a sentence, in bytes.
const maxSentence = 4 << 10

// Sentence returns Template with its placeholders filled in, such as "ada@example.com created the
// Project Atlas under …". The values are the entry's own: the members of Raw that are texts,
// numbers or booleans, or the fields if there is no Raw. A placeholder without such a value stays
// as it is written, and "%%" is a percent sign.
//
// The result is one line of at most 4 KiB, without characters that do not print; "" if there is no
// Template.
func (a Activity) Sentence() string {
	var values map[string]string
	var sentence strings.Builder
	rest := a.Template
	for rest != "" && sentence.Len() < maxSentence {
		text, behind, found := strings.Cut(rest, "%")
		sentence.WriteString(text)
		if !found {
			break
		}
		rest = behind
		if after, doubled := strings.CutPrefix(rest, "%"); doubled {
			sentence.WriteByte('%')
			rest = after
			continue
		}
		name, after, ok := cutPlaceholder(rest)
		if ok && values == nil {
			values = a.scalars()
		}
		value, known := values[name]
		if !ok || !known {
			sentence.WriteByte('%')
			continue
		}
		sentence.WriteString(value[:min(len(value), maxSentence)])
		rest = after
	}
	return oneLine(sentence.String())
}

// maxPlaceholder bounds a placeholder, in bytes. No member has so long a name.
const maxPlaceholder = 128

// cutPlaceholder takes "(name)s" off the beginning of a text. The letter is that of a format of
// Python's, of which any that shows a value whole will do.
func cutPlaceholder(text string) (name, after string, ok bool) {
	inside, ok := strings.CutPrefix(text[:min(len(text), maxPlaceholder)], "(")
	if !ok {
		return "", "", false
	}
	name, after, ok = strings.Cut(inside, ")")
	if !ok || after == "" || !strings.Contains("sdir", after[:1]) {
		return "", "", false
	}
	return name, text[len("()s")+len(name):], true
}

// scalars returns the entry's members that are a text, a number or a boolean. Of those with the
// same name the last counts, as it does for the fields.
func (a Activity) scalars() map[string]string {
	entry := []byte(a.Raw)
	if len(entry) == 0 {
		// What cannot be expressed as JSON leaves the placeholders as they are.
		entry, _ = activityCodec.Marshal(&a)
	}
	values := make(map[string]string)
	r := wire.NewReader(entry)
	_ = r.Object(func(name string) error {
		delete(values, name)
		switch r.Kind() {
		case wire.String, wire.Number:
			text, _, err := r.Text()
			values[name] = text
			return err
		case wire.Bool:
			value, err := r.Value()
			values[name] = string(value)
			return err
		default:
			return nil
		}
	})
	return values
}

// oneLine makes a text fit for a line of a terminal or a log.
func oneLine(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) > maxSentence {
		const ellipsis = "…"
		cut := maxSentence - len(ellipsis)
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		s = s[:cut] + ellipsis
	}
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
}
