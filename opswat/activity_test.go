package opswat_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
)

// sample is the answer that the vendor's page shows, with another address.
const sample = `[ { "app_name": "Salesforce", "device_status": "Non-compliant", "device_name": "W8EVN20", "device_id": "SGH238TZW5",` +
	` "access_rule": "NON COMPLIANT DEVICES", "app_user": "test_user@example.com", "device_group": "Group only firewall",` +
	` "action": "blocked", "timestamp": "May 18, 2018 10:40:00 AM" }, { "app_name": "Slack", "device_status": "Non-compliant",` +
	` "device_name": "W8EVN20", "device_id": "SGH238TZW5", "access_rule": "NON COMPLIANT DEVICES", "app_user": "test_user@example.com",` +
	` "device_group": "Group only firewall", "action": "blocked", "timestamp": "May 18, 2018 10:37:48 AM" }]`

func read(t testing.TB, body string, q opswat.ActivityQuery) []opswat.Activity {
	t.Helper()
	got, err := newClient(t, serving(200, body), credentials()).Activities(q).Collect(t.Context(), 0)
	require.NoError(t, err)
	return got
}

func TestVendorSample(t *testing.T) {
	got := read(t, sample, opswat.ActivityQuery{})
	require.Len(t, got, 2)
	first, second, _ := strings.Cut(sample, ", { ")
	assert.Equal(t, []opswat.Activity{{
		Timestamp: time.Date(2018, time.May, 18, 10, 40, 0, 0, time.UTC), Action: opswat.Blocked, DeviceID: "SGH238TZW5", DeviceName: "W8EVN20",
		DeviceStatus: "Non-compliant", DeviceGroup: "Group only firewall", AppUser: "test_user@example.com",
		AccessRule: "NON COMPLIANT DEVICES", AppName: "Salesforce", Raw: json.RawMessage(first[2:]),
	}, {
		Timestamp: time.Date(2018, time.May, 18, 10, 37, 48, 0, time.UTC), Action: opswat.Blocked, DeviceID: "SGH238TZW5", DeviceName: "W8EVN20",
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
	assert.Equal(t, utc, read(t, sample, opswat.ActivityQuery{})[0].Timestamp, "the other list's zone is not touched")
}

func TestOddRecords(t *testing.T) {
	tests := map[string]struct {
		raw      string
		want     opswat.Activity // without Raw
		problems []activity.FieldProblem
	}{
		"wrong type": {`{"device_id":17,"app_name":"Slack"}`, opswat.Activity{AppName: "Slack"},
			[]activity.FieldProblem{{Field: "device_id", Problem: "is a number, want a string"}}},
		"many wrong": {`{"action":["blocked"],"app_user":{},"app_name":true,"device_name":"n"}`, opswat.Activity{DeviceName: "n"},
			[]activity.FieldProblem{{Field: "action", Problem: "is an array, want a string"},
				{Field: "app_user", Problem: "is an object, want a string"}, {Field: "app_name", Problem: "is a boolean, want a string"}}},
		"nulls": {`{"timestamp":null,"action":null,"device_id":null,"app_name":"Slack"}`, opswat.Activity{AppName: "Slack"}, nil},
		"unreadable time": {`{"timestamp":"the other day","action":"blocked"}`, opswat.Activity{Action: opswat.Blocked},
			[]activity.FieldProblem{{Field: "timestamp", Problem: "is not a time that can be read"}}},
		"a day that does not exist": {`{"timestamp":"Feb 30, 2018 10:40:00 AM"}`, opswat.Activity{},
			[]activity.FieldProblem{{Field: "timestamp", Problem: "is not a time that can be read"}}},
		"time as a number": {`{"timestamp":9007199254740993,"action":"blocked"}`, opswat.Activity{Action: opswat.Blocked},
			[]activity.FieldProblem{{Field: "timestamp", Problem: "is a number, want a time"}}},
		"unknown action":  {`{"action":"monitored_allow"}`, opswat.Activity{Action: "monitored_allow"}, nil},
		"unknown members": {`{"os":{"name":"x","build":9007199254740993},"app_name":"Slack"}`, opswat.Activity{AppName: "Slack"}, nil},
		"duplicate keys":  {`{"app_name":"a","app_name":"b"}`, opswat.Activity{AppName: "b"}, nil},
		"another case":    {`{"App_Name":"a"}`, opswat.Activity{}, nil},
		"invalid UTF-8": {"{\"app_name\":\"a\xffb\"}", opswat.Activity{AppName: "aÿb"},
			[]activity.FieldProblem{{Field: "app_name", Problem: "holds bytes that are not UTF-8, read as Windows-1252"}}},
		"a line break": {"{\"app_name\":\"a\nb\"}", opswat.Activity{AppName: "a\nb"},
			[]activity.FieldProblem{{Field: "app_name", Problem: "holds control characters"}}},
		"white space and escapes": {"{ \"app_name\" :\t\"\\u00e9\\/\" }", opswat.Activity{AppName: "é/"}, nil},
		"empty":                   {`{}`, opswat.Activity{}, nil},
		"a number":                {`17`, opswat.Activity{}, []activity.FieldProblem{{Problem: "record is a number, want an object"}}},
		"null":                    {`null`, opswat.Activity{}, []activity.FieldProblem{{Problem: "record is null, want an object"}}},
		"an array":                {`[1]`, opswat.Activity{}, []activity.FieldProblem{{Problem: "record is an array, want an object"}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			client := newClient(t, serving(200, `[{"app_name":"before"}, `+tt.raw+` ,{"app_name":"after"}]`), credentials(),
				activity.WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))))
			got, err := client.Activities(opswat.ActivityQuery{}).Collect(t.Context(), 0)
			require.NoError(t, err)
			require.Len(t, got, 3)
			assert.Equal(t, "before", got[0].AppName)
			assert.Equal(t, "after", got[2].AppName)

			odd := got[1]
			assert.Equal(t, tt.raw, string(odd.Raw), "byte for byte")
			assert.Equal(t, tt.problems, odd.Problems)
			odd.Raw, odd.Problems = nil, nil
			assert.Equal(t, tt.want, odd)
			if tt.problems == nil {
				assert.Empty(t, log.String())
				return
			}
			assert.Equal(t, 1, strings.Count(log.String(), "\n"), "one line per page: %s", log.String())
			assert.Contains(t, log.String(), `vendor=opswat op="list activities" records=1 field=`)
			assert.Contains(t, log.String(), tt.problems[0].Problem)
			assert.NotContains(t, log.String(), "the other day")
		})
	}
}

func TestMarshal(t *testing.T) {
	full := opswat.Activity{
		Timestamp: time.Date(2018, time.May, 18, 22, 4, 5, 999, time.FixedZone("", -2*3600)), Action: opswat.MonitoredBlock, DeviceID: "d",
		DeviceName: "n", DeviceStatus: "s", DeviceGroup: "g", AppUser: "u@example.com", AccessRule: "r", AppName: "a<b>",
	}
	tests := map[string]struct {
		a    opswat.Activity
		want string
	}{
		"fields": {full, `{"timestamp":"May 19, 2018 12:04:05 AM","action":"monitored_block","device_id":"d","device_name":"n",` +
			`"device_status":"s","device_group":"g","app_user":"u@example.com","access_rule":"r","app_name":"a<b>"}`},
		"zero":                 {opswat.Activity{}, `{}`},
		"without a timestamp":  {opswat.Activity{AppName: "a"}, `{"app_name":"a"}`},
		"raw goes first":       {opswat.Activity{AppName: "a", Raw: json.RawMessage("{ \"x\" : 9007199254740993 ,\n\"x\":1.0}")}, `{"x":9007199254740993,"x":1.0}`},
		"text that is not one": {opswat.Activity{AppName: "a\xff"}, `{"app_name":"a` + "\ufffd" + `"}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := tt.a.MarshalJSON()
			require.NoError(t, err)
			assert.Equal(t, tt.want, string(got))

			inside, err := json.Marshal(map[string][]opswat.Activity{"list": {tt.a}})
			require.NoError(t, err)
			var back map[string][]opswat.Activity
			require.NoError(t, json.Unmarshal(inside, &back))
			require.Len(t, back["list"], 1)
		})
	}

	t.Run("round trip", func(t *testing.T) {
		encoded, err := json.Marshal(full)
		require.NoError(t, err)
		var back opswat.Activity
		require.NoError(t, json.Unmarshal(encoded, &back))
		assert.Equal(t, string(encoded), string(back.Raw))
		want := full
		want.Timestamp, want.Raw = full.Timestamp.UTC().Truncate(time.Second), back.Raw
		assert.Equal(t, want, back)
		again, err := json.Marshal(back)
		require.NoError(t, err)
		assert.Equal(t, encoded, again)
	})

	t.Run("cannot be expressed", func(t *testing.T) {
		_, err := opswat.Activity{Timestamp: time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)}.MarshalJSON()
		require.ErrorIs(t, err, activity.ErrInvalid)
		assert.NotContains(t, err.Error(), "10000,")
		_, err = opswat.Activity{Raw: json.RawMessage(`{"canary`)}.MarshalJSON()
		require.Error(t, err)
		assert.NotContains(t, err.Error(), "canary")
	})
}

func TestUnmarshal(t *testing.T) {
	data := []byte(` {"timestamp":"May 18, 2018 10:40:00 AM","action":17} `)
	a := opswat.Activity{AppName: "of before"}
	require.NoError(t, a.UnmarshalJSON(data))
	copy(data, bytes.Repeat([]byte("x"), len(data)))
	assert.Equal(t, opswat.Activity{
		Timestamp: time.Date(2018, time.May, 18, 10, 40, 0, 0, time.UTC),
		Raw:       json.RawMessage(`{"timestamp":"May 18, 2018 10:40:00 AM","action":17}`),
		Problems:  []activity.FieldProblem{{Field: "action", Problem: "is a number, want a string"}},
	}, a)

	for _, broken := range []string{``, `{`, `{} {}`, `{"canary":}`} {
		before := a
		err := a.UnmarshalJSON([]byte(broken))
		require.Error(t, err, broken)
		assert.NotContains(t, err.Error(), "canary")
		assert.Equal(t, before, a)
	}
}
