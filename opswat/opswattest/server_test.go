package opswattest_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
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

func replaceToken(query string, s *opswattest.Server) string {
	return strings.ReplaceAll(query, "TOKEN", s.AccessToken())
}

func TestTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opswattest.NewServer(opswattest.WithTokenLifetime(time.Hour), opswattest.WithEmptyPageAtEnd())
		const client = "client_id=example-client-key&client_secret=example-client-secret&grant_type="
		var granted struct {
			AccessToken  string `json:"access_token"`
			RefreshToken string `json:"refresh_token"`
			TokenType    string `json:"token_type"`
			Scope        string `json:"scope"`
			ExpiresIn    int    `json:"expires_in"`
		}
		use := func() int {
			resp, _ := send(t, s, "POST", "/o/api/v3/activities?access_token="+granted.AccessToken, "{}", jsonHeader())
			return resp.StatusCode
		}
		request := func(body string) int {
			resp, text := send(t, s, "POST", "/o/oauth/token", body, formHeader())
			require.NoError(t, json.Unmarshal([]byte(text), &granted))
			return resp.StatusCode
		}
		require.Equal(t, 200, request(client+"client_credentials"))
		assert.Equal(t, "bearer", granted.TokenType)
		assert.Equal(t, "read", granted.Scope)
		assert.Equal(t, 3600, granted.ExpiresIn)
		assert.Empty(t, granted.RefreshToken)
		assert.Equal(t, 200, use())
		<-time.After(time.Hour)
		assert.Equal(t, 401, use())

		first := s.RefreshToken()
		require.Equal(t, 200, request(client+"refresh_token&refresh_token="+first))
		assert.Equal(t, 200, use())
		second := granted.RefreshToken
		assert.NotEqual(t, first, second)
		assert.Equal(t, 400, request(client+"refresh_token&refresh_token="+first), "good once")
		require.Equal(t, 200, request(client+"refresh_token&refresh_token="+second))
		s.ExpireTokens()
		assert.Equal(t, 401, use())
	})
}

func TestDefaultTokenLifetime(t *testing.T) {
	_, text := send(t, opswattest.NewServer(), "POST", "/o/oauth/token",
		"client_id=example-client-key&client_secret=example-client-secret&grant_type=client_credentials", formHeader())
	assert.Contains(t, text, `"expires_in":43199`)
}

func TestQuota(t *testing.T) {
	tests := map[string]struct {
		options []opswattest.Option
		lets    int
	}{
		"default": {nil, 10},
		"another": {[]opswattest.Option{opswattest.WithQuota(3, time.Minute)}, 3},
		"none":    {[]opswattest.Option{opswattest.WithoutQuota()}, 25},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := opswattest.NewServer(append(tt.options, opswattest.WithEmptyPageAtEnd())...)
				passed := 0
				for range 25 {
					resp, text := list(t, s, "{}")
					if resp.StatusCode == 200 {
						passed++
						continue
					}
					assert.Equal(t, http.StatusTooManyRequests, resp.StatusCode)
					assert.Equal(t, `{"error":"the quota of this API is used up"}`, text)
					assert.Empty(t, resp.Header.Get("Retry-After"), "the vendor does not mention it")
				}
				assert.Equal(t, tt.lets, passed)
				<-time.After(time.Minute)
				resp, _ := list(t, s, "{}")
				assert.Equal(t, 200, resp.StatusCode)
				assert.Equal(t, 25, opswattest.MaxInWindow(s.APIRequests(), time.Minute))
			})
		})
	}
}

func TestRateHeaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		resp, _ := list(t, opswattest.NewServer(), "{}")
		for _, name := range []string{"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset-Time"} {
			assert.Empty(t, resp.Header.Values(name))
		}
		for _, form := range []opswattest.RateHeaders{opswattest.ResetInDelta, opswattest.ResetInEpoch} {
			s := opswattest.NewServer(opswattest.WithQuota(2, time.Minute), opswattest.WithRateHeaders(form))
			begun := time.Now()
			for i, remaining := range []string{"1", "0", "0"} {
				resp, _ := list(t, s, "{}")
				assert.Equal(t, "2", resp.Header.Get("X-RateLimit-Limit"))
				assert.Equal(t, remaining, resp.Header.Get("X-RateLimit-Remaining"))
				reset, err := strconv.Atoi(resp.Header.Get("X-RateLimit-Reset-Time"))
				require.NoError(t, err)
				if form == opswattest.ResetInDelta {
					assert.Equal(t, 60-10*i, reset)
				} else {
					assert.EqualValues(t, begun.Add(time.Minute).Unix(), reset)
				}
				<-time.After(10 * time.Second)
			}
		}
	})
}

func TestFilters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		<-time.After(20 * 365 * 24 * time.Hour)
		now := time.Now().UTC().Truncate(24 * time.Hour) // a midnight
		<-time.After(time.Until(now.Add(48 * time.Hour)))
		now = time.Now().UTC()
		s := opswattest.NewServer(opswattest.WithoutQuota())
		at := func(id string, age time.Duration, a opswat.Activity) opswat.Activity {
			a.DeviceID, a.Timestamp = id, now.Add(-age)
			return a
		}
		s.Add(
			at("ahead", -time.Hour, opswat.Activity{}),
			at("fresh", time.Minute, opswat.Activity{Action: opswat.ActionAllowed, DeviceName: "Needle-1"}),
			at("hour", time.Hour, opswat.Activity{Action: opswat.ActionBlocked, DeviceGroup: "my NEEDLES"}),
			at("day", 24*time.Hour, opswat.Activity{Action: opswat.ActionMonitoredBlock, AppUser: "needle@example.com"}),
			at("older", 24*time.Hour+time.Second, opswat.Activity{Action: opswat.ActionBlocked, AppName: "Needle"}),
			at("needle", 72*time.Hour, opswat.Activity{Action: "monitored_allow"}),
			at("rule", 80*time.Hour, opswat.Activity{AccessRule: "NEEDLE RULE"}),
			at("status", 90*time.Hour, opswat.Activity{DeviceStatus: "needle"}),
			opswat.Activity{Raw: json.RawMessage(`{"device_id":"no time","action":"blocked"}`)},
		)
		day := func(ago int) string { return now.AddDate(0, 0, -ago).Format("01/02/2006") }
		tests := map[string]struct{ body, want string }{
			"default age":                     {`{}`, "ahead fresh hour day no time"},
			"age 1":                           {`{"age":1}`, "ahead fresh hour no time"},
			"age 25":                          {`{"age":25}`, "ahead fresh hour day older no time"},
			"age beyond all":                  {`{"age":2562048}`, "ahead fresh hour day older needle rule status no time"},
			"both dates, age is ignored":      {`{"start_date":"` + day(1) + `","end_date":"` + day(0) + `","age":1}`, "ahead fresh hour day no time"},
			"the end day is included":         {`{"start_date":"` + day(4) + `","end_date":"` + day(2) + `"}`, "older needle rule status no time"},
			"start alone: the default age":    {`{"start_date":"` + day(4) + `"}`, "ahead fresh hour day no time"},
			"start alone, with an age":        {`{"start_date":"` + day(1) + `","age":100}`, "ahead fresh hour day no time"},
			"end alone, with an age":          {`{"end_date":"` + day(2) + `","age":80}`, "older needle rule no time"},
			"action":                          {`{"age":100,"action":["blocked"]}`, "hour older no time"},
			"actions":                         {`{"age":100,"action":["monitored_block","monitored_allow"]}`, "day needle"},
			"action nobody knows":             {`{"age":100,"action":["quarantined"]}`, ""},
			"search":                          {`{"age":100,"search":"neEDle"}`, "fresh hour day older needle rule status"},
			"search is no regular expression": {`{"age":100,"search":"n..dle"}`, ""},
			"all":                             {`{"age":100,"search":"needle","action":["blocked"]}`, "hour older"},
		}
		for name, tt := range tests {
			_, text := list(t, s, tt.body)
			if tt.want == "" {
				assert.Contains(t, text, "exceeds the number of pages", name)
				continue
			}
			var got []opswat.Activity
			require.NoError(t, json.Unmarshal([]byte(text), &got), text)
			assert.Equal(t, tt.want, ids(got), name)
		}
	})
}

func TestPages(t *testing.T) {
	s := opswattest.NewServer(opswattest.WithoutQuota())
	empty := opswattest.NewServer(opswattest.WithoutQuota(), opswattest.WithEmptyPageAtEnd())
	for i := range 55 {
		a := opswat.Activity{DeviceID: strconv.Itoa(i), Timestamp: time.Now().Add(-time.Duration(i) * time.Second)}
		s.Add(a)
		empty.Add(a)
	}
	sizes := func(s *opswattest.Server, body string) (int, int) {
		resp, text := list(t, s, body)
		var got []opswat.Activity
		_ = json.Unmarshal([]byte(text), &got)
		return resp.StatusCode, len(got)
	}
	for _, tt := range []struct {
		body         string
		status, rows int
	}{
		{`{}`, 200, 50}, {`{"page":2}`, 200, 5}, {`{"page":3}`, 413, 0}, {`{"limit":20}`, 200, 20}, {`{"limit":20,"page":3}`, 200, 15},
		{`{"limit":11,"page":5}`, 200, 11}, {`{"limit":11,"page":6}`, 413, 0}, {`{"limit":1,"page":55}`, 200, 1},
	} {
		status, rows := sizes(s, tt.body)
		assert.Equal(t, tt.status, status, tt.body)
		assert.Equal(t, tt.rows, rows, tt.body)
		status, rows = sizes(empty, tt.body)
		assert.Equal(t, 200, status, tt.body)
		assert.Equal(t, tt.rows, rows, tt.body)
	}
}

func everything() opswat.ActivityQuery {
	return opswat.ActivityQuery{StartDate: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), EndDate: time.Date(2018, 5, 18, 0, 0, 0, 0, time.UTC)}
}

func TestWithRows(t *testing.T) {
	all := func(opts ...opswattest.Option) []opswat.Activity {
		got, err := opswattest.NewServer(opts...).Client().Activities(everything()).Collect(t.Context(), 0)
		require.NoError(t, err)
		return got
	}
	assert.Empty(t, all())
	assert.Empty(t, all(opswattest.WithRows(-1)))
	assert.Len(t, all(opswattest.WithRows(1)), 1)

	got := all(opswattest.WithRows(400))
	require.Len(t, got, 400)
	assert.Equal(t, `{ "app_name": "Salesforce", "device_status": "Non-compliant", "device_name": "W8EVN20", "device_id": "SGH238TZW5", `+
		`"access_rule": "NON COMPLIANT DEVICES", "app_user": "test_user@example.com", "device_group": "Group only firewall", `+
		`"action": "blocked", "timestamp": "May 18, 2018 10:40:00 AM" }`, string(got[0].Raw))
	assert.Equal(t, "Slack", got[1].AppName)
	actions := map[opswat.Action]int{}
	for i, a := range got {
		assert.Empty(t, a.Problems)
		assert.True(t, strings.HasSuffix(a.AppUser, "@example.com"))
		actions[a.Action]++
		for _, text := range []string{a.DeviceID, a.DeviceName, a.DeviceStatus, a.DeviceGroup, a.AccessRule, a.AppName} {
			assert.NotEmpty(t, text)
		}
		if i > 0 {
			assert.False(t, a.Timestamp.After(got[i-1].Timestamp), "newest first")
		}
	}
	assert.Len(t, actions, 3)
	raws := func(items []opswat.Activity) (out []string) {
		for _, a := range items {
			out = append(out, string(a.Raw))
		}
		return out
	}
	assert.Equal(t, raws(got), raws(all(opswattest.WithRows(400))), "the same in every run")
	assert.NotEqual(t, raws(got), raws(all(opswattest.WithRows(400), opswattest.WithSeed(2))))
}

func TestRowsComeAndGo(t *testing.T) {
	s := opswattest.NewServer()
	now := time.Now()
	s.Add(opswat.Activity{DeviceID: "b", Timestamp: now.Add(-time.Minute)}, opswat.Activity{DeviceID: "a", Timestamp: now})
	s.Add(opswat.Activity{DeviceID: "c", Timestamp: now.Add(-time.Hour)})
	s.InsertAt(1, opswat.Activity{DeviceID: "x"}, opswat.Activity{Raw: json.RawMessage(`17`)})
	got, err := s.Client().Activities(opswat.ActivityQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Equal(t, "a x  b c", ids(got))
	assert.Equal(t, "17", string(got[2].Raw))

	assert.Equal(t, 1, s.DeleteFunc(func(a opswat.Activity) bool { return a.DeviceID == "b" }))
	assert.Equal(t, 4, s.Len())

	s.Add(opswat.Activity{Raw: json.RawMessage(`{"device_id":`)})
	_, err = s.Client().Activities(opswat.ActivityQuery{}).Collect(t.Context(), 0)
	require.ErrorIs(t, err, activity.ErrMalformed, "bytes that are no JSON are served as they are")

	assert.PanicsWithValue(t, "opswattest: the activity has no JSON form: record has a field that JSON cannot express: \"timestamp\"",
		func() { s.Add(opswat.Activity{Timestamp: time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)}) })
}

func TestClient(t *testing.T) {
	s := opswattest.NewServer()
	assert.PanicsWithValue(t, "opswattest: the client cannot be made: opswat: new client: invalid request: "+
		"WithLogger: the logger is nil", func() { s.Client(activity.WithLogger(nil)) })

	source := opswat.RefreshToken(opswattest.ClientKey, opswattest.ClientSecret, s.RefreshToken(), func(context.Context, string) error { return nil })
	client, err := opswat.New(source, activity.WithTransport(s.Transport()))
	require.NoError(t, err)
	_, err = client.Activities(opswat.ActivityQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Len(t, s.Requests(), 2)
	assert.Len(t, s.APIRequests(), 1)
}

// Over a socket it is the same.
func TestURL(t *testing.T) {
	s := opswattest.NewServer(opswattest.WithRows(60))
	defer s.Close()
	client, err := opswat.New(s.Credentials(), activity.WithBaseURL(s.URL()))
	require.NoError(t, err)
	got, err := client.Activities(everything()).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Len(t, got, 60)
}
