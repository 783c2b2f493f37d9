package snaplogic

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/activity-sdk/activity/internal/wire"
)

// maxSentence limits a sentence, in bytes.
const maxSentence = 4 << 10

// Sentence returns Template with its placeholders replaced by values, such as "ada@example.com
// created the Project Atlas under …". It returns one line of printable characters, at most 4 KiB,
// and "" if there is no Template.
//
// The values are the strings, numbers and booleans in Raw, or the fields if there is no Raw. A
// placeholder without a value stays as it is. "%%" becomes a percent sign.
func (a Activity) Sentence() string {
	var values map[string]string
	var sentence strings.Builder
	rest := a.Template
	for rest != "" && sentence.Len() < maxSentence {
		text, after, found := strings.Cut(rest, "%")
		sentence.WriteString(text)
		if !found {
			break
		}
		rest = after
		if next, doubled := strings.CutPrefix(rest, "%"); doubled {
			sentence.WriteByte('%')
			rest = next
			continue
		}
		name, next, ok := cutPlaceholder(rest)
		if ok && values == nil {
			values = a.scalars()
		}
		value, known := values[name]
		if !ok || !known {
			sentence.WriteByte('%')
			continue
		}
		sentence.WriteString(value[:min(len(value), maxSentence)])
		rest = next
	}
	return oneLine(sentence.String())
}

// maxPlaceholder limits a placeholder, in bytes. The names of members are shorter.
const maxPlaceholder = 128

// cutPlaceholder cuts "(name)s" from the beginning of a text. The last letter is a conversion of
// Python's % operator; those that print the whole value are accepted.
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

// scalars returns the members of the entry that are strings, numbers or booleans. If several have
// the same name, the last one counts, as it does for the fields.
func (a Activity) scalars() map[string]string {
	entry := []byte(a.Raw)
	if len(entry) == 0 {
		// If the fields cannot be encoded as JSON, the placeholders stay as they are.
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

// oneLine returns a text as one printable line of at most maxSentence bytes.
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
