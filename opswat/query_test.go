package opswat_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

func TestRequestBody(t *testing.T) {
	at := func(text string) time.Time {
		v, err := time.Parse(time.RFC3339Nano, text)
		require.NoError(t, err)
		return v
	}
	start := at("2018-05-15T00:00:00Z")
	tests := []struct {
		name string
		q    opswat.ActivityQuery
		want string
	}{
		{"nothing", opswat.ActivityQuery{}, `{"limit":50,"page":1}`},
		{"page size", opswat.ActivityQuery{PageSize: 1}, `{"limit":1,"page":1}`},
		{"largest page size", opswat.ActivityQuery{PageSize: 50}, `{"limit":50,"page":1}`},
		{"end at midnight", opswat.ActivityQuery{StartDate: start, EndDate: at("2018-05-18T00:00:00Z")},
			`{"limit":50,"page":1,"start_date":"05/15/2018","end_date":"05/18/2018"}`},
		{"end at midnight elsewhere", opswat.ActivityQuery{StartDate: start, EndDate: at("2018-05-17T19:00:00-05:00")},
			`{"limit":50,"page":1,"start_date":"05/15/2018","end_date":"05/18/2018"}`},
		{"end just after midnight", opswat.ActivityQuery{StartDate: start, EndDate: at("2018-05-18T00:00:00.000000001Z")},
			`{"limit":50,"page":1,"start_date":"05/15/2018","end_date":"05/19/2018"}`},
		{"end over a new year", opswat.ActivityQuery{StartDate: start, EndDate: at("2018-12-31T12:00:00Z")},
			`{"limit":50,"page":1,"start_date":"05/15/2018","end_date":"01/01/2019"}`},
		{"both within one day", opswat.ActivityQuery{StartDate: at("2018-05-18T10:00:00Z"), EndDate: at("2018-05-18T10:00:01Z")},
			`{"limit":50,"page":1,"start_date":"05/18/2018","end_date":"05/19/2018"}`},
		{"both around midnight", opswat.ActivityQuery{StartDate: at("2018-05-17T23:59:59Z"), EndDate: at("2018-05-18T00:00:00Z")},
			`{"limit":50,"page":1,"start_date":"05/17/2018","end_date":"05/18/2018"}`},
		{"age", opswat.ActivityQuery{Age: 5 * time.Hour}, `{"limit":50,"page":1,"age":5}`},
		{"age rounds up", opswat.ActivityQuery{Age: 5*time.Hour + 1}, `{"limit":50,"page":1,"age":6}`},
		{"smallest age", opswat.ActivityQuery{Age: 1}, `{"limit":50,"page":1,"age":1}`},
		{"largest age", opswat.ActivityQuery{Age: 1<<63 - 1}, `{"limit":50,"page":1,"age":2562048}`},
		{"actions", opswat.ActivityQuery{Actions: []opswat.Action{opswat.ActionBlocked, opswat.ActionAllowed, opswat.ActionMonitoredBlock}},
			`{"limit":50,"page":1,"action":["blocked","allowed","monitored_block"]}`},
		{"an action that is not documented", opswat.ActivityQuery{Actions: []opswat.Action{"monitored_allow"}},
			`{"limit":50,"page":1,"action":["monitored_allow"]}`},
		{"no actions", opswat.ActivityQuery{Actions: []opswat.Action{}}, `{"limit":50,"page":1}`},
		{"search", opswat.ActivityQuery{Search: `Zoë <a&b> "q" \ ` + "\n"}, `{"limit":50,"page":1,"search":"Zoë <a&b> \"q\" \\ \n"}`},
		{"location is not sent", opswat.ActivityQuery{Location: time.FixedZone("", 3600)}, `{"limit":50,"page":1}`},
		{"extra", opswat.ActivityQuery{Extra: map[string]any{
			"zone": "Ω", "agent_id": []string{"a"}, "deep": map[string]any{"f": 6, "e": 5, "d": 4, "c": 3, "b": 1, "a": nil}, "big": int64(1<<53 + 1),
		}}, `{"limit":50,"page":1,"agent_id":["a"],"big":9007199254740993,"deep":{"a":null,"b":1,"c":3,"d":4,"e":5,"f":6},"zone":"Ω"}`},
		{"all", opswat.ActivityQuery{
			StartDate: at("2018-05-15T08:00:00Z"), EndDate: at("2018-05-18T00:00:00Z"), Age: 90 * time.Minute,
			Actions: []opswat.Action{opswat.ActionBlocked}, Search: "slack", Location: time.Local, PageSize: 20,
			Extra: map[string]any{"a": true},
		}, `{"limit":20,"page":1,"start_date":"05/15/2018","end_date":"05/18/2018","age":2,"action":["blocked"],"search":"slack","a":true}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := opswattest.NewServer()
			_, err := server.Client().Activities(tt.q).Page(t.Context(), "")
			if tt.q.Extra == nil {
				require.NoError(t, err)
			}
			assert.Equal(t, []string{tt.want}, bodies(server))
		})
	}
}

// A StartDate alone is sent with an end date after now and after the start.
func TestStartDateAlone(t *testing.T) {
	noon := bubbleStart.Add(12 * time.Hour)
	tests := []struct {
		name       string
		now, start time.Time
		from, till string
	}{
		{"at noon", noon, noon.AddDate(0, -1, 0), "12/01/1999", "01/02/2000"},
		{"at midnight", bubbleStart, bubbleStart.AddDate(0, -1, 0), "12/01/1999", "01/02/2000"},
		{"just before midnight", bubbleStart.Add(day - 1), bubbleStart, "01/01/2000", "01/02/2000"},
		{"from this midnight", bubbleStart, bubbleStart, "01/01/2000", "01/02/2000"},
		{"from now", noon, noon, "01/01/2000", "01/02/2000"},
		{"start within a day", noon, bubbleStart.Add(-1), "12/31/1999", "01/02/2000"},
		{"start in another zone", noon, time.Date(2000, 1, 1, 1, 0, 0, 0, time.FixedZone("", 7200)), "12/31/1999", "01/02/2000"},
		{"start ahead of now", noon, noon.AddDate(0, 0, 3), "01/04/2000", "01/05/2000"},
		{"start at a midnight ahead", noon, bubbleStart.AddDate(0, 0, 3), "01/04/2000", "01/05/2000"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := opswattest.NewServer()
				list := server.Client().Activities(opswat.ActivityQuery{StartDate: tt.start, Search: "a"})
				<-time.After(time.Until(tt.now))
				_, err := list.Page(t.Context(), "")
				require.NoError(t, err) // the fake refuses an end that is not greater than the start
				assert.Equal(t, []string{fmt.Sprintf(`{"limit":50,"page":1,"start_date":%q,"end_date":%q,"search":"a"}`, tt.from, tt.till)}, bodies(server))
			})
		})
	}
}

// A list that reaches to the present does so whenever it is read. A walk keeps the end date that it
// began with, and so do its cursors.
func TestStartDateAloneKeepsItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := opswattest.NewServer()
		want := rows(25, time.Now())
		server.Add(want...)
		query := opswat.ActivityQuery{StartDate: time.Now().Add(-day), PageSize: 10}
		list := server.Client().Activities(query)
		sent := func(page int, end string) string {
			return fmt.Sprintf(`{"limit":10,"page":%d,"start_date":"12/31/1999","end_date":%q}`, page, end)
		}
		first, err := list.Page(t.Context(), "")
		require.NoError(t, err)
		assert.Equal(t, deviceIDs(want[:10]), deviceIDs(first.Items))
		assert.Equal(t, []string{sent(1, "01/02/2000")}, bodies(server))

		<-time.After(3 * day)
		server.ResetRequests()
		server.Add(opswat.Activity{Timestamp: time.Now(), DeviceID: "new"})
		rest, err := server.Client().Activities(query).From(first.Next).Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Equal(t, deviceIDs(want[10:]), deviceIDs(rest))
		assert.Equal(t, []string{sent(2, "01/02/2000"), sent(3, "01/02/2000"), sent(4, "01/02/2000")}, bodies(server))

		server.ResetRequests()
		all, err := list.Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Equal(t, append([]string{"new"}, deviceIDs(want)...), deviceIDs(all))
		assert.Equal(t, sent(1, "01/05/2000"), bodies(server)[0])

		server.ResetRequests()
		var ends []string
		for page, err := range list.Pages(t.Context()) {
			require.NoError(t, err)
			ends = append(ends, bodies(server)[len(ends)])
			if page.Next != "" {
				<-time.After(day)
			}
		}
		assert.Equal(t, []string{sent(1, "01/05/2000"), sent(2, "01/05/2000"), sent(3, "01/05/2000"), sent(4, "01/05/2000")}, ends)
	})
}

// The dates that are sent cover the query.
func TestDatesCoverTheQuery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		base := time.Date(2018, 5, 17, 0, 0, 0, 0, time.UTC)
		steps := []time.Duration{0, 1, time.Second, 12 * time.Hour, 24*time.Hour - 1, 24 * time.Hour, 24*time.Hour + 1, 50 * time.Hour}
		for _, from := range steps {
			for _, length := range steps[1:] {
				start, end := base.Add(from), base.Add(from+length)
				server := opswattest.NewServer()
				_, err := server.Client().Activities(opswat.ActivityQuery{StartDate: start, EndDate: end}).Collect(t.Context(), 0)
				require.NoError(t, err) // the fake refuses an end that is not greater than the start
				body := bodies(server)[0]
				sentStart, err := time.Parse("01/02/2006", body[strings.Index(body, `"start_date":"`)+14:][:10])
				require.NoError(t, err)
				sentEnd, err := time.Parse("01/02/2006", body[strings.Index(body, `"end_date":"`)+12:][:10])
				require.NoError(t, err)
				assert.False(t, sentStart.After(start), "%v to %v", start, end)
				assert.False(t, sentEnd.Before(end), "%v to %v", start, end)
				assert.Less(t, start.Sub(sentStart), 24*time.Hour)
				assert.Less(t, sentEnd.Sub(end), 24*time.Hour)
			}
		}
	})
}

func TestInvalidQuery(t *testing.T) {
	day := time.Date(2018, 5, 18, 0, 0, 0, 0, time.UTC)
	cyclic := map[string]any{}
	cyclic["self"] = cyclic
	tests := []struct {
		name string
		q    opswat.ActivityQuery
		says string
	}{
		{"page size 51", opswat.ActivityQuery{PageSize: 51}, "PageSize is outside 1 to 50"},
		{"page size -1", opswat.ActivityQuery{PageSize: -1}, "PageSize is outside 1 to 50"},
		{"end before start", opswat.ActivityQuery{StartDate: day, EndDate: day.Add(-1)}, "EndDate is not after StartDate"},
		{"end equals start", opswat.ActivityQuery{StartDate: day, EndDate: day}, "EndDate is not after StartDate"},
		{"end equals start in another zone", opswat.ActivityQuery{StartDate: day, EndDate: day.In(time.FixedZone("", 7200))},
			"EndDate is not after StartDate"},
		{"end alone", opswat.ActivityQuery{EndDate: day}, "EndDate is set without StartDate"},
		{"end alone, with an age", opswat.ActivityQuery{EndDate: day, Age: time.Hour}, "EndDate is set without StartDate"},
		{"start alone, with an age", opswat.ActivityQuery{StartDate: day, Age: time.Hour}, "StartDate and Age are both set"},
		{"start alone on the last day", opswat.ActivityQuery{StartDate: time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)}, "outside the years 1 to 9999"},
		{"year 10000", opswat.ActivityQuery{StartDate: day.AddDate(9000, 0, 0)}, "outside the years 1 to 9999"},
		{"end rounds up to the year 10000", opswat.ActivityQuery{StartDate: day, EndDate: time.Date(9999, 12, 31, 1, 0, 0, 0, time.UTC)},
			"outside the years 1 to 9999"},
		{"before the year 1", opswat.ActivityQuery{StartDate: day.AddDate(-3000, 0, 0)}, "outside the years 1 to 9999"},
		{"negative age", opswat.ActivityQuery{Age: -1}, "Age is negative"},
		{"empty action", opswat.ActivityQuery{Actions: []opswat.Action{opswat.ActionBlocked, ""}}, "Actions holds an empty one"},
		{"blank action", opswat.ActivityQuery{Actions: []opswat.Action{" "}}, "Actions holds an empty one"},
		{"action that is no text", opswat.ActivityQuery{Actions: []opswat.Action{"\xff"}}, "Actions holds one that is not valid UTF-8"},
		{"search that is no text", opswat.ActivityQuery{Search: "a\xff"}, "Search is not valid UTF-8"},
		{"huge search", opswat.ActivityQuery{Search: strings.Repeat("a", 64<<10)}, "larger than 64 KiB"},
		{"extra owned: limit", extra("limit", 10), `"limit", which has a field of its own or belongs to paging`},
		{"extra owned: page", extra("page", 2), `"page", which has a field`},
		{"extra owned: start_date", extra("start_date", "x"), `"start_date", which has a field`},
		{"extra owned: end_date", extra("end_date", "x"), `"end_date", which has a field`},
		{"extra owned: age", extra("age", 2), `"age", which has a field`},
		{"extra owned: action", extra("action", nil), `"action", which has a field`},
		{"extra owned: search", extra("search", ""), `"search", which has a field`},
		{"extra token", extra("access_token", "x"), "tokens come from the credentials"},
		{"extra without a name", extra("", 1), "name is empty"},
		{"extra with a name that is no text", extra("\xff", 1), "not valid UTF-8"},
		{"extra func", extra("f", func() {}), `the value of "f" in Extra cannot be encoded as JSON`},
		{"extra chan", extra("f", make(chan int)), `the value of "f"`},
		{"extra NaN", extra("f", math.NaN()), `the value of "f"`},
		{"extra cycle", extra("f", cyclic), `the value of "f"`},
		{"extra broken JSON", extra("f", json.RawMessage(`{"canary`)), `the value of "f"`},
		{"extra text that is none", extra("f", "canary\xff"), `the value of "f"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := opswattest.NewServer()
			list := server.Client().Activities(tt.q)
			_, err := list.Collect(t.Context(), 0)
			require.ErrorIs(t, err, activity.ErrInvalid)
			e := kindOf(t, err)
			assert.Equal(t, "opswat", e.Vendor)
			assert.Equal(t, "list activities", e.Op)
			assert.Zero(t, e.StatusCode)
			assert.Zero(t, e.Attempts)
			assert.Contains(t, e.Message, tt.says)
			assert.NotContains(t, err.Error(), "canary")

			_, again := list.Page(t.Context(), "")
			assert.Equal(t, err, again)
			assert.Empty(t, server.Requests(), "nothing may be sent")
		})
	}
}

func extra(name string, value any) opswat.ActivityQuery {
	return opswat.ActivityQuery{Extra: map[string]any{name: value}}
}

func TestQueryIsCopied(t *testing.T) {
	server := opswattest.NewServer()
	deep := []int{1}
	q := opswat.ActivityQuery{
		Actions: []opswat.Action{opswat.ActionBlocked},
		Extra:   map[string]any{"deep": deep},
	}
	list := server.Client().Activities(q)
	q.Actions[0], deep[0], q.Extra["more"] = opswat.ActionAllowed, 2, true
	_, err := list.Page(t.Context(), "")
	require.ErrorIs(t, err, activity.ErrInvalid, "the fake does not know the extra member")
	assert.Equal(t, []string{`{"limit":50,"page":1,"action":["blocked"],"deep":[1]}`}, bodies(server))
}

func TestQueryIsNotChanged(t *testing.T) {
	server := opswattest.NewServer()
	client := server.Client()
	q := opswat.ActivityQuery{Age: time.Minute, Actions: []opswat.Action{opswat.ActionBlocked}}
	for range 2 {
		_, err := client.Activities(q).Collect(t.Context(), 0)
		require.NoError(t, err)
	}
	assert.Equal(t, opswat.ActivityQuery{Age: time.Minute, Actions: []opswat.Action{opswat.ActionBlocked}}, q)
	got := bodies(server)
	require.Len(t, got, 2)
	assert.Equal(t, got[0], got[1])
}
