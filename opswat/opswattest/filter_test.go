package opswattest_test

import (
	"encoding/json"
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

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
			"unknown action":                  {`{"age":100,"action":["quarantined"]}`, ""},
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

func TestExclusiveBounds(t *testing.T) {
	s := opswattest.NewServer(opswattest.WithoutQuota(), opswattest.WithExclusiveBounds())
	for day := range 4 {
		s.Add(opswat.Activity{DeviceID: strconv.Itoa(day), Timestamp: noon.AddDate(0, 0, -day)})
	}
	_, text := list(t, s, `{"start_date":"05/08/2018","end_date":"05/10/2018"}`)
	var got []opswat.Activity
	require.NoError(t, json.Unmarshal([]byte(text), &got))
	assert.Equal(t, "1 2", ids(got))
}

func TestEqualDatesAndExclusiveBounds(t *testing.T) {
	s := opswattest.NewServer(opswattest.WithEqualDates(), opswattest.WithExclusiveBounds())
	numbered(s, 1)
	resp, _ := list(t, s, `{"start_date":"05/10/2018","end_date":"05/10/2018"}`)
	assert.Equal(t, http.StatusRequestEntityTooLarge, resp.StatusCode)
	resp, text := list(t, s, `{"start_date":"05/11/2018","end_date":"05/10/2018"}`)
	assert.Equal(t, http.StatusBadRequest, resp.StatusCode, text)
}

func TestLoneDates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opswattest.NewServer(opswattest.WithLoneDates(), opswattest.WithEmptyPageAtEnd())
		for _, hours := range []int{1, 30, 54} {
			s.Add(opswat.Activity{DeviceID: strconv.Itoa(hours), Timestamp: time.Now().Add(-time.Duration(hours) * time.Hour)})
		}
		for body, want := range map[string]string{
			`{}`:                          "1",
			`{"start_date":"12/30/1999"}`: "1 30",
			`{"end_date":"12/30/1999"}`:   "30 54",
			`{"start_date":"12/30/1999","end_date":"12/31/1999"}`: "1 30",
		} {
			_, text := list(t, s, body)
			var got []opswat.Activity
			require.NoError(t, json.Unmarshal([]byte(text), &got))
			assert.Equal(t, want, ids(got), body)
		}
	})
}
