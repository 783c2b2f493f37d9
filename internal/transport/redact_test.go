package transport

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

// encodings are the encodings in which secrets are recognized.
var encodings = map[string]func(string) string{
	"as it is":             func(s string) string { return s },
	"query":                url.QueryEscape,
	"path":                 url.PathEscape,
	"lower percent":        func(s string) string { return lowerPercent(url.QueryEscape(s)) },
	"every byte percent":   func(s string) string { return eachByte("%%%02x", s) },
	"JSON":                 quoted,
	"JSON in ASCII":        func(s string) string { return inner(fmt.Sprintf("%+q", s)) },
	"JSON, solidus":        func(s string) string { return strings.ReplaceAll(quoted(s), "/", `\/`) },
	"JSON, all in UTF-16":  func(s string) string { return units(`\u%04X`, s) },
	"JSON, lower":          func(s string) string { return units(`\u%04x`, s) },
	"Go":                   func(s string) string { return inner(fmt.Sprintf("%q", s)) },
	"Go bytes":             func(s string) string { return eachByte(`\x%02x`, s) },
	"HTML":                 html.EscapeString,
	"HTML names":           strings.NewReplacer("&", "&amp;", `"`, "&quot;", "'", "&apos;", "<", "&lt;", ">", "&gt;", "é", "&eacute;").Replace,
	"HTML numbers":         func(s string) string { return runes("&#%d;", s) },
	"HTML hexadecimal":     func(s string) string { return runes("&#x%x;", s) },
	"HTML, upper":          func(s string) string { return runes("&#X%X;", s) },
	"hexadecimal":          func(s string) string { return hex.EncodeToString([]byte(s)) },
	"upper hexadecimal":    func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) },
	"base64":               func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"base64 in URLs":       func(s string) string { return base64.URLEncoding.EncodeToString([]byte(s)) },
	"base64 unpadded":      func(s string) string { return base64.RawStdEncoding.EncodeToString([]byte(s)) },
	"base64 unpadded, URL": func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) },
}

func quoted(s string) string {
	text, _ := json.Marshal(s)
	return inner(string(text))
}

func inner(quoted string) string { return quoted[1 : len(quoted)-1] }

func eachByte(format, s string) string {
	var text strings.Builder
	for _, b := range []byte(s) {
		fmt.Fprintf(&text, format, b)
	}
	return text.String()
}

func runes(format, s string) string {
	var text strings.Builder
	for _, r := range s {
		fmt.Fprintf(&text, format, r)
	}
	return text.String()
}

func units(format, s string) string {
	var text strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&text, format, u)
	}
	return text.String()
}

func lowerPercent(s string) string {
	return regexp.MustCompile(`%[0-9A-F]{2}`).ReplaceAllStringFunc(s, strings.ToLower)
}

// isEscape reports whether an encoding may be applied to an encoded secret: only escapes are
// decoded.
func isEscape(name string) bool {
	return !strings.HasPrefix(name, "base64") && !strings.Contains(name, "hexadecimal") || strings.HasPrefix(name, "HTML")
}

func TestRedactor(t *testing.T) {
	for _, secret := range []string{`s3cr&t "ké<y>/+ 😀\n'`, "AbCdEfGh", "0123456789abcdef0123456789abcdef", `50%41&lt;\n"x"+`, `%2541"\\u0041&amp;`} {
		r := newRedactor([]string{"", secret, secret[:4]})
		for name, encode := range encodings {
			assert.Equal(t, "a [redacted] b", r.text("a "+encode(secret)+" b"), "%s: %s", name, secret)
			for second, again := range encodings {
				if !isEscape(second) {
					continue
				}
				text := "a " + again(encode(secret)) + " b"
				assert.Equal(t, "a [redacted] b", r.text(text), "%s, %s: %s", name, second, text)
				assert.Equal(t, "a [redacted] b", r.text("a "+url.QueryEscape(again(encode(secret)))+" b"), "%s, %s, query: %s", name, second, text)
			}
		}
	}
	utf16 := strings.ReplaceAll(`a s3cr&t "k b`, "", "\x00")
	assert.Equal(t, "\x00a\x00 \x00[redacted]\x00 \x00b\x00", newRedactor([]string{`s3cr&t "k`}).text(utf16))
	assert.Equal(t, "a [redacted] b", newRedactor([]string{`s3cr&t "k`}).line(utf16, maxText))
	assert.Equal(t, "nothing here", newRedactor(nil).text("nothing here"))
	assert.Empty(t, newRedactor([]string{"secret"}).text(""))
}

func TestRedactorFindsPartsOfBase64(t *testing.T) {
	const secret = "canary/+?>~~é"
	for _, user := range []string{"", "a", "ab", "abc", "abcd"} {
		for _, behind := range []string{"", "x", "yz"} {
			for name, encode := range encodings {
				if strings.HasPrefix(name, "base64") {
					text := newRedactor([]string{secret}).text("Basic " + encode(user+secret+behind) + ".")
					decoded, _, _ := strings.Cut(strings.TrimPrefix(text, "Basic "), redacted)
					assert.Contains(t, text, redacted, name)
					assert.LessOrEqual(t, len(decoded), (4*len(user))/3, text)
				}
			}
		}
	}
}

// Text around a secret can form an escape with its ends, which decodes to another secret.
func TestRedactorOfSecretsNextToEscapes(t *testing.T) {
	for text, secret := range map[string]string{
		`a %41ab%22cd b`:          `41ab"cd`,
		`a %2541ab%2522cd b`:      `41ab"cd`,
		`a \u0041ab\"cdef b`:      `0041ab"cdef`,
		`a \nab\"cdef b`:          `nab"cdef`,
		`a cd%22ab%41 b`:          `cd"ab%`,
		`a &lt;cd%22ab b`:         `t;cd"ab`,
		`a &#x27;\u0022cdefgh b`:  `7;"cdefgh`,
		`a cdefgh%22&lt; b`:       `cdefgh"&l`,
		`a \"cdefgh\u0041 b`:      `"cdefgh\u00`,
		`a %41b%2fcdefgh%2541 b`:  `41b/cdefgh%`,
		`a %41b%2fcdefgh%%2541 b`: `41b/cdefgh%%`,
	} {
		clean := newRedactor([]string{secret}).text(text)
		assert.Contains(t, clean, redacted, text)
		assert.NotContains(t, clean, "b%", text)
		assert.NotContains(t, clean, "cd", text)
	}
}

// A member's name comes from the service and may contain anything.
func TestWarnedFieldIsRedacted(t *testing.T) {
	var log strings.Builder
	client, err := New(Config{Vendor: "acme", BaseURL: "https://api.example.com", Credentials: Static(Bearer(), "canary_canary")},
		activity.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	require.NoError(t, err)
	o := &operation{client: client, ctx: t.Context()}
	o.warnProblems(wire.ProblemCount{Records: 1, First: activity.FieldProblem{Field: "canary_canary", Problem: "is a number"}})
	assert.Contains(t, log.String(), "field=[redacted]")
}

// Of overlapping secrets, the union is removed.
func TestRedactorTakesTheUnion(t *testing.T) {
	r := newRedactor([]string{"client-secret-0123456789", "tokens-begin-like-client-secret", "456789-and-end"})
	assert.Equal(t, "x [redacted] y", r.text("x tokens-begin-like-client-secret-0123456789-and-end y"))
	assert.Equal(t, "[redacted]", r.text(strings.Repeat("client-secret-0123456789", 3)))
}

// A text is redacted before it is cut. If it was cut before, the part of a secret at its end is
// removed, too.
func TestRedactorCutsAfterRemoving(t *testing.T) {
	const secret = `0123"56789/abcdef é'hijklmnopqrst`
	r := newRedactor([]string{secret})
	for name, encode := range encodings {
		for pad := range 120 { // for every place of the secret across the end
			text := strings.Repeat("-", 80) + " " + strings.Repeat("-", pad) + encode(secret)
			line := r.line(text, 120)
			assert.LessOrEqual(t, len(line), 120)
			assert.NotRegexp(t, "^-+ -*[^-[…]", line, "pad %d, %s", pad, name)
			for cut := range len(encode(secret)) - 1 {
				if pad < 1 { // of its first character, half an escape may be left
					clean := r.cutText(text[:len(text)-1-cut])
					assert.Regexp(t, `^-+ -*(\[redacted\]|[MDI]?|%|&#?[xX]?\d*|\\[ux]?0*)$`, clean, "%s, cut %d", name, cut)
				}
			}
		}
	}
	long := strings.Repeat(secret, 2*maxSource/len(secret))
	assert.Equal(t, redacted+ellipsis, r.line(long, 512))
}

// The same holds for a secret that ends as it begins, and for nested escapes that the cut leaves
// unfinished.
func TestRedactorOfCutTexts(t *testing.T) {
	const secret = `canary-PASSWORD/+ "<é>%&=;'\canary`
	random := rand.New(rand.NewPCG(1, 2))
	r := newRedactor([]string{secret})
	for inner, first := range encodings {
		for outer, second := range encodings {
			if !isEscape(inner) || !isEscape(outer) {
				continue
			}
			encoded := second(first(secret))
			text := strings.Repeat("~~"+encoded+" ", 3)
			for cut := random.IntN(7); cut < len(encoded)+3; cut += 7 {
				clean := r.cutText(text[:len(text)-cut])
				require.NotContains(t, clean, "anary-", "%s, then %s, cut %d", inner, outer, cut)
			}
		}
	}
}

func TestHoldsSecret(t *testing.T) {
	c := &Client{credentials: Static(Bearer(), "canary-0/+", "short")}
	c.credentials.recent.add("recent-token")
	assert.True(t, c.holdsSecret("/x?y=canary-0%2f%2B"))
	assert.True(t, c.holdsSecret("/x/recent-token"))
	assert.False(t, c.holdsSecret("/x/short"))
	assert.True(t, c.holdsSecret(strings.Repeat("x", maxSource)))
}

// A path is shown without the secrets in it, except those as short as a word.
func TestPathIsRedacted(t *testing.T) {
	var log strings.Builder
	client, err := New(Config{Vendor: "acme", BaseURL: "https://api.example.com", Credentials: Static(Bearer(), "canary-0/+", "things")},
		activity.WithTransport(reply(503, "text/plain", "")), activity.WithRetry(activity.RetryPolicy{MaxAttempts: 2, MinWait: 1, MaxWait: 1}),
		activity.WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
	require.NoError(t, err)
	_, err = client.Do(t.Context(), Call{Op: "list things", Path: "/things/canary-0%2f%2B/x", Read: true})
	require.ErrorContains(t, err, "/things/[redacted]/x")
	assert.NotContains(t, err.Error()+log.String(), "canary")
	assert.Contains(t, log.String(), "/things/[redacted]/x")
}

// hostile returns the texts that take longest to search.
func hostile() map[string]string {
	random := make([]byte, maxSource)
	source := rand.New(rand.NewPCG(1, 2))
	for i := range random {
		random[i] = byte('!' + source.IntN(90))
	}
	nested := `%255Cu0026#37;41&amp;quot;`
	return map[string]string{
		"random": string(random), "alike": strings.Repeat("a", maxSource), "nested": strings.Repeat(nested, maxSource/len(nested)),
		"backslashes": strings.Repeat(`\`, maxSource), "ampersands": strings.Repeat("&a", maxSource/2), "percents": strings.Repeat("%25", maxSource/3),
	}
}

func hostileSecrets() []string {
	secrets := []string{"client-id", `pass"word%&`}
	for i := range maxRecent / minRecent {
		secrets = append(secrets, strings.Repeat("a", minRecent-8)+fmt.Sprintf("%08d", i))
	}
	return secrets
}

// The longest text takes milliseconds, whatever is in it, with as many secrets as are kept at most.
// The limit is wide, since other tests run at the same time.
func TestRedactorIsFast(t *testing.T) {
	for name, text := range hostile() {
		begun := time.Now()
		_ = newRedactor(hostileSecrets()).text(text)
		assert.Less(t, time.Since(begun), 5*time.Second, name)
	}
}

func BenchmarkRedactor(b *testing.B) {
	for name, text := range hostile() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_ = newRedactor(hostileSecrets()).text(text)
			}
		})
	}
	b.Run("usual", func(b *testing.B) {
		for b.Loop() {
			_ = newRedactor([]string{"client-secret", "token"}).text(`{"error":"invalid_client","error_description":"There is no such client."}`)
		}
	})
}

func FuzzRedactor(f *testing.F) {
	var names []string
	for name := range encodings {
		if isEscape(name) {
			names = append(names, name)
		}
	}
	f.Add(`s3cr&t "k`, "a ", " b", uint64(1))
	f.Add(`41ab"cd%%`, "%", "41", uint64(2))
	f.Add(`0000\"\a`, "0", "0", uint64(118))
	f.Add("00000000", `\`, "1", uint64(2))
	f.Fuzz(func(t *testing.T, secret, before, behind string, how uint64) {
		if len(secret) < recognizable || strings.ContainsAny(secret, "[]") || Unusable("it", secret) != "" || len(secret) > 100 || len(before)+len(behind) > 1<<10 {
			return
		}
		random := rand.New(rand.NewPCG(how, how))
		encoded := secret
		for range random.IntN(maxEscapes + 1) {
			encoded = encodings[names[random.IntN(len(names))]](encoded)
		}
		// Text next to a secret may form an escape with it. The redactor follows that for one
		// escape, if enough of the secret is left, and not into half a surrogate pair.
		eaten := max(slices.Max(append(endsOfEscapes(secret), 0)), slices.Max(append(endsOfEscapes(encoded), 0)))
		if len(secret)-eaten-unfinished(secret) < recognizable/2 || strings.ContainsFunc(secret, func(r rune) bool { return r > 0xFFFF }) {
			before, behind = strings.TrimRight(before, `\%&`), ""
		}
		before, behind = before+" "+before[max(0, len(before)-2):], behind[:min(2, len(behind))]+" "+behind
		if len(encoded) > maxSource/2 {
			return
		}
		clean := newRedactor([]string{secret}).text(before + encoded + behind)
		for v := range views(clean) {
			require.NotContains(t, v.text, secret)
		}
		require.NotContains(t, clean, encoded)
	})
}
