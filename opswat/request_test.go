package opswat_test

import (
	"fmt"
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

// A StartDate alone is sent with an end that lies ahead of the present, since the service ignores a
// date that comes alone, and is after the start, since it refuses another.
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

// A list that reaches to the present does so whenever it is read. A walk keeps the end that it
// began with, also behind a cursor and when the local clock differs there: the pages are numbered
// within that end.
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

func TestRequestHead(t *testing.T) {
	server := opswattest.NewServer()
	client := server.Client(activity.WithUserAgent("acme-siem/1.2"))
	_, err := client.Activities(opswat.ActivityQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)

	requests := server.Requests()
	require.Len(t, requests, 2)
	token, list := requests[0], requests[1]
	assert.Equal(t, "POST /o/oauth/token", token.Line())
	assert.Equal(t, "client_id=example-client-key&client_secret=example-client-secret&grant_type=client_credentials", string(token.Body))
	assert.Equal(t, "application/x-www-form-urlencoded", token.Header.Get("Content-Type"))

	assert.Equal(t, "gears.opswat.com", list.Host)
	assert.Regexp(t, `^POST /o/api/v3/activities\?access_token=opswat-1-[0-9a-f]{32}$`, list.Line())
	assert.Equal(t, "application/json", list.Header.Get("Content-Type"))
	for _, r := range requests {
		assert.Equal(t, "application/json", r.Header.Get("Accept"))
		assert.True(t, strings.HasPrefix(r.Header.Get("User-Agent"), "acme-siem/1.2 "), r.Header.Get("User-Agent"))
		for name := range r.Header {
			assert.NotContains(t, []string{"Authorization", "Referer", "Cookie"}, name)
		}
	}
}

// An access token may hold characters that mean something in a query.
func TestAccessTokenIsEscaped(t *testing.T) {
	var got []string
	client := newClient(t, recording(&got), opswat.AccessToken(static("a b")))
	_, err := client.Activities(opswat.ActivityQuery{}).Collect(t.Context(), 0)
	require.Error(t, err, "a token with white space cannot be one")

	client = newClient(t, recording(&got), opswat.AccessToken(static("a+b/c=&d%")))
	_, err = client.Activities(opswat.ActivityQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Equal(t, []string{"access_token=a%2Bb%2Fc%3D%26d%25"}, got)
}

// What is sent covers what was asked for, whatever the two bounds are.
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
