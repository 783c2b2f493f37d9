package transport

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"index/suffixarray"
	"iter"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

const redacted = "[redacted]"

const (
	// maxSource is the length of a text that is searched for secrets. A longer one is cut.
	maxSource = maxRefusal
	// maxLine is the length of a text that is searched for a line, which is far shorter.
	maxLine = 8 << 10
	// maxEscapes is how often a secret may have been escaped.
	maxEscapes = 3
	// maxViews is how often a text is decoded: characters next to a secret may look like a part of
	// its escapes, and a secret may itself look escaped.
	maxViews = 1 + 2*maxEscapes
	// recognizable is the length from which a secret cannot be mistaken for a word.
	recognizable = 8
)

// redactor removes secrets from texts: as they are, and in the forms in which they may be written.
// It is made for one error or log line.
type redactor struct {
	secrets []string
	known   *formCache
	forms   []form // of all secrets; nil until they are needed
}

// formCache keeps the forms of secrets, which are slow to compute.
type formCache struct {
	mu    sync.Mutex
	forms map[string][]form
}

// maxCached is more than the number of secrets that are known at a time.
const maxCached = 256

func (c *formCache) of(secret string) []form {
	c.mu.Lock()
	forms, ok := c.forms[secret]
	c.mu.Unlock()
	if ok {
		return forms
	}
	forms = formsOf(secret)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.forms == nil || len(c.forms) == maxCached {
		c.forms = make(map[string][]form)
	}
	c.forms[secret] = forms
	return forms
}

// form is a text by which a secret is recognized.
type form struct {
	text string
	// base64: the letter before the text, and the one after it with its padding, also hold a part
	// of the secret.
	base64 bool
	// front and back are the ends of the secret that may be read as a part of an escape that begins
	// before the secret or ends after it. They are then not in the text.
	front, back string
}

func newRedactor(secrets []string) *redactor {
	return &redactor{secrets: secrets, known: new(formCache)}
}

// redactor returns a redactor of the secrets of the credentials and further ones.
func (c *Credentials) redactor(further ...string) *redactor {
	return &redactor{secrets: append(c.secrets(), further...), known: &c.forms}
}

// long returns a redactor that ignores secrets so short that they may be words.
func (r *redactor) long() *redactor {
	long := slices.DeleteFunc(slices.Clone(r.secrets), func(s string) bool { return len(s) < recognizable })
	return &redactor{secrets: long, known: r.known}
}

func (r *redactor) recognized() []form {
	if r.forms == nil {
		r.forms = []form{}
		for _, secret := range r.secrets {
			r.forms = append(r.forms, r.known.of(secret)...)
		}
	}
	return r.forms
}

// formsOf returns the forms of a secret, except escaped ones, which a view decodes.
func formsOf(secret string) (forms []form) {
	if secret == "" {
		return nil
	}
	add := func(text string, base64 bool) { forms = append(forms, form{text: text, base64: base64}) }
	for _, text := range unescaped(secret) {
		for _, shown := range []string{text, printable(text)} {
			add(shown, false)
			add(strings.ReplaceAll(shown, " ", "+"), false)
		}
	}
	digits := hex.EncodeToString([]byte(secret))
	add(digits, false)
	add(strings.ToUpper(digits), false)
	for _, alphabet := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		if len(secret) < recognizable {
			add(alphabet.EncodeToString([]byte(secret)), false)
			continue
		}
		for before := range 3 { // bytes before the secret, as in a longer text
			text := alphabet.EncodeToString([]byte(strings.Repeat(" ", before) + secret))
			add(text[(8*before+5)/6:8*(before+len(secret))/6], true)
		}
	}
	for _, f := range forms {
		forms = append(forms, f.between()...)
	}
	slices.SortFunc(forms, func(a, b form) int { return cmp.Or(strings.Compare(a.text, b.text), strings.Compare(a.front, b.front)) })
	return slices.DeleteFunc(slices.Compact(forms), func(f form) bool { return f.text == "" })
}

// between returns the forms of a form whose ends may be read as parts of escapes.
func (f form) between() (all []form) {
	back := len(f.text) - unfinished(f.text)
	for _, front := range append(endsOfEscapes(f.text), 0) {
		for _, end := range []int{back, len(f.text)} {
			if end-front >= recognizable/2 && end-front < len(f.text) {
				all = append(all, form{f.text[front:end], f.base64, f.text[:front], f.text[end:]})
			}
		}
	}
	return all
}

// maxUnescaped is more than any real secret needs.
const maxUnescaped = 64

// unescaped returns a secret, and what a view makes of it if parts of it happen to look like
// escapes.
func unescaped(secret string) []string {
	all := []string{secret}
	for i := 0; i < len(all) && len(all) < maxUnescaped; i++ {
		for _, first := range []string{percents, backslash, entities} {
			if text := (&view{text: all[i]}).decoded(first).text; !slices.Contains(all, text) {
				all = append(all, text)
			}
		}
	}
	return all
}

// text returns a text of at most maxSource bytes in which every secret is replaced. Of overlapping
// secrets, the union is replaced.
func (r *redactor) text(s string) string { return r.replace(s, false) }

// cutText is text for one that was cut, or broke off: at its end, what may be the beginning of a
// secret is replaced as well.
func (r *redactor) cutText(s string) string { return r.replace(s, true) }

func (r *redactor) replace(s string, wasCut bool) string {
	depth := make([]int32, len(s)+1) // how many more secrets a byte belongs to than the byte before it
	found := false
	mark := func(from, to int) {
		depth[from]++
		depth[to]--
		found = true
	}
	for v := range views(s) {
		index := suffixarray.New([]byte(v.text))
		for _, f := range r.recognized() {
			for _, at := range index.Lookup([]byte(f.text), -1) {
				if from, to, ok := f.place(v, at); ok {
					mark(from, to)
				}
			}
		}
		if !wasCut {
			continue
		}
		for text := range finished(v.text) {
			if len(r.recognized()) > 0 && len(text) < len(v.text) { // half an escape may belong to a secret
				from, _ := v.source(len(text), len(v.text))
				mark(from, len(s))
			}
			for _, f := range r.recognized() {
				if n := overlap(text, f.text); n > 0 {
					from, _ := v.source(len(text)-n, len(text))
					mark(from, len(s))
				}
			}
		}
	}
	if !found {
		return s
	}
	var clean strings.Builder
	inside, begin := int32(0), 0
	for i, change := range depth {
		switch was := inside; {
		case was == 0 && was+change > 0:
			clean.WriteString(s[begin:i])
			clean.WriteString(redacted)
		case was > 0 && was+change == 0:
			begin = i
		}
		inside += change
	}
	clean.WriteString(s[begin:])
	return clean.String()
}

// place returns where in the source a form is whose text begins at a byte of a view. It reports
// whether the form's front and back are around it.
func (f form) place(v *view, at int) (from, to int, ok bool) {
	end := at + len(f.text)
	if f.front != "" {
		if at == 0 || !v.decodedFrom(at-1, func(text string, _, to int) bool { return strings.HasSuffix(text[:to], f.front) }) {
			return 0, 0, false
		}
		at--
	}
	if f.back != "" {
		if end == len(v.text) || !v.decodedFrom(end, func(text string, from, _ int) bool { return strings.HasPrefix(text[from:], f.back) }) {
			return 0, 0, false
		}
		end++
	}
	if f.base64 {
		if at > 0 && isBase64(v.text[at-1]) {
			at--
		}
		for range len("x==") {
			if end < len(v.text) && isBase64(v.text[end]) {
				end++
			}
		}
	}
	from, to = v.source(at, end)
	return from, to, true
}

func isBase64(b byte) bool { return isAlphanumeric(rune(b)) || strings.IndexByte("+/-_=", b) >= 0 }

// line returns the text as one printable line of at most limit bytes, without secrets.
func (r *redactor) line(s string, limit int) string { return clip(r.clean(s), limit) }

// clean returns the text as one printable line without secrets, or the beginning of a long text. A
// secret is also recognized if its white space became blanks.
func (r *redactor) clean(s string) string {
	if len(s) <= maxLine {
		return r.text(printable(s))
	}
	end := maxLine
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return r.cutText(printable(s[:end])) + ellipsis
}

// finished returns a text, then the text without the possible beginning of an escape at its end,
// then without one that was itself escaped, and so on.
func finished(s string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for range 1 + maxEscapes {
			n := unfinished(s)
			if !yield(s) || n == 0 {
				return
			}
			s = s[:len(s)-n]
		}
	}
}

// overlap returns how many bytes at the end of a text are the beginning, but not all, of a secret's
// form.
func overlap(text, form string) int {
	for n := min(len(text), len(form)-1); n > 0; n-- {
		if form[n-1] == text[len(text)-1] && strings.HasSuffix(text, form[:n]) {
			return n
		}
	}
	return 0
}

// holdsSecret reports whether a text contains a secret of the credentials, or a recent token, in
// any form that the redactor removes. Secrets of less than eight bytes are ignored, since they may
// be words. A text of 64 KiB or more counts as one that contains a secret.
func (c *Client) holdsSecret(text string) bool {
	return len(text) >= maxSource || c.credentials.redactor().long().text(text) != text
}
