package opswat_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
)

// sample is the response on the vendor's page, with another e-mail address.
const sample = `[ { "app_name": "Salesforce", "device_status": "Non-compliant", "device_name": "W8EVN20", "device_id": "SGH238TZW5",` +
	` "access_rule": "NON COMPLIANT DEVICES", "app_user": "test_user@example.com", "device_group": "Group only firewall",` +
	` "action": "blocked", "timestamp": "May 18, 2018 10:40:00 AM" }, { "app_name": "Slack", "device_status": "Non-compliant",` +
	` "device_name": "W8EVN20", "device_id": "SGH238TZW5", "access_rule": "NON COMPLIANT DEVICES", "app_user": "test_user@example.com",` +
	` "device_group": "Group only firewall", "action": "blocked", "timestamp": "May 18, 2018 10:37:48 AM" }]`

func read(t testing.TB, body string, q opswat.ActivityQuery) []opswat.Activity {
	t.Helper()
	page, err := newClient(t, serving(200, body), credentials()).Activities(q).Page(t.Context(), "")
	require.NoError(t, err)
	return page.Items
}

func TestVendorSample(t *testing.T) {
	got := read(t, sample, opswat.ActivityQuery{})
	require.Len(t, got, 2)
	first, second, _ := strings.Cut(sample, ", { ")
	assert.Equal(t, []opswat.Activity{{
		Timestamp: time.Date(2018, time.May, 18, 10, 40, 0, 0, time.UTC), Action: opswat.ActionBlocked, DeviceID: "SGH238TZW5", DeviceName: "W8EVN20",
		DeviceStatus: "Non-compliant", DeviceGroup: "Group only firewall", AppUser: "test_user@example.com",
		AccessRule: "NON COMPLIANT DEVICES", AppName: "Salesforce", Raw: json.RawMessage(first[2:]),
	}, {
		Timestamp: time.Date(2018, time.May, 18, 10, 37, 48, 0, time.UTC), Action: opswat.ActionBlocked, DeviceID: "SGH238TZW5", DeviceName: "W8EVN20",
		DeviceStatus: "Non-compliant", DeviceGroup: "Group only firewall", AppUser: "test_user@example.com",
		AccessRule: "NON COMPLIANT DEVICES", AppName: "Slack", Raw: json.RawMessage("{ " + strings.TrimSuffix(second, "]")),
	}}, got)
}

func TestTimestamps(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		berlin = time.FixedZone("CEST", 2*3600) // a machine without zone data
	}
	utc := time.Date(2018, time.May, 18, 10, 40, 0, 0, time.UTC)
	tests := map[string]time.Time{
		"May 18, 2018 10:40:00 AM":           utc,
		"May 18, 2018, 10:40:00 AM":          utc,
		"May 18, 2018, 10:40:00\u202fAM":     utc,
		"May 18, 2018 10:40:00\u00a0am":      utc,
		"May 8, 2018 1:02:03 PM":             time.Date(2018, time.May, 8, 13, 2, 3, 0, time.UTC),
		"May 08, 2018 12:00:00 AM":           time.Date(2018, time.May, 8, 0, 0, 0, 0, time.UTC),
		"May 08, 2018 12:00:00 PM":           time.Date(2018, time.May, 8, 12, 0, 0, 0, time.UTC),
		"2018-05-18T10:40:00Z":               utc,
		"2018-05-18T10:40:00.123456789+0000": utc.Add(123456789),
		"":                                   {},
	}
	for text, want := range tests {
		quoted, err := json.Marshal([]map[string]string{{"timestamp": text}})
		require.NoError(t, err)
		got := read(t, string(quoted), opswat.ActivityQuery{})[0]
		assert.True(t, want.Equal(got.Timestamp), "%q: %v", text, got.Timestamp)
		assert.Empty(t, got.Problems, text)
	}

	got := read(t, sample, opswat.ActivityQuery{Location: berlin})[0]
	assert.Equal(t, time.Date(2018, time.May, 18, 10, 40, 0, 0, berlin), got.Timestamp)
	assert.Equal(t, utc.Add(-2*time.Hour), got.Timestamp.UTC())
	assert.Equal(t, utc, read(t, sample, opswat.ActivityQuery{})[0].Timestamp, "other lists keep their zone")
}

// A record without Raw is written in the vendor's format.
func TestMarshal(t *testing.T) {
	full := opswat.Activity{
		Timestamp: time.Date(2018, time.May, 18, 22, 4, 5, 999, time.FixedZone("", -2*3600)), Action: opswat.ActionMonitoredBlock, DeviceID: "d",
		DeviceName: "n", DeviceStatus: "s", DeviceGroup: "g", AppUser: "u@example.com", AccessRule: "r", AppName: "a<b>",
	}
	text, err := full.MarshalJSON()
	require.NoError(t, err)
	assert.Equal(t, `{"timestamp":"May 19, 2018 12:04:05 AM","action":"monitored_block","device_id":"d","device_name":"n",`+
		`"device_status":"s","device_group":"g","app_user":"u@example.com","access_rule":"r","app_name":"a<b>"}`, string(text))
	var back opswat.Activity
	require.NoError(t, back.UnmarshalJSON(text))
	want := full
	want.Timestamp, want.Raw = full.Timestamp.UTC().Truncate(time.Second), text
	assert.Equal(t, want, back)
	_, err = opswat.Activity{Timestamp: time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)}.MarshalJSON()
	require.ErrorIs(t, err, activity.ErrInvalid)
}

// A Timestamp is compared in the zone in which it was read, and written in UTC.
func TestMarshalChangedTimestamp(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	for _, zone := range []*time.Location{nil, time.UTC, berlin} {
		for sent, change := range map[string]string{
			"May 18, 2018 10:40:00 AM": "May 18, 2018 11:40:00 AM",
			"2018-05-18 10:40+02":      "May 18, 2018 9:40:00 AM",
			"Oct 28, 2018 2:40:00 AM":  "", // occurs twice in Berlin
			"Mar 25, 2018 2:40:00 AM":  "", // does not occur in Berlin
			"the other day":            "",
		} {
			a := read(t, `[{"app_name":"a","timestamp":"`+sent+`"}]`, opswat.ActivityQuery{Location: zone})[0]
			a.AppName = "b"
			text, err := json.Marshal(a)
			require.NoError(t, err)
			assert.Equal(t, `{"app_name":"b","timestamp":"`+sent+`"}`, string(text), zone)

			if change == "" {
				continue
			}
			a.Timestamp = a.Timestamp.Add(time.Hour)
			text, err = json.Marshal(a)
			require.NoError(t, err)
			if !strings.Contains(sent, "+") && zone == berlin {
				change = "May 18, 2018 9:40:00 AM"
			}
			assert.Equal(t, `{"app_name":"b","timestamp":"`+change+`"}`, string(text), zone)
			var back opswat.Activity
			require.NoError(t, json.Unmarshal(text, &back))
			assert.True(t, a.Timestamp.Equal(back.Timestamp))
		}
	}

	a := read(t, sample, opswat.ActivityQuery{})[0]
	a.Timestamp = time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)
	_, err = json.Marshal(a)
	require.ErrorIs(t, err, activity.ErrInvalid)
}
