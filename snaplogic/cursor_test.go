package snaplogic_test

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
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

// Cursors that this version writes. Later versions have to continue from them.
const (
	// It has the keys of all delivered rows.
	goldenComplete activity.Cursor = "a1.eyJ0IjoiRXhhbXBsZSBPcmdhbml6YXRpb24iLCJlIjoiYWN0aXZpdGllcyIsImYiOiJxeTc4Wmh0a1pMOHBOS20yIiwicCI6eyJvIjozLCJlIjo5NDY2ODQ4MDEwMDAsInQiOjQwLCJwIjozLCJyIjo5NDY2ODExOTgwMDAwMDAsIm4iOjEsImsiOlsiIzFaN08wZDdRZjRUQlJWa3YiLCIjQzVHSlE5OEpZcng2R0NUQSIsIiNycWtoTXNUTDZ5WS1hc0tfIl19fQ"
	// It has the keys of the last 17 of 30 rows.
	goldenCut activity.Cursor = "a1.eyJ0IjoiRXhhbXBsZSBPcmdhbml6YXRpb24iLCJlIjoiYWN0aXZpdGllcyIsImYiOiJxeTc4Wmh0a1pMOHBOS20yIiwicCI6eyJvIjozMCwiZSI6OTQ2Njg0ODAxMDAwLCJ0Ijo0MCwicCI6MzAsInIiOjk0NjY4MTE3MTAwMDAwMCwibiI6MSwiayI6WyIjWndaeHpaZEFRVllpYmxCNSIsIiNYNXhLc0l5c2RGZnBFUm93IiwiI3Q2Vm9jODEzSHl4RWJUYWIiLCIjd2pWZ2FlblI1NXlwSkRlQiIsIiNVMS1qRFg0bDNZcEo4Vk5uIiwiI2VGOC14LXN5OHd1UXpRX1AiLCIjYjB0bUVoSmZzNkRhN05KNSIsIiM5Y280OTBpaDF1cjNKcmlrIiwiI2xBRHhzaHkxSjlmNlBUNnIiLCIjVHNsWm44SUQwWGFqQVZOcyIsIiNSU05VRHhVRXpSY1FERWcxIiwiI3NYNzIwWng2V3g3b081QjgiLCIjNWluNlpaalhNbmFQZkhKciIsIiNoU2Vva2VJa0UybFFfekxLIiwiI1A5dWpYd1RjakVZcGhzbVMiLCIjYTFIVU1kOWRmeFFjdnM3TSIsIiNUOGdySnE3TFI5S0dqRTc3Il19fQ"
	// Its rows have an ordinary _id, an unusual one and none.
	goldenUnusual activity.Cursor = "a1.eyJ0IjoiRXhhbXBsZSBPcmdhbml6YXRpb24iLCJlIjoiYWN0aXZpdGllcyIsImYiOiJxeTc4Wmh0a1pMOHBOS20yIiwicCI6eyJvIjozLCJlIjo5NDY2ODQ4MDEwMDAsInQiOjQwLCJwIjozLCJyIjo5NDY2ODExOTgwMDAwMDAsIm4iOjEsImsiOlsiIzFaN08wZDdRZjRUQlJWa3YiLCIjZ1N5QzhFdWVfTGhUSFJsOSIsIn5oWERQd1JKUGRyYm1maWJXIl19fQ"
)

// goldenQuery returns the query that the cursors belong to.
func goldenQuery(pageSize int) snaplogic.ActivityQuery {
	return snaplogic.ActivityQuery{
		Start: bubbleStart.Add(-24 * time.Hour), User: "ada@example.com", IsAlert: new(false), PageSize: pageSize,
		EventTypes: []snaplogic.EventType{snaplogic.EventAssetUpdate, snaplogic.EventACLAdd},
	}
}

// goldenRows returns 40 rows with the ids 40 to 1.
func goldenRows() []snaplogic.Activity {
	rows := old(40)
	for i := range rows {
		rows[i].ID = strconv.Itoa(40 - i)
	}
	return rows
}

func TestGoldenCursors(t *testing.T) {
	for name, c := range map[string]struct {
		recorded activity.Cursor
		pageSize int
		odd      bool
	}{"whole": {goldenComplete, 3, false}, "cut": {goldenCut, 30, false}, "odd": {goldenUnusual, 3, true}} {
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
				assert.Equal(t, string(c.recorded), string(page.Next), position(t, page.Next))

				// Another process resumes the list later, with another page size and new rows.
				<-time.After(time.Hour)
				server.InsertAt(0, newer(2)...)
				server.ResetRequests()
				got, err := server.Client().Activities(goldenQuery(7)).From(c.recorded).Collect(t.Context(), 0)
				require.NoError(t, err)
				ids := slices.DeleteFunc(idsOf(got), func(id string) bool { return id == idAt(1_000_002) || id == idAt(1_000_001) })
				assert.Equal(t, idsOf(rows[c.pageSize:]), ids)
				for _, query := range queries(server) {
					assert.Contains(t, query, "end="+bubbleEnd+"&")
				}
			})
		})
	}
}

// position returns the content of a cursor.
func position(t testing.TB, at activity.Cursor) string {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(string(at), "a1."))
	require.NoError(t, err)
	return string(text)
}

func cursorOf(position string) activity.Cursor {
	return activity.Cursor("a1." + base64.RawURLEncoding.EncodeToString([]byte(position)))
}

// keyAt returns the key of a row in cursors, a hash of its id.
func keyAt(n int) string {
	sum := sha256.Sum256([]byte(idAt(n)))
	return "#" + base64.RawURLEncoding.EncodeToString(sum[:12])
}

func TestCursorContent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer()
		server.Add(old(40)...)
		list := server.Client().Activities(snaplogic.ActivityQuery{PageSize: 2})
		page, err := list.Page(t.Context(), "")
		require.NoError(t, err)
		assert.Contains(t, position(t, page.Next), fmt.Sprintf(`"p":{"o":2,"e":%s,"t":40,"p":2,"r":%d,"n":1,"k":["%s","%s"]}}`,
			bubbleEnd, old(2)[1].CreateTime.UnixMicro(), keyAt(40), keyAt(39)))
		for page, err = range list.Pages(t.Context()) {
			require.NoError(t, err)
			assert.LessOrEqual(t, len(page.Next), 800, "however many rows were delivered")
		}
		assert.Empty(t, page.Next)
	})
}

// A cursor has the keys of the last 17 rows, even if the response in which the place was found
// again had fewer.
func TestCursorAfterSearch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer(snaplogictest.WithPageLimit(4))
		server.Add(old(60)...)
		list := server.Client().Activities(snaplogic.ActivityQuery{PageSize: 3})
		var at activity.Cursor
		for delivered := 0; delivered < 55; {
			page, err := list.Page(t.Context(), at)
			require.NoError(t, err)
			require.Equal(t, down(60-delivered, len(page.Items)), idsOf(page.Items))
			if at = page.Next; delivered == 27 {
				server.Add(newer(1)...)
			}
			delivered += len(page.Items)
			assert.Equal(t, min(delivered, 17), strings.Count(position(t, at), `"#`), "%d delivered", delivered)
		}
	})
}

// A cursor belongs to one query of one organization, except for the page size and the host.
func TestCursorOfAnotherList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer()
		server.Add(goldenRows()...)
		elsewhere := server.Client(activity.WithBaseURL("https://emea.snaplogic.com"))
		got, err := elsewhere.Activities(goldenQuery(0)).From(goldenComplete).Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Len(t, got, 37)
		server.ResetRequests()

		other, err := snaplogic.New("Another Organization", server.Credentials(), activity.WithTransport(server.Transport()))
		require.NoError(t, err)
		_, err = other.Activities(goldenQuery(0)).From(goldenComplete).Collect(t.Context(), 0)
		require.ErrorIs(t, err, activity.ErrCursorMismatch)
		for name, change := range map[string]func(q *snaplogic.ActivityQuery){
			"another user":   func(q *snaplogic.ActivityQuery) { q.User = "grace@example.com" },
			"another start":  func(q *snaplogic.ActivityQuery) { q.Start = q.Start.Add(time.Millisecond) },
			"another end":    func(q *snaplogic.ActivityQuery) { q.End = bubbleStart },
			"another order":  func(q *snaplogic.ActivityQuery) { slices.Reverse(q.EventTypes) },
			"no alerts":      func(q *snaplogic.ActivityQuery) { q.IsAlert = nil },
			"an unknown one": func(q *snaplogic.ActivityQuery) { q.Extra = url.Values{"x": {"1"}} },
		} {
			q := goldenQuery(0)
			change(&q)
			_, err := server.Client().Activities(q).From(goldenComplete).Collect(t.Context(), 0)
			require.ErrorIs(t, err, activity.ErrCursorMismatch, name)
		}
		assert.Empty(t, server.Requests())
	})
}

func TestTamperedCursor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer()
		server.Add(old(40)...)
		q := snaplogic.ActivityQuery{PageSize: 2, Start: bubbleStart.Add(-24 * time.Hour), End: bubbleStart}
		list := server.Client().Activities(q)
		page, err := list.Page(t.Context(), "")
		require.NoError(t, err)
		server.ResetRequests()
		good := position(t, page.Next)
		const end = "946684800000"
		keys := fmt.Sprintf(`"k":["%s","%s"]`, keyAt(40), keyAt(39))
		change := func(old, replacement string) activity.Cursor {
			text := strings.Replace(good, old, replacement, 1)
			require.NotEqual(t, good, text, old)
			return cursorOf(text)
		}
		for name, at := range map[string]activity.Cursor{
			"an unknown member":    change(`"o":2`, `"x":1,"o":2`),
			"no offset":            change(`"o":2`, `"o":0`),
			"an absurd offset":     change(`"o":2`, `"o":1000000001`),
			"an offset as text":    change(`"o":2`, `"o":"2"`),
			"a total below":        change(`"t":40`, `"t":-2`),
			"an absurd total":      change(`"t":40`, `"t":1000000001`),
			"less than delivered":  change(`"p":2`, `"p":-1`),
			"more than that":       change(`"p":2`, `"p":1000000001`),
			"fewer ties than none": change(`"n":1`, `"n":-1`),
			"more than keys":       change(`"n":1`, `"n":1,"a":2`),
			"a count that rose":    change(`"p":2`, `"p":2,"f":-1`),
			"an end before start":  change(end, "946598399999"),
			"an end after End":     change(end, "946684800001"),
			"no end":               change(`"e":`+end, `"e":-1`),
			"no keys":              change(keys, `"k":[]`),
			"keys null":            change(keys, `"k":null`),
			"an empty key":         change(keyAt(39), ""),
			"a long key":           change(keyAt(39), strings.Repeat("a", 33)),
			"more than there were": change(`"k":[`, `"k":[`+strings.Repeat(`"a",`, 16)),
		} {
			_, err := list.From(at).Collect(t.Context(), 0)
			require.ErrorIs(t, err, activity.ErrCursorMismatch, name)
		}
		assert.Empty(t, server.Requests())

		for name, at := range map[string]activity.Cursor{
			"the bounds of the end": change(end, "946598400000"), "an unknown total": change(`"t":40`, `"t":-1`),
			"seventeen keys": change(`"k":[`, `"k":[`+strings.Repeat(`"a",`, 15)),
		} {
			_, err := list.Page(t.Context(), at)
			assert.NotErrorIs(t, err, activity.ErrCursorMismatch, name)
		}
		assert.NotEmpty(t, server.Requests())
	})
}
