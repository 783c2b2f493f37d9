package snaplogic_test

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// Cursors that this release wrote. Every later release of the same major version has to continue from them, so they are never changed.
const (
	// All that was delivered.
	goldenWhole activity.Cursor = "a1.eyJlIjoiYWN0aXZpdGllcyIsImYiOiJxeTc4Wmh0a1pMOHBOS20yIiwicCI6eyJvIjozLCJlIjo5NDY2ODQ4MDAwMDAsInQiOjQwLCJrIjpbIjQwIiwiMzkiLCIzOCJdLCJ3Ijp0cnVlfX0"
	// The last seventeen of thirty.
	goldenCut activity.Cursor = "a1.eyJlIjoiYWN0aXZpdGllcyIsImYiOiJxeTc4Wmh0a1pMOHBOS20yIiwicCI6eyJvIjozMCwiZSI6OTQ2Njg0ODAwMDAwLCJ0Ijo0MCwiayI6WyIyNyIsIjI2IiwiMjUiLCIyNCIsIjIzIiwiMjIiLCIyMSIsIjIwIiwiMTkiLCIxOCIsIjE3IiwiMTYiLCIxNSIsIjE0IiwiMTMiLCIxMiIsIjExIl19fQ"
	// A usual _id, an odd one, and a row without.
	goldenOdd activity.Cursor = "a1.eyJlIjoiYWN0aXZpdGllcyIsImYiOiJxeTc4Wmh0a1pMOHBOS20yIiwicCI6eyJvIjozLCJlIjo5NDY2ODQ4MDAwMDAsInQiOjQwLCJrIjpbIjQwIiwiI2dTeUM4RXVlX0xoVEhSbDkiLCJ-bmVfYnpRNlZTSlBUZlQ0OCJdfX0"
)

// goldenQuery is what the cursors belong to.
func goldenQuery(pageSize int) snaplogic.ActivityQuery {
	return snaplogic.ActivityQuery{
		Start: bubbleStart.Add(-24 * time.Hour), User: "ada@example.com", IsAlert: new(false), PageSize: pageSize,
		EventTypes: []snaplogic.EventType{snaplogic.AssetUpdate, snaplogic.ACLAdd},
	}
}

// goldenRows are 40 rows with the ids 40 to 1.
func goldenRows() []snaplogic.Activity {
	rows := old(40)
	for i := range rows {
		rows[i].ID = strconv.Itoa(40 - i)
	}
	return rows
}

func TestCursorsOfThisReleaseAreGoodForEver(t *testing.T) {
	for name, c := range map[string]struct {
		golden   activity.Cursor
		pageSize int
		odd      bool
	}{"whole": {goldenWhole, 3, false}, "cut": {goldenCut, 30, false}, "odd": {goldenOdd, 3, true}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := snaplogictest.NewServer()
				rows := goldenRows()
				if c.odd {
					rows[1].ID, rows[2].ID = "odd id: Ω", ""
				}
				server.Add(rows...)
				page, err := server.Client().Activities(goldenQuery(c.pageSize)).Page(t.Context(), "")
				require.NoError(t, err)
				assert.Equal(t, string(c.golden), string(page.Next), position(t, page.Next))

				// Another process goes on later, with other pages, when rows have come in front.
				<-time.After(time.Hour)
				newer := old(2)
				newer[0].ID, newer[1].ID = "101", "100"
				server.InsertAt(0, newer...)
				server.ResetRequests()
				got, err := server.Client().Activities(goldenQuery(7)).From(c.golden).Collect(t.Context(), 0)
				require.NoError(t, err)
				assert.Equal(t, idsOf(rows[c.pageSize:]), idsOf(got))
				for _, query := range queries(server) {
					assert.Contains(t, query, "end="+bubbleEnd+"&")
				}
			})
		})
	}
}

// position gives what a cursor says.
func position(t testing.TB, at activity.Cursor) string {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(string(at), "a1."))
	require.NoError(t, err)
	return string(text)
}

func cursorOf(position string) activity.Cursor {
	return activity.Cursor("a1." + base64.RawURLEncoding.EncodeToString([]byte(position)))
}

func TestWhatACursorSays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer()
		server.Add(old(40)...)
		list := server.Client().Activities(snaplogic.ActivityQuery{PageSize: 2})
		page, err := list.Page(t.Context(), "")
		require.NoError(t, err)
		assert.Contains(t, position(t, page.Next), fmt.Sprintf(`"p":{"o":2,"e":%s,"t":40,"k":["%s","%s"],"w":true}}`,
			bubbleEnd, idAt(40), idAt(39)))
		for page, err = range list.Pages(t.Context()) {
			require.NoError(t, err)
			assert.LessOrEqual(t, len(page.Next), 800, "however much was delivered")
		}
		assert.Empty(t, page.Next)
	})
}

func TestCursorFitsItsListOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer()
		server.Add(goldenRows()...)
		client := server.Client()
		at := goldenWhole

		elsewhere, err := client.Activities(goldenQuery(0)).From(at).Collect(t.Context(), 0)
		require.NoError(t, err)
		got, err := server.Client(activity.WithBaseURL("https://emea.snaplogic.com")).Activities(goldenQuery(0)).From(at).Collect(t.Context(), 0)
		require.NoError(t, err, "the host is no part of it")
		assert.Equal(t, elsewhere, got)
		server.ResetRequests()

		changed := func(change func(q *snaplogic.ActivityQuery)) activity.List[snaplogic.Activity] {
			q := goldenQuery(0)
			change(&q)
			return client.Activities(q)
		}
		other, err := snaplogic.New("Another Organization", server.Credentials(), activity.WithTransport(server.Transport()))
		require.NoError(t, err)
		for name, list := range map[string]activity.List[snaplogic.Activity]{
			"another organization": other.Activities(goldenQuery(0)),
			"another user":         changed(func(q *snaplogic.ActivityQuery) { q.User = "grace@example.com" }),
			"another start":        changed(func(q *snaplogic.ActivityQuery) { q.Start = q.Start.Add(time.Millisecond) }),
			"another end":          changed(func(q *snaplogic.ActivityQuery) { q.End = bubbleStart }),
			"another order":        changed(func(q *snaplogic.ActivityQuery) { q.EventTypes[0], q.EventTypes[1] = q.EventTypes[1], q.EventTypes[0] }),
			"no alerts":            changed(func(q *snaplogic.ActivityQuery) { q.IsAlert = nil }),
			"an unknown one":       changed(func(q *snaplogic.ActivityQuery) { q.Extra = url.Values{"x": {"1"}} }),
			"no filter":            client.Activities(snaplogic.ActivityQuery{}),
		} {
			_, err := list.From(at).Collect(t.Context(), 0)
			require.ErrorIs(t, err, activity.ErrCursorMismatch, name)
			_, err = list.Page(t.Context(), at)
			require.ErrorIs(t, err, activity.ErrCursorMismatch, name)
		}
		assert.Empty(t, server.Requests())
	})
}

func TestCursorThatWasTamperedWith(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer()
		server.Add(old(40)...)
		q := snaplogic.ActivityQuery{PageSize: 2, Start: bubbleStart.Add(-24 * time.Hour), End: bubbleStart}
		list := server.Client().Activities(q)
		page, err := list.Page(t.Context(), "")
		require.NoError(t, err)
		server.ResetRequests()
		good := position(t, page.Next)
		keys := fmt.Sprintf(`"k":["%s","%s"]`, idAt(40), idAt(39))
		change := func(old, replacement string) activity.Cursor {
			text := strings.Replace(good, old, replacement, 1)
			require.NotEqual(t, good, text, old)
			return cursorOf(text)
		}
		for name, at := range map[string]activity.Cursor{
			"no cursor":           "offset=2",
			"another version":     "a2" + page.Next[2:],
			"cut":                 page.Next[:len(page.Next)-3],
			"too long":            page.Next + activity.Cursor(strings.Repeat("A", 16<<10)),
			"an unknown member":   change(`"o":2`, `"x":1,"o":2`),
			"no offset":           change(`"o":2`, `"o":0`),
			"an offset below":     change(`"o":2`, `"o":-1`),
			"an absurd offset":    change(`"o":2`, `"o":1000000001`),
			"an offset as text":   change(`"o":2`, `"o":"2"`),
			"a total below":       change(`"t":40`, `"t":-2`),
			"an absurd total":     change(`"t":40`, `"t":1000000001`),
			"an end before start": change(bubbleEnd, "946598399999"),
			"an end behind End":   change(bubbleEnd, "946684800001"),
			"no end":              change(`"e":`+bubbleEnd, `"e":-1`),
			"no keys":             change(keys, `"k":[]`),
			"keys null":           change(keys, `"k":null`),
			"an empty key":        change(idAt(39), ""),
			"a long key":          change(idAt(39), strings.Repeat("a", 33)),
			"too many keys":       change(`"k":[`, `"k":[`+strings.Repeat(`"a",`, 16)),
		} {
			_, err := list.From(at).Collect(t.Context(), 0)
			require.ErrorIs(t, err, activity.ErrCursorMismatch, name)
			_, err = list.Page(t.Context(), at)
			require.ErrorIs(t, err, activity.ErrCursorMismatch, name)
		}
		assert.Empty(t, server.Requests())

		for name, at := range map[string]activity.Cursor{
			"the bounds of the end": change(bubbleEnd, "946598400000"), "an unknown total": change(`"t":40`, `"t":-1`),
			"seventeen keys": change(`"k":[`, `"k":[`+strings.Repeat(`"a",`, 15)),
		} {
			_, err := list.Page(t.Context(), at)
			assert.NotErrorIs(t, err, activity.ErrCursorMismatch, name)
		}
		assert.NotEmpty(t, server.Requests())
	})
}
