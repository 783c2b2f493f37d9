package transport

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html"
	"net/url"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

const redacted = "[redacted]"

// redactor removes secrets, as they are and in the forms in which a server may echo them.
type redactor struct {
	replacer *strings.Replacer
	longest  int
}

// inHTML escapes JSON text once more, as encoders do that expect it to end up in a page.
var inHTML = strings.NewReplacer("&", `\u0026`, "<", `\u003c`, ">", `\u003e`)

func newRedactor(secrets []string) redactor {
	var forms []string
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		quote, _ := jsontext.AppendQuote(nil, secret)
		quoted := strings.Trim(string(quote), `"`)
		escaped := url.QueryEscape(secret)
		forms = append(forms, secret, escaped, strings.ToLower(escaped), url.PathEscape(secret),
			quoted, inHTML.Replace(quoted), html.EscapeString(secret), fmt.Sprintf("%+q", secret),
			base64.StdEncoding.EncodeToString([]byte(secret)), base64.RawURLEncoding.EncodeToString([]byte(secret)),
			base64.RawStdEncoding.EncodeToString([]byte(secret)), hex.EncodeToString([]byte(secret)))
	}
	// At each place the first form that fits is replaced: the longest must come first, or the rest
	// of it stays.
	slices.SortFunc(forms, func(a, b string) int { return len(b) - len(a) })
	pairs := make([]string, 0, 2*len(forms))
	for _, form := range slices.Compact(forms) {
		pairs = append(pairs, form, redacted)
	}
	r := redactor{replacer: strings.NewReplacer(pairs...)}
	if len(forms) > 0 {
		r.longest = len(forms[0])
	}
	return r
}

func (r redactor) text(s string) string { return r.replacer.Replace(s) }

// head gives the first limit bytes of a body without secrets. A secret that lies across the end is
// seen whole before it is cut.
func (r redactor) head(body []byte, limit int) []byte {
	window := min(len(body), limit+r.longest)
	head := r.text(string(body[:window]))
	if window < len(body) { // a secret may lie across the window's end, and what was removed may have moved it forward
		head = head[:max(len(head)-r.longest, 0)]
	}
	return []byte(head[:min(len(head), limit)])
}

// Conceal makes an error of a user's function fit to be shown: if it quotes a secret of this
// client's credentials, only its redacted text is left of it.
func (c *Client) Conceal(err error) error { return cause(err, c.credentials.secrets()) }
