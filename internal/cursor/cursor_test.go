package cursor_test

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/cursor"
	"github.com/activity-sdk/activity/internal/settings"
)

type position struct {
	Offset int64    `json:"o,omitzero"`
	Recent []string `json:"r,omitzero"`
}

var tenant = settings.Tenant{Name: "acme-prod"}

var list = cursor.For("acme", tenant, "things", "/things", url.Values{"user": {"a"}})

// golden is a cursor of the first release. Every release of the same major version must read it.
const golden activity.Cursor = "a1.eyJ0IjoiYWNtZS1wcm9kIiwiZSI6InRoaW5ncyIsImYiOiJzZklEZmI5MTQzWS1fSnB6IiwicCI6eyJvIjo3LCJyIjpbIngiLCJ5Il19fQ"

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
		"endpoint":   cursor.For("acme", tenant, "others", "/things", url.Values{"user": {"a"}}),
		"path":       cursor.For("acme", tenant, "things", "/elsewhere", url.Values{"user": {"a"}}),
		"parameters": cursor.For("acme", tenant, "things", "/things", url.Values{"user": {"b"}}),
		"fewer":      cursor.For("acme", tenant, "things", "/things", nil),
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
	odd := golden
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

// A cursor of another tenant is refused, with both names and a way out.
func TestTenant(t *testing.T) {
	of := func(tenant settings.Tenant) cursor.List {
		return cursor.For("acme", tenant, "things", "/things", url.Values{"user": {"a"}})
	}
	named := func(name string) settings.Tenant { return settings.Tenant{Name: name} }
	host := func(name string) settings.Tenant { return settings.Tenant{Name: name, Host: true} }
	const advice = "; if that is the same account, whose name or host changed, give WithTenant the old name"
	for name, tt := range map[string]struct {
		wrote, reads settings.Tenant
		want         string // of the error; "": there is none
	}{
		"the same":                       {named("a"), named("a"), ""},
		"none":                           {named(""), named(""), ""},
		"the same host":                  {host("a.example.com"), host("a.example.com"), ""},
		"a host that became the name":    {host("a.example.com"), named("a.example.com"), ""},
		"a name that became the host":    {named("a.example.com"), host("a.example.com"), ""},
		"another":                        {named("a"), named("b"), `made for tenant "a", and this list is of tenant "b"` + advice},
		"a name where there was none":    {named(""), named("b"), `made for tenant "", and this list is of tenant "b"; to go on with it, use the options and credentials that it was stored with, which named none`},
		"no name where there was one":    {named("a"), named(""), `made for tenant "a", and this list is of tenant ""` + advice},
		"another host":                   {host("a.example.com"), host("b.example.com"), `made for a tenant on another host, and this list is of tenant "b.example.com"` + advice},
		"a name, and it went by another": {host("a.example.com"), named("b"), `made for a tenant on another host, and this list is of tenant "b"` + advice},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := cursor.At(of(tt.wrote), position{Offset: 7})
			require.NoError(t, err)
			_, encoded, _ := strings.Cut(string(c), ".")
			text, err := base64.RawURLEncoding.DecodeString(encoded)
			require.NoError(t, err)
			assert.Equal(t, !tt.wrote.Host, strings.Contains(string(text), tt.wrote.Name), "a cursor holds no host")
			got, err := cursor.Position[position](of(tt.reads), c)
			if tt.want == "" {
				require.NoError(t, err)
				assert.Equal(t, position{Offset: 7}, got)
				return
			}
			require.ErrorIs(t, err, activity.ErrCursorMismatch)
			require.ErrorContains(t, err, tt.want)
			assert.Zero(t, got)
			var e *activity.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, tt.reads.Name, e.Tenant)
		})
	}
}

// An error does not repeat a tenant that no cursor can hold.
func TestForgedTenant(t *testing.T) {
	for _, name := range []string{strings.Repeat("x", 129), "a\nb"} {
		c, err := cursor.At(cursor.For("acme", settings.Tenant{Name: name}, "things", "/things", nil), position{})
		require.NoError(t, err)
		_, err = cursor.Position[position](list, c)
		require.ErrorIs(t, err, activity.ErrCursorMismatch)
		require.ErrorContains(t, err, "the cursor is damaged")
	}
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
