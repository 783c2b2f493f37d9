package cursor_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/cursor"
)

type position struct {
	Offset int64    `json:"o,omitzero"`
	Recent []string `json:"r,omitzero"`
}

var list = cursor.For("acme", "things", "/things", url.Values{"user": {"a"}})

// golden was written by the first release. It must be read for as long as the major version lasts.
const golden activity.Cursor = "a1.eyJlIjoidGhpbmdzIiwiZiI6InNmSURmYjkxNDNZLV9KcHoiLCJwIjp7Im8iOjcsInIiOlsieCIsInkiXX19"

func TestCursor(t *testing.T) {
	want := position{Offset: 7, Recent: []string{"x", "y"}}
	c, err := cursor.At(list, want)
	require.NoError(t, err)
	assert.Equal(t, golden, c)
	got, err := cursor.Position[position](list, golden)
	require.NoError(t, err)
	assert.Equal(t, want, got)
	assert.NotContains(t, string(c), "/")
}

func TestMismatch(t *testing.T) {
	other := map[string]cursor.List{
		"endpoint":   cursor.For("acme", "others", "/things", url.Values{"user": {"a"}}),
		"path":       cursor.For("acme", "things", "/elsewhere", url.Values{"user": {"a"}}),
		"parameters": cursor.For("acme", "things", "/things", url.Values{"user": {"b"}}),
		"fewer":      cursor.For("acme", "things", "/things", nil),
	}
	for name, l := range other {
		p, err := cursor.Position[position](l, golden)
		require.ErrorIs(t, err, activity.ErrCursorMismatch, name)
		assert.Zero(t, p, name)
	}
	more, err := cursor.At(list, struct {
		Offset int64 `json:"o"`
		More   int64 `json:"x"`
	}{7, 1})
	require.NoError(t, err)
	odd, err := cursor.At(list, position{Offset: 17, Recent: []string{"x", "y"}})
	require.NoError(t, err)
	require.Equal(t, byte('Q'), odd[len(odd)-1], "a character with bits to spare")
	for name, c := range map[string]activity.Cursor{
		"empty":           "",
		"no version":      golden[3:],
		"another version": "b1." + golden[3:],
		"cut":             golden[:len(golden)-8],
		"not base64":      "a1.!!!",
		"bits to spare":   odd[:len(odd)-1] + "R",
		"not JSON":        "a1.YWJj",
		"more members":    more,
		"too long":        "a1." + activity.Cursor(strings.Repeat("A", cursor.MaxLength)),
	} {
		p, err := cursor.Position[position](list, c)
		require.ErrorIs(t, err, activity.ErrCursorMismatch, name)
		assert.Zero(t, p)
		var e *activity.Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, "acme", e.Vendor)
	}
	require.ErrorIs(t, list.Mismatch(), activity.ErrCursorMismatch)
}

func TestCursorIsBounded(t *testing.T) {
	_, err := cursor.At(list, position{Recent: []string{strings.Repeat("x", cursor.MaxLength)}})
	require.ErrorIs(t, err, activity.ErrMalformed)

	longest := 0
	for size := cursor.MaxLength/4*3 - 200; ; size++ {
		want := position{Recent: []string{strings.Repeat("x", size)}}
		c, err := cursor.At(list, want)
		if err != nil {
			break
		}
		longest = len(c)
		got, err := cursor.Position[position](list, c)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	assert.InDelta(t, cursor.MaxLength, longest, 3)
}

func FuzzPosition(f *testing.F) {
	f.Add(string(golden))
	f.Add("a1.")
	f.Add("a1.eyJ9")
	f.Fuzz(func(t *testing.T, c string) {
		p, err := cursor.Position[position](list, activity.Cursor(c))
		if err != nil {
			require.ErrorIs(t, err, activity.ErrCursorMismatch)
			return
		}
		again, err := cursor.At(list, p)
		require.NoError(t, err)
		q, err := cursor.Position[position](list, again)
		require.NoError(t, err)
		require.Equal(t, p, q)
	})
}
