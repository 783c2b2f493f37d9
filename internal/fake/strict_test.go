package fake_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/internal/fake"
)

func TestStrictQuery(t *testing.T) {
	for raw, want := range map[string]url.Values{
		"":                {},
		"a=1":             {"a": {"1"}},
		"a=1&b=2&a=3":     {"a": {"1", "3"}, "b": {"2"}},
		"a=x%20y+z%3B%26": {"a": {"x y z;&"}},
		"a":               {"a": {""}},
		"a==":             {"a": {"="}},
	} {
		got, err := fake.StrictQuery(raw)
		require.NoError(t, err, raw)
		assert.Equal(t, want, got, raw)
	}
	for raw, want := range map[string]string{
		"a=1&":        "the query holds a parameter without a name",
		"&a=1":        "the query holds a parameter without a name",
		"a=1&&b=2":    "the query holds a parameter without a name",
		"=hidden":     "the query holds a parameter without a name",
		"a=hidden;b":  "the query holds an unescaped semicolon",
		"a;b=1":       "the query holds an unescaped semicolon",
		"a=hidden%zz": `parameter "a" of the query has a malformed escape`,
		"a=hidden%2":  `parameter "a" of the query has a malformed escape`,
		"a%=hidden":   "the query holds a parameter whose name has a malformed escape",
	} {
		_, err := fake.StrictQuery(raw)
		assert.EqualError(t, err, want, raw)
	}
}

func TestStrictForm(t *testing.T) {
	got, err := fake.StrictForm([]byte("grant_type=client_credentials&client_id=a%2Bb"))
	require.NoError(t, err)
	assert.Equal(t, url.Values{"grant_type": {"client_credentials"}, "client_id": {"a+b"}}, got)
	_, err = fake.StrictForm([]byte("client_secret=hidden%"))
	assert.EqualError(t, err, `parameter "client_secret" of the form has a malformed escape`)
}

func FuzzStrictQuery(f *testing.F) {
	for _, seed := range []string{"", "a=1&b=%20", "a=%zz", "a;b", "&&", "a+b=c+d&=x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		strict, err := fake.StrictQuery(raw)
		if err != nil {
			return
		}
		lenient, err := url.ParseQuery(raw)
		require.NoError(t, err, "strict may not take what net/url refuses")
		assert.Equal(t, lenient, strict)
	})
}

func TestStrictJSON(t *testing.T) {
	type filter struct {
		Limit  int      `json:"limit"`
		Action []string `json:"action"`
		Inner  struct {
			A string `json:"a"`
		} `json:"inner"`
	}
	var v filter
	require.NoError(t, fake.StrictJSON([]byte(` {"limit":50,"action":["blocked"],"inner":{"a":"x"}} `), &v))
	assert.Equal(t, 50, v.Limit)
	assert.Equal(t, []string{"blocked"}, v.Action)
	assert.Equal(t, "x", v.Inner.A)
	require.NoError(t, fake.StrictJSON([]byte(`{}`), new(filter)))

	for body, want := range map[string]string{
		``:                          "the body is not a JSON object",
		`[]`:                        "the body is not a JSON object",
		`null`:                      "the body is not a JSON object",
		`"hidden"`:                  "the body is not a JSON object",
		`{"limit":1`:                "the body is not valid JSON",
		`{"limit":1}{}`:             "the body is not valid JSON",
		`{"limit":1,}`:              "the body is not valid JSON",
		`{"limit":hidden}`:          "the body is not valid JSON",
		"{\"action\":[\"\xff\"]}":   "the body is not valid JSON",
		`{"Limit":1}`:               "unknown member /Limit in the JSON body",
		`{"inner":{"b":"hidden"}}`:  "unknown member /inner/b in the JSON body",
		`{"limit":1,"limit":1}`:     "member /limit occurs twice in the JSON body",
		`{"limit":"hidden"}`:        "member /limit of the JSON body has the wrong type or range: want int",
		`{"limit":1.5}`:             "member /limit of the JSON body has the wrong type or range: want int",
		`{"action":["a",7]}`:        "member /action/1 of the JSON body has the wrong type or range: want string",
		`{"inner":{"a":"x","a":1}}`: "member /inner/a occurs twice in the JSON body",
	} {
		assert.EqualError(t, fake.StrictJSON([]byte(body), new(filter)), want, body)
	}
}

func FuzzStrictJSON(f *testing.F) {
	for _, seed := range []string{`{}`, `{"limit":1}`, `{"limit":"x"}`, `[`, `{"limit":1,"limit":2}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		err := fake.StrictJSON(body, new(struct {
			Limit int `json:"limit"`
		}))
		if err == nil {
			require.Equal(t, byte('{'), strings.TrimSpace(string(body))[0])
		}
	})
}

func TestMediaType(t *testing.T) {
	const wanted = "application/json"
	for _, good := range []string{"application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8"} {
		assert.NoError(t, fake.MediaType(http.Header{"Content-Type": {good}}, wanted), good)
	}
	for _, bad := range []string{"", "text/json", "application/json; charset=latin1", "application/json; version=1", "application/json;;", "/"} {
		assert.EqualError(t, fake.MediaType(http.Header{"Content-Type": {bad}}, wanted),
			`header Content-Type: want application/json, got "`+bad+`"`)
	}
	assert.Error(t, fake.MediaType(http.Header{}, wanted))
	assert.Error(t, fake.MediaType(http.Header{"Content-Type": {wanted, wanted}}, wanted))
}
