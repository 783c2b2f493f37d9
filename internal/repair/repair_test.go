package repair_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/internal/repair"
)

func TestStrings(t *testing.T) {
	one := func(bodyEnd, textEnd int, d repair.Defects) []repair.String {
		return []repair.String{{BodyEnd: bodyEnd, TextEnd: textEnd, Defects: d}}
	}
	for body, want := range map[string]struct {
		text    string
		damaged []repair.String
	}{
		"\"a\tb\"":           {`"a\u0009b"`, one(5, 10, repair.Controls)},
		"\"Zo\xeb \x80\"":    {`"Zoë €"`, one(7, 10, repair.NotUTF8)},
		"\"\\\t\"":           {`"\\\u0009"`, one(4, 10, repair.Controls)},
		`"\ud800"`:           {`"\ud800"`, one(8, 8, repair.HalfSurrogate)},
		`"\ud83d\ude00 é"`:   {`"\ud83d\ude00 é"`, nil},
		"{\n\t\"a\": 1.5}\r": {"{\n\t\"a\": 1.5}\r", nil},
		"[\"\t\",\"a\",\"\xff\"]": {`["\u0009","a","ÿ"]`, []repair.String{
			{BodyEnd: 4, TextEnd: 9, Defects: repair.Controls}, {BodyEnd: 12, TextEnd: 18, Defects: repair.NotUTF8}}},
		"":          {"", nil},
		"oops\xff":  {"oops\xff", nil},
		"\"no\tend": {`"no\u0009end`, one(7, 12, repair.Controls)},
		`"\`:        {`"\`, nil},
	} {
		text, damaged, err := repair.Strings([]byte(body), nil)
		require.NoError(t, err)
		assert.Equal(t, want.text, string(text), "%q", body)
		assert.Equal(t, want.damaged, damaged, "%q", body)
	}
}

// A body with nothing to replace is returned as it is, and no other is changed in place.
func TestStringsShareNoDamagedBody(t *testing.T) {
	clean, damaged := []byte(`["a"]`), []byte("[\"a\t\"]")
	text, _, _ := repair.Strings(clean, nil)
	assert.Same(t, &clean[0], &text[0])
	text, _, _ = repair.Strings(damaged, nil)
	assert.NotSame(t, &damaged[0], &text[0])
	assert.Equal(t, "[\"a\t\"]", string(damaged))
}

var errEnough = errors.New("enough")

// limits allow a number of calls.
type limits struct{ calls int }

func (l *limits) Ended() error { return l.count() }

func (l *limits) Spend(_, _ int) error { return l.count() }

func (l *limits) count() error {
	if l.calls--; l.calls < 0 {
		return errEnough
	}
	return nil
}

func TestLimits(t *testing.T) {
	body := []byte("[\"\t\",\"\\ud800\",\"" + strings.Repeat("\xff", 1000) + "\"]")
	for calls := range 20 {
		text, _, err := repair.Strings(body, &limits{calls})
		if err == nil {
			require.Greater(t, calls, 4)
			require.True(t, utf8.Valid(text))
			return
		}
		require.ErrorIs(t, err, errEnough)
		require.Equal(t, string(body), string(text))
	}
	t.Error("no number of calls is enough")
}
