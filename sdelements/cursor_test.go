package sdelements_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

// position returns the decoded text of a cursor.
func position(t *testing.T, at activity.Cursor) string {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(string(at), "a1."))
	require.NoError(t, err)
	return string(text)
}

func cursorOf(position string) activity.Cursor {
	return activity.Cursor("a1." + base64.RawURLEncoding.EncodeToString([]byte(position)))
}

// goldenCursors returns cursors that this release wrote, by list and state. Every later release of
// the same major version must continue from them, so the file never changes.
func goldenCursors(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("testdata/cursors.golden")
	require.NoError(t, err)
	cursors := map[string]string{}
	for line := range strings.Lines(string(text)) {
		name, cursor, _ := strings.Cut(strings.TrimSpace(line), " ")
		cursors[name] = cursor
	}
	return cursors
}

// states has what may happen to a list before its second page is read.
var states = map[string]func(server *sdelementstest.Server){
	"calm":     func(*sdelementstest.Server) {},
	"grown":    func(server *sdelementstest.Server) { server.Add(activities(90, 91, 92)...) },
	"shrunk":   func(server *sdelementstest.Server) { server.Delete(9) },
	"repeated": func(server *sdelementstest.Server) { server.InsertAt(2, activities(8)...); server.Delete(1) },
}

// activities returns activities that are in every list. Ids up to 9 have the dates of
// newestFirst(9), higher ones are newer.
func activities(ids ...int64) []sdelements.Activity {
	items := make([]sdelements.Activity, len(ids))
	for i, id := range ids {
		items[i] = sdelements.Activity{ID: id, Name: sdelements.CreatedProjectActivity, Actor: sdelementstest.Me, Date: ago(max(int(9-id), -1))}
		items[i].Data.Project = 42
	}
	return items
}

func TestGoldenCursors(t *testing.T) {
	q := sdelements.ActivityQuery{PageSize: 2, Name: sdelements.CreatedProjectActivity, DateFrom: ago(100)}
	golden := goldenCursors(t)
	assert.Len(t, golden, len(states)*len(lists))
	for state, change := range states {
		for path, list := range lists {
			name := path + "#" + state
			server := sdelementstest.NewServer()
			server.Add(activities(down(9, 1)...)...)
			answerWithDate(server, noon.Format(http.TimeFormat))
			l := list(server.Client(), q)
			first, err := l.Page(t.Context(), "")
			require.NoError(t, err, name)
			change(server)
			second, err := l.Page(t.Context(), first.Next)
			require.NoError(t, err, name)
			assert.Equal(t, golden[name], string(second.Next), "%s %s", name, position(t, second.Next))

			server.Add(activities(99)...)
			rest, err := l.From(activity.Cursor(golden[name])).Collect(t.Context(), 0)
			require.NoError(t, err, name)
			var old []int64
			for _, id := range ids(slices.Concat(first.Items, second.Items, rest)) {
				if id > 1 && id < 90 {
					old = append(old, id)
				}
			}
			assert.Equal(t, down(9, 2), old, name)
		}
	}
}

func TestCursorContent(t *testing.T) {
	server := sdelementstest.NewServer()
	server.Add(mine(5)...)
	answerWithDate(server, noon.Format(http.TimeFormat))
	page, err := server.Client().Activities(sdelements.ActivityQuery{PageSize: 2, Project: 42}).Page(t.Context(), "")
	require.NoError(t, err)
	assert.Equal(t, `{"t":"#MQMFWurqsRP9YDJz","e":"activities","f":"`+fingerprint(t, page.Next)+`","p":{"q":"page=2","s":2,"b":"2024-05-06T12:00:01Z",`+
		`"c":5,"f":true,"p":2,"k":"CAI="}}`, position(t, page.Next))
}

// fingerprint returns the part of a cursor that binds it to its list.
func fingerprint(t *testing.T, at activity.Cursor) string {
	t.Helper()
	_, rest, ok := strings.Cut(position(t, at), `"f":"`)
	require.True(t, ok)
	found, _, ok := strings.Cut(rest, `"`)
	require.True(t, ok)
	return found
}

func TestCursorOfAnotherList(t *testing.T) {
	server := sdelementstest.NewServer()
	server.Add(mine(5)...)
	client := server.Client()
	q := sdelements.ActivityQuery{PageSize: 2, Project: 42}
	page, err := client.Activities(q).Page(t.Context(), "")
	require.NoError(t, err)
	server.ResetRequests()

	elsewhere := func(opts ...activity.Option) activity.List[sdelements.Activity] {
		c, err := sdelements.New(tenant, server.Credentials(), append(opts, activity.WithTransport(server.Transport()))...)
		require.NoError(t, err)
		return c.Activities(q).From(page.Next)
	}
	_, err = elsewhere().Collect(t.Context(), 0)
	require.ErrorIs(t, err, activity.ErrCursorMismatch)
	require.ErrorContains(t, err, `made for a tenant on another host, and this list is of tenant "tenant.example.com"`)
	assert.Empty(t, server.Requests())
	got, err := elsewhere(activity.WithTenant("example.sdelements.example.com")).Collect(t.Context(), 0)
	require.NoError(t, err, "the tenant that the cursor belongs to")
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

func TestTamperedCursor(t *testing.T) {
	server := sdelementstest.NewServer()
	server.Add(mine(5)...)
	answerWithDate(server, noon.Format(http.TimeFormat))
	list := server.Client().Activities(sdelements.ActivityQuery{PageSize: 2})
	page, err := list.Page(t.Context(), "")
	require.NoError(t, err)
	server.ResetRequests()
	good := position(t, page.Next)
	change := func(old, replacement string) activity.Cursor {
		changed := strings.Replace(good, old, replacement, 1)
		require.NotEqual(t, good, changed)
		return cursorOf(changed)
	}
	for name, at := range map[string]activity.Cursor{
		"no cursor":             "page=2",
		"another version":       "a2" + page.Next[2:],
		"cut":                   page.Next[:len(page.Next)-3],
		"too long":              page.Next + activity.Cursor(strings.Repeat("A", 32<<10)),
		"no place":              change(`"page=2"`, `""`),
		"another path":          change(`"q":`, `"u":"/api/v2/users/","q":`),
		"another page size":     change(`page=2`, `page=2&page_size=1000`),
		"another filter":        change(`page=2`, `page=2&project=7`),
		"a fragment":            change(`page=2`, `page=2#`),
		"a broken escape":       change(`page=2`, `page=%zz`),
		"a line break":          change(`page=2`, `page=2\r\nX: y`),
		"an unknown member":     change(`"s":`, `"x":1,"s":`),
		"no page size":          change(`"s":2`, `"s":0`),
		"a page size too large": change(`"s":2`, `"s":10001`),
		"another filter's name": change(`page=2`, `page=2&project__in=7`),
		"a count below none":    change(`"c":5`, `"c":-2`),
		"no date as the end":    change(`"b":"2`, `"b":"x`),
		"an end in local time":  change(`Z"`, `+01:00"`),
		"rows below none":       change(`"p":2`, `"p":-2`),
		"a fall below none":     change(`"p":2`, `"p":2,"l":-1`),
		"pushed too far":        change(`"p":2`, `"p":2,"m":9999999999999`),
		"keys that break off":   change(`"k":"CAI="`, `"k":"gA=="`),
		"keys that are none":    change(`"k":"CAI="`, `"k":7`),
	} {
		_, err := list.From(at).Collect(t.Context(), 0)
		require.ErrorIs(t, err, activity.ErrCursorMismatch, name)
		_, err = list.Page(t.Context(), at)
		require.ErrorIs(t, err, activity.ErrCursorMismatch, name)
	}
	assert.Empty(t, server.Requests())
}

// A cursor whose end is after the DateTo of the query is refused.
func TestCursorEndAfterDateTo(t *testing.T) {
	server := sdelementstest.NewServer()
	server.Add(mine(5)...)
	answerWithDate(server, noon.Format(http.TimeFormat))
	list := server.Client().Activities(sdelements.ActivityQuery{PageSize: 2, DateTo: noon.Add(time.Hour)})
	page, err := list.Page(t.Context(), "")
	require.NoError(t, err)
	server.ResetRequests()
	good := position(t, page.Next)
	require.Contains(t, good, `"b":"2024-05-06T12:00:01Z"`)
	_, err = list.Page(t.Context(), cursorOf(strings.Replace(good, "T12:00:01", "T13:00:00.000001", 1)))
	require.ErrorIs(t, err, activity.ErrCursorMismatch)
	assert.Empty(t, server.Requests())
	_, err = list.Page(t.Context(), cursorOf(strings.Replace(good, "T12:00:01", "T13:00:00", 1)))
	require.NoError(t, err)
}

func TestCursorWithLongestURL(t *testing.T) {
	desc := strings.Repeat("x", 7900)
	server := sdelementstest.NewServer()
	for id := range int64(3) {
		server.Add(sdelements.Activity{ID: id + 1, Data: sdelements.Data{ProjectDesc: desc}})
	}
	list := server.Client().Activities(sdelements.ActivityQuery{ProjectDesc: desc, PageSize: 2})
	assert.Equal(t, []int64{3}, ids(secondPage(t, list).Items))
}

// The keys of 1,000 activities without ids do not fit a cursor, which then holds the last ones.
func TestCursorOfLargePageWithoutIDs(t *testing.T) {
	server := sdelementstest.NewServer()
	for i := range 1001 {
		server.Add(sdelements.Activity{Text: fmt.Sprint(i), Date: ago(i)})
	}
	got, err := server.Client().Activities(sdelements.ActivityQuery{PageSize: 1000}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Len(t, got, 1001)
}
