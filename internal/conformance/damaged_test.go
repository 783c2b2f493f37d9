package conformance_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/internal/fake"
)

// with has each answer hold one more member, in the record with a number.
func (a *adapter) with(t *testing.T, id int, member string) fake.Fault {
	t.Helper()
	var members map[string]json.RawMessage
	require.NoError(t, json.Unmarshal([]byte(marshaled(a.record(id, newest()))), &members))
	known := `"` + a.id + `":` + string(members[a.id])
	return fake.Fault{Damage: func(body []byte) []byte {
		return bytes.Replace(body, []byte(known), []byte(`"zz":"`+member+`",`+known), 1)
	}}
}

// A record with characters that JSON does not allow costs neither itself nor its page: it comes
// with its bytes, and Problems names the member.
func TestDamagedText(t *testing.T) {
	for name, damaged := range map[string]string{
		"a tab":            "a\tb",
		"a line break":     "a\r\nb",
		"a null":           "a\x00b",
		"Latin-1":          "caf\xe9",
		"half a character": "\xe2\x82",
		"all at once":      "\x00\xe9\t\xff\n",
	} {
		t.Run(name, func(t *testing.T) {
			eachReading(t, adapters, func(t *testing.T, a *adapter, r reading) {
				s := a.fill(13)
				fault := a.with(t, 7, damaged)
				s.FailWith(func(fake.Request) *fake.Fault { return &fault })
				records, err := r.all(t, s, 5)
				require.NoError(t, err)
				require.Equal(t, down(13, 1), idsOf(records))
				for _, got := range records {
					if got.id != 7 {
						assert.Empty(t, got.problems)
						continue
					}
					assert.Contains(t, string(got.raw), `"zz":"`+damaged+`"`, "byte for byte")
					assert.Equal(t, []string{"zz"}, slices.Compact(fieldsOf(got.problems)))
					text, err := json.Marshal(got.value)
					require.NoError(t, err)
					assert.True(t, json.Valid(text))
				}
			})
		})
	}
}

// An answer in a charset that it declares is read as what it is.
func TestCharsets(t *testing.T) {
	for _, charset := range []string{"iso-8859-1", "utf-16le", "utf-16be"} {
		t.Run(charset, func(t *testing.T) {
			eachReading(t, adapters, func(t *testing.T, a *adapter, r reading) {
				s := a.fill(13)
				fault := a.with(t, 7, "café")
				fault.Charset = charset
				s.FailWith(func(fake.Request) *fake.Fault { return &fault })
				records, err := r.all(t, s, 5)
				require.NoError(t, err)
				require.Equal(t, down(13, 1), idsOf(records))
				for _, got := range records {
					assert.Empty(t, got.problems)
					assert.Equal(t, got.id == 7, strings.Contains(string(got.raw), `"zz":"café"`))
				}
			})
		})
	}
}

// Answers, and tokens, are read whatever their labels say, and nothing is asked for twice.
func TestMislabelledAnswers(t *testing.T) {
	labelled := func(label string) fake.Fault { return fake.Fault{Header: http.Header{"Content-Type": {label}}} }
	for name, fault := range map[string]fake.Fault{
		"text":            labelled("text/plain"),
		"HTML":            labelled("text/html"),
		"no label":        {Header: http.Header{"Content-Type": nil}},
		"no semicolon":    labelled("application/json charset=utf-8"),
		"byte order mark": {BOM: true},
		"deflate":         {Deflate: true},
		"all at once":     {BOM: true, Deflate: true, Header: http.Header{"Content-Type": {"text/plain"}}},
	} {
		t.Run(name, func(t *testing.T) {
			eachReading(t, adapters, func(t *testing.T, a *adapter, r reading) {
				s := a.fill(13)
				_, err := r.all(t, s, 5)
				require.NoError(t, err)
				requests := len(s.Requests())
				s.ResetRequests()

				token := fault
				token.Token = true
				s.FailWith(func(r fake.Request) *fake.Fault {
					if isTokenRequest(r) {
						return &token
					}
					return &fault
				})
				records, err := r.all(t, s, 5)
				require.NoError(t, err)
				assert.Equal(t, down(13, 1), idsOf(records))
				assert.Len(t, s.Requests(), requests)
			})
		})
	}
}

// An answer without content is a page without records, and is not asked for again.
func TestAnswersWithoutContent(t *testing.T) {
	eachReading(t, adapters, func(t *testing.T, a *adapter, r reading) {
		empty, s := a.fill(0), a.fill(3)
		s.FailWith(func(fake.Request) *fake.Fault { return &fake.Fault{Status: http.StatusNoContent} })
		for _, s := range []*service{empty, s} {
			records, err := r.all(t, s, 5)
			require.NoError(t, err)
			assert.Empty(t, records)
		}
		assert.Len(t, s.calls(), len(empty.calls()))
	})
}
