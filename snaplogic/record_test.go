package snaplogic_test

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
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// sampleEntry is the entry that the vendor's page shows, with another address.
const sampleEntry = `{
        "event_type": "asset_create",
        "parent_type": "Project Space",
        "org_label": "automation",
        "create_time": "2018-07-04T06:57:04.823000+00:00",
        "org_snode_id": "5806521b242e3f794b90c16c",
        "project_snode_id": "5b3c6fc056f9a0001fd3ae06",
        "asset_label": "1PipelineExecutionStatsProject3",
        "class_version": 1,
        "parent_path": "/automation/projects",
        "template": "%(by_whom)s created the %(display_type)s %(asset_label)s under %(parent_type)s %(parent_path)s in organization %(org_label)s",
        "partition_label": "projects",
        "project_label": "1PipelineExecutionStatsProject3",
        "parent_label": "projects",
        "partition_snode_id": "5806521b242e3f794b90c173",
        "display_type": "Project",
        "asset_snode_id": "5b3c6fc056f9a0001fd3ae06",
        "asset_type": "Dir",
        "asset_path": "/automation/projects/1PipelineExecutionStatsProject3",
        "class_id": "com-snaplogic-auditevent",
        "parent_snode_id": "5806521b242e3f794b90c173",
        "by_whom": "autoregplatform+admin1@example.com",
        "_id": "5b3c6fc056f9a0001fd3ae07"
      }`

func sampleActivity() snaplogic.Activity {
	return snaplogic.Activity{
		ID:               "5b3c6fc056f9a0001fd3ae07",
		EventType:        snaplogic.AssetCreate,
		CreateTime:       time.Date(2018, time.July, 4, 6, 57, 4, 823_000_000, time.UTC),
		ByWhom:           "autoregplatform+admin1@example.com",
		AssetLabel:       "1PipelineExecutionStatsProject3",
		AssetPath:        "/automation/projects/1PipelineExecutionStatsProject3",
		AssetType:        "Dir",
		AssetSnodeID:     "5b3c6fc056f9a0001fd3ae06",
		DisplayType:      "Project",
		ParentLabel:      "projects",
		ParentPath:       "/automation/projects",
		ParentType:       "Project Space",
		ParentSnodeID:    "5806521b242e3f794b90c173",
		ProjectLabel:     "1PipelineExecutionStatsProject3",
		ProjectSnodeID:   "5b3c6fc056f9a0001fd3ae06",
		PartitionLabel:   "projects",
		PartitionSnodeID: "5806521b242e3f794b90c173",
		OrgLabel:         "automation",
		OrgSnodeID:       "5806521b242e3f794b90c16c",
		ClassID:          "com-snaplogic-auditevent",
		ClassVersion:     1,
		Template: "%(by_whom)s created the %(display_type)s %(asset_label)s under %(parent_type)s %(parent_path)s" +
			" in organization %(org_label)s",
		Raw: json.RawMessage(sampleEntry),
	}
}

func TestVendorSample(t *testing.T) {
	assert.Equal(t, sampleActivity(), record(t, sampleEntry))

	got, err := snaplogictest.NewServer(snaplogictest.WithRows(1)).Client().Activities(snaplogic.ActivityQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Equal(t, []snaplogic.Activity{sampleActivity()}, got, "the fake has it as well")
}

// The members that only some entries have.
func TestFieldsByEvent(t *testing.T) {
	const entry = `{"_id":"a","user_id":"u@example.com","ip_address":"192.0.2.7","group_name":"g","new_name":"n",` +
		`"perm":{"perms":["R","X"],"subject_type":"group","inherit":false,"subject":"admins"},` +
		`"perms_subject":"s","perms_entry":"RX","snaplogic_admin_update":false}`
	assert.Equal(t, snaplogic.Activity{
		ID: "a", UserID: "u@example.com", IPAddress: "192.0.2.7", GroupName: "g", NewName: "n",
		Perm:         &snaplogic.Perm{Perms: []string{"R", "X"}, SubjectType: "group", Subject: "admins", Inherit: new(false)},
		PermsSubject: "s", PermsEntry: "RX", SnapLogicAdminUpdate: new(false), Raw: json.RawMessage(entry),
	}, record(t, entry))

	without := record(t, `{"_id":"a","perm":null,"snaplogic_admin_update":null}`)
	assert.Nil(t, without.Perm)
	assert.Nil(t, without.SnapLogicAdminUpdate)
	assert.Empty(t, without.Problems, "null is as good as nothing")
	assert.Nil(t, record(t, `{"perm":{"perms":null}}`).Perm.Inherit)
}

func TestCreateTime(t *testing.T) {
	whole := time.Date(2018, time.July, 4, 6, 57, 4, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"2018-07-04T06:57:04.823000+00:00":    whole.Add(823 * time.Millisecond),
		"2018-07-04T06:57:04+00:00":           whole,
		"2018-07-04T06:57:04Z":                whole,
		"2018-07-04T06:57:04.000001+00:00":    whole.Add(time.Microsecond),
		"2018-07-04T08:57:04.5+02:00":         whole.Add(500 * time.Millisecond),
		"2018-07-04 06:57:04.123456789+00:00": whole.Add(123456789),
		"2018-07-04T06:57:04":                 whole,
		"":                                    {},
	} {
		a := record(t, `{"_id":"a","create_time":"`+text+`"}`)
		assert.True(t, want.Equal(a.CreateTime), "%q: %v", text, a.CreateTime)
		assert.Empty(t, a.Problems, text)
	}
	for _, value := range []string{`"yesterday"`, `"2018-02-30T00:00:00Z"`, `1530687424823`, `{"$date":1530687424823}`, `true`, `[]`} {
		a := record(t, `{"_id":"a","create_time":`+value+`}`)
		assert.Zero(t, a.CreateTime, value)
		require.Len(t, a.Problems, 1, value)
		assert.Equal(t, "create_time", a.Problems[0].Field)
		assert.NotContains(t, a.Problems[0].Problem, strings.Trim(value, `"`))
		assert.Equal(t, "a", a.ID)
	}
}

// An odd record keeps its good fields, its bytes and its neighbours.
func TestOddRecords(t *testing.T) {
	for name, c := range map[string]struct {
		entry  string
		want   snaplogic.Activity // without Raw and Problems
		fields []string
	}{
		"unknown members":    {`{"_id":"a","zz":{"a":[1,{}]},"":null}`, snaplogic.Activity{ID: "a"}, nil},
		"null":               {`{"_id":null,"create_time":null,"class_version":null,"by_whom":"b"}`, snaplogic.Activity{ByWhom: "b"}, nil},
		"numbers for texts":  {`{"_id":9007199254740993,"by_whom":true}`, snaplogic.Activity{ID: "9007199254740993", ByWhom: "true"}, nil},
		"a large number":     {`{"class_version":9007199254740993}`, snaplogic.Activity{ClassVersion: 9007199254740993}, nil},
		"a text as a number": {`{"class_version":"12"}`, snaplogic.Activity{}, []string{"class_version"}},
		"too large a number": {`{"class_version":9223372036854775808,"_id":"a"}`, snaplogic.Activity{ID: "a"}, []string{"class_version"}},
		"a broken number":    {`{"class_version":1.5,"_id":"a"}`, snaplogic.Activity{ID: "a"}, []string{"class_version"}},
		"objects for texts": {`{"asset_label":{"x":1},"_id":"a","event_type":[]}`, snaplogic.Activity{ID: "a"},
			[]string{"asset_label", "event_type"}},
		"a duplicate": {`{"_id":"a","_id":"b"}`, snaplogic.Activity{ID: "b"}, nil},
		"a text for an object": {`{"perm":"RWX","_id":"a"}`, snaplogic.Activity{ID: "a"},
			[]string{"perm"}},
		"a text for a boolean": {`{"snaplogic_admin_update":"yes","_id":"a"}`, snaplogic.Activity{ID: "a"}, []string{"snaplogic_admin_update"}},
		"another case":         {`{"_ID":"a","By_Whom":"b"}`, snaplogic.Activity{}, nil},
		"escapes":              {`{"\u005fid":"\u0061\n","by_whom":"Zo\u00eb \ud83d\ude00"}`, snaplogic.Activity{ID: "a\n", ByWhom: "Zoë 😀"}, nil},
		"nothing":              {`{}`, snaplogic.Activity{}, nil},
		"no object: null":      {`null`, snaplogic.Activity{}, []string{""}},
		"no object: a text":    {`"a"`, snaplogic.Activity{}, []string{""}},
		"no object: an array":  {`[{"_id":"a"}]`, snaplogic.Activity{}, []string{""}},
	} {
		t.Run(name, func(t *testing.T) {
			page, err := pageOf(t, wrapped(3, `{"_id":"before"}`, c.entry, sampleEntry))
			require.NoError(t, err)
			require.Len(t, page.Items, 3)
			assert.Equal(t, "before", page.Items[0].ID)
			assert.Equal(t, sampleActivity(), page.Items[2])

			got := page.Items[1]
			assert.Equal(t, c.entry, string(got.Raw))
			var fields []string
			for _, p := range got.Problems {
				fields = append(fields, p.Field)
				assert.NotEmpty(t, p.Problem)
			}
			assert.ElementsMatch(t, c.fields, fields)
			got.Raw, got.Problems = nil, nil
			assert.Equal(t, c.want, got)
		})
	}
}

func TestOddMemberOfPerm(t *testing.T) {
	a := record(t, `{"perm":{"perms":["R",{}],"subject":"s","inherit":1},"_id":"a"}`)
	assert.Equal(t, "a", a.ID)
	require.NotNil(t, a.Perm)
	assert.Equal(t, "s", a.Perm.Subject)
	assert.Nil(t, a.Perm.Inherit)
	require.NotEmpty(t, a.Problems)
	for _, p := range a.Problems {
		assert.True(t, strings.HasPrefix(p.Field, "perm."), p.Field)
	}
}

// Whatever bytes a record has, they are kept: spaces, escapes, order, members nobody knows, and text that is no UTF-8.
func TestRawIsKept(t *testing.T) {
	entries := []string{
		"{ \"b\" :1.50e+1,\t\"a\":\n\"\\u00e9\\/\" , \"_id\":\"x\"}", sampleEntry, "{\"_id\":\"\xff\"}", `{"_id":"y","_id":"z"}`, `[ 1 ,2]`,
	}
	page, err := pageOf(t, wrapped(len(entries), strings.Join(entries, " ,\n ")))
	require.NoError(t, err)
	require.Len(t, page.Items, len(entries))
	for i, a := range page.Items {
		assert.Equal(t, entries[i], string(a.Raw))
		assert.Equal(t, len(a.Raw), cap(a.Raw), "appending to one must not touch the next")
	}
	assert.Equal(t, wrapped(len(entries), strings.Join(entries, " ,\n ")), string(page.Raw))
}

func TestOneWarningForAPage(t *testing.T) {
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))
	body := wrapped(3, `{"_id":"a","class_version":"secret"}`, sampleEntry, `{"_id":["secret"]}`)
	_, err := newClient(t, serving(200, "application/json", body), activity.WithLogger(logger)).
		Activities(snaplogic.ActivityQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Equal(t, 1, strings.Count(log.String(), "\n"), log.String())
	assert.NotContains(t, log.String(), "secret")
	var line map[string]any
	require.NoError(t, json.Unmarshal(log.Bytes(), &line))
	assert.Equal(t, "snaplogic", line["vendor"])
	assert.Equal(t, "list activities", line["op"])
	assert.EqualValues(t, 2, line["records"])
	assert.Equal(t, "class_version", line["field"])

	log.Reset()
	_, err = newClient(t, serving(200, "application/json", wrapped(1, sampleEntry)), activity.WithLogger(logger)).
		Activities(snaplogic.ActivityQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Empty(t, log.String())
}

func TestJSONRoundTrip(t *testing.T) {
	var compact bytes.Buffer
	require.NoError(t, json.Compact(&compact, []byte(sampleEntry)))
	encoded, err := json.Marshal([]snaplogic.Activity{sampleActivity()})
	require.NoError(t, err)
	assert.Equal(t, "["+compact.String()+"]", string(encoded))
	var again []snaplogic.Activity
	require.NoError(t, json.Unmarshal(encoded, &again))
	want := sampleActivity()
	want.Raw = json.RawMessage(compact.String())
	assert.Equal(t, []snaplogic.Activity{want}, again)

	bare := sampleActivity()
	bare.Raw = nil
	bare.SnapLogicAdminUpdate = new(true)
	bare.Perm = &snaplogic.Perm{Perms: []string{"W"}, Inherit: new(true)}
	encoded, err = json.Marshal(bare)
	require.NoError(t, err)
	var read snaplogic.Activity
	require.NoError(t, json.Unmarshal(encoded, &read))
	assert.Equal(t, string(encoded), string(read.Raw))
	read.Raw = nil
	assert.Equal(t, bare, read)

	encoded, err = json.Marshal(snaplogic.Activity{ID: "a", SnapLogicAdminUpdate: new(false)})
	require.NoError(t, err)
	assert.Equal(t, `{"_id":"a","snaplogic_admin_update":false}`, string(encoded), "what is not set is left out")
}

func TestJSONThatIsNone(t *testing.T) {
	a := snaplogic.Activity{ID: "stays"}
	for _, text := range []string{``, `{`, `{}x`, `{"_id":}`} {
		require.Error(t, a.UnmarshalJSON([]byte(text)), text)
		assert.Equal(t, snaplogic.Activity{ID: "stays"}, a)
	}
	_, err := snaplogic.Activity{Raw: json.RawMessage(`{"_id":secret}`)}.MarshalJSON()
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "secret")
	_, err = snaplogic.Activity{CreateTime: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}.MarshalJSON()
	require.Error(t, err)
	assert.Contains(t, err.Error(), "create_time")

	data := []byte(`{"_id":"a"}`)
	require.NoError(t, a.UnmarshalJSON(data))
	copy(data, "XXXXXXXX")
	assert.Equal(t, `{"_id":"a"}`, string(a.Raw), "Raw is a copy")
}
