package opswattest_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

func TestAddInsertDelete(t *testing.T) {
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
	require.ErrorIs(t, err, activity.ErrMalformed, "bytes that are not JSON are served unchanged")

	assert.PanicsWithValue(t, "opswattest: the activity has no JSON form: record has a field that JSON cannot express: \"timestamp\"",
		func() { s.Add(opswat.Activity{Timestamp: time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)}) })
}

func TestEqualActivities(t *testing.T) {
	s := opswattest.NewServer(opswattest.WithoutQuota())
	numbered(s, 2)
	numbered(s, 2)
	s.InsertAt(1, opswat.Activity{DeviceID: "1", Timestamp: noon.Add(-time.Second)})
	assert.Equal(t, "0 1 0 1 1", read(t, s, ""))
	assert.Equal(t, "0 1", read(t, s, `,"limit":2,"page":2`))
}

func TestRaw(t *testing.T) {
	s := opswattest.NewServer(opswattest.WithEmptyPageAtEnd())
	raw := "{\"device_id\":\"a\tb\xe9\",\"action\":\"blocked\"}"
	s.Add(opswat.Activity{Action: opswat.ActionBlocked, Raw: json.RawMessage(raw)})
	_, text := list(t, s, `{"action":["blocked"]}`)
	assert.Equal(t, "["+raw+"]", text)
}

// In Berlin, the hour from two to three was repeated.
func TestLocation(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	s := opswattest.NewServer(opswattest.WithoutQuota(), opswattest.WithLocation(berlin))
	summer := time.Date(2017, time.October, 29, 0, 30, 0, 0, time.UTC)
	s.Add(opswat.Activity{DeviceID: "summer", Timestamp: summer}, opswat.Activity{DeviceID: "winter", Timestamp: summer.Add(time.Hour)},
		opswat.Activity{DeviceID: "next day", Timestamp: time.Date(2017, time.October, 30, 0, 15, 0, 0, berlin)},
		opswat.Activity{Raw: []byte(`{"device_id":"raw","timestamp":"Oct 29, 2017 03:00:00 AM"}`)},
		opswat.Activity{Raw: []byte(`{"device_id":"zoned","timestamp":"2017-10-29T02:01:00Z"}`)},
		opswat.Activity{DeviceID: "none"})
	_, text := list(t, s, `{"start_date":"10/28/2017","end_date":"10/29/2017"}`)
	var got []struct {
		DeviceID  string `json:"device_id"`
		Timestamp string
	}
	require.NoError(t, json.Unmarshal([]byte(text), &got))
	var rows []string
	for _, a := range got {
		rows = append(rows, a.DeviceID+": "+a.Timestamp)
	}
	assert.Equal(t, []string{"next day: Oct 30, 2017 12:15:00 AM", "zoned: 2017-10-29T02:01:00Z", "raw: Oct 29, 2017 03:00:00 AM",
		"winter: Oct 29, 2017 2:30:00 AM", "summer: Oct 29, 2017 2:30:00 AM", "none: "}, rows)

	invented := func(opts ...opswattest.Option) []opswat.Activity {
		query := everything()
		query.Location = berlin
		got, err := opswattest.NewServer(append(opts, opswattest.WithRows(30))...).Client().Activities(query).Collect(t.Context(), 0)
		require.NoError(t, err)
		return got
	}
	local := invented(opswattest.WithLocation(berlin))
	require.Len(t, local, 30)
	assert.Contains(t, string(local[0].Raw), "10:40:00 AM", "the first sample")
	for i := range local[1:] {
		assert.False(t, local[i+1].Timestamp.After(local[i].Timestamp))
	}
}

func everything() opswat.ActivityQuery {
	return opswat.ActivityQuery{StartDate: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), EndDate: time.Date(2018, 5, 18, 0, 0, 0, 0, time.UTC)}
}

func TestGenerate(t *testing.T) {
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
