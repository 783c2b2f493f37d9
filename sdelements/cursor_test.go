package sdelements_test

import (
	"encoding/base64"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

// position gives what a cursor says.
func position(t *testing.T, at activity.Cursor) string {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(string(at), "a1."))
	require.NoError(t, err)
	return string(text)
}

func cursorOf(position string) activity.Cursor {
	return activity.Cursor("a1." + base64.RawURLEncoding.EncodeToString([]byte(position)))
}

// goldenCursors has, by list and kind, cursors that this release wrote. Every later release of the same major version has to continue from
// them, so nothing in the file is ever changed.
func goldenCursors(t *testing.T) map[string]string {
	text, err := os.ReadFile("testdata/cursors.golden")
	require.NoError(t, err)
	cursors := map[string]string{}
	for line := range strings.Lines(string(text)) {
		name, cursor, _ := strings.Cut(strings.TrimSpace(line), " ")
		cursors[name] = cursor
	}
	return cursors
}

func TestCursorsOfThisReleaseAreGoodForEver(t *testing.T) {
	q := sdelements.ActivityQuery{PageSize: 2, Name: sdelements.LoggedInActivity, DateFrom: ago(100)}
	golden := goldenCursors(t)
	require.Len(t, golden, 2*len(lists))
	for kind, rows := range map[string][]sdelements.Activity{"ordered": mine(5), "disordered": mine(21)} {
		for i := range rows {
			rows[i].Name = sdelements.LoggedInActivity
		}
		if kind == "disordered" {
			rows[1].ID, rows[2].ID = rows[2].ID, rows[1].ID
		}
		for path, list := range lists {
			server := sdelementstest.NewServer()
			server.Add(rows...)
			var at activity.Cursor
			for page, err := range list(server.Client(), q).Pages(t.Context()) {
				require.NoError(t, err)
				if at = page.Next; page.Items[0].ID == 3 {
					break
				}
			}
			want := golden[path+"#"+kind]
			assert.Equal(t, want, string(at), "%s#%s %s", path, kind, position(t, at))

			server.InsertAt(0, sdelements.Activity{ID: 99, Name: sdelements.LoggedInActivity, Actor: 1, Date: ago(-1),
				Data: sdelements.Data{Project: 42}})
			got, err := list(server.Client(), q).From(activity.Cursor(want)).Collect(t.Context(), 0)
			require.NoError(t, err, path)
			assert.Equal(t, []int64{1}, idsOf(got), "what came in pushed an activity that was delivered onto the page")
		}
	}
}

func TestWhatACursorSays(t *testing.T) {
	server := sdelementstest.NewServer()
	server.Add(mine(5)...)
	page, err := server.Client().Activities(sdelements.ActivityQuery{PageSize: 2, Project: 42}).Page(t.Context(), "")
	require.NoError(t, err)
	assert.Equal(t, `{"e":"activities","f":"`+fingerprint(t, page.Next)+`","p":{"q":"page=2&page_size=2&project=42",`+
		`"n":{"i":[5,4],"d":1714996799000000,"c":5}}}`, position(t, page.Next))
}

// fingerprint gives the part of a cursor that binds it to its list.
func fingerprint(t *testing.T, at activity.Cursor) string {
	t.Helper()
	_, rest, ok := strings.Cut(position(t, at), `"f":"`)
	require.True(t, ok)
	found, _, ok := strings.Cut(rest, `"`)
	require.True(t, ok)
	return found
}

func TestACursorFitsItsListOnly(t *testing.T) {
	server := sdelementstest.NewServer()
	server.Add(mine(5)...)
	client := server.Client()
	q := sdelements.ActivityQuery{PageSize: 2, Project: 42}
	page, err := client.Activities(q).Page(t.Context(), "")
	require.NoError(t, err)
	server.ResetRequests()

	q.PageSize = 4 // belongs to paging; the cursor goes on with its own
	got, err := client.Activities(q).From(page.Next).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Equal(t, down(3, 1), idsOf(got))
	assert.Equal(t, "GET /api/v2/activities/?page=2&page_size=2&project=42", lines(server)[0])
	other, err := sdelements.New(tenant, server.Credentials(), activity.WithTransport(server.Transport()))
	require.NoError(t, err)
	got, err = other.Activities(q).From(page.Next).Collect(t.Context(), 0)
	require.NoError(t, err, "the host is no part of it")
	assert.Len(t, got, 3)
	server.ResetRequests()

	for name, list := range map[string]activity.List[sdelements.Activity]{
		"another filter":  client.Activities(sdelements.ActivityQuery{Project: 43}),
		"no filter":       client.Activities(sdelements.ActivityQuery{}),
		"another list":    client.UserActivities(q),
		"a project":       client.ProjectActivities(42, q),
		"its stream":      client.UserActivityStream(q),
		"another unknown": client.Activities(sdelements.ActivityQuery{Project: 42, Extra: map[string][]string{"x": {"1"}}}),
	} {
		_, err := list.From(page.Next).Collect(t.Context(), 0)
		require.ErrorIs(t, err, activity.ErrCursorMismatch, name)
		_, err = list.Page(t.Context(), page.Next)
		require.ErrorIs(t, err, activity.ErrCursorMismatch, name)
	}
	first, err := client.ProjectActivities(42, q).Page(t.Context(), "")
	require.NoError(t, err)
	server.ResetRequests()
	_, err = client.ProjectActivities(43, q).Page(t.Context(), first.Next)
	require.ErrorIs(t, err, activity.ErrCursorMismatch)
	assert.Empty(t, server.Requests())
}

func TestACursorThatWasTamperedWith(t *testing.T) {
	server := sdelementstest.NewServer()
	server.Add(mine(5)...)
	list := server.Client().Activities(sdelements.ActivityQuery{PageSize: 2})
	page, err := list.Page(t.Context(), "")
	require.NoError(t, err)
	server.ResetRequests()
	good := position(t, page.Next)
	require.Contains(t, good, `"q":"page=2&page_size=2","n":{"i":[5,4],`)
	change := func(old, replacement string) activity.Cursor {
		changed := strings.Replace(good, old, replacement, 1)
		require.NotEqual(t, good, changed)
		return cursorOf(changed)
	}
	for name, at := range map[string]activity.Cursor{
		"no cursor":           "page=2",
		"another version":     "a2" + page.Next[2:],
		"cut":                 page.Next[:len(page.Next)-3],
		"too long":            page.Next + activity.Cursor(strings.Repeat("A", 32<<10)),
		"no query":            change(`"page=2&page_size=2"`, `""`),
		"another path":        change(`"q":`, `"u":"/api/v2/users/","q":`),
		"a path that climbs":  change(`"q":`, `"u":"/api/v2/activities/../users/","q":`),
		"a fragment":          change(`page=2&page_size=2`, `page=2#`),
		"a broken escape":     change(`page=2&page_size=2`, `page=%zz`),
		"a line break":        change(`page=2&page_size=2`, `page=2\r\nX: y`),
		"an unknown member":   change(`"n":`, `"x":1,"n":`),
		"an unknown note":     change(`"i":`, `"x":1,"i":`),
		"a note of texts":     change(`[5,4]`, `["5","4"]`),
		"a note that is none": cursorOf(good[:strings.Index(good, `"n":`)] + `"n":7}}`),
		"a note of an array":  cursorOf(good[:strings.Index(good, `"n":`)] + `"n":[1]}}`),
	} {
		_, err := list.From(at).Collect(t.Context(), 0)
		require.ErrorIs(t, err, activity.ErrCursorMismatch, name)
		_, err = list.Page(t.Context(), at)
		require.ErrorIs(t, err, activity.ErrCursorMismatch, name)
	}
	assert.Empty(t, server.Requests())
}
