package snaplogic_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// sampleEntry is the vendor's sample with another e-mail address.
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
		EventType:        snaplogic.EventAssetCreate,
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
	assert.Equal(t, []snaplogic.Activity{sampleActivity()}, got, "the fake has it too")
}

// Some members depend on the event type.
func TestFieldsByEventType(t *testing.T) {
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
	assert.Empty(t, without.Problems, "null counts as missing")
	assert.Nil(t, record(t, `{"perm":{"perms":null}}`).Perm.Inherit)
}

// A record that a program makes has no Raw. Zero fields are left out of its JSON.
func TestMarshalFields(t *testing.T) {
	a := sampleActivity()
	a.Raw = nil
	a.SnapLogicAdminUpdate = new(true)
	a.Perm = &snaplogic.Perm{Perms: []string{"W"}, Inherit: new(true)}
	encoded, err := json.Marshal(a)
	require.NoError(t, err)
	var read snaplogic.Activity
	require.NoError(t, json.Unmarshal(encoded, &read))
	read.Raw = nil
	assert.Equal(t, a, read)

	encoded, err = json.Marshal(snaplogic.Activity{ID: "a", EventType: "brand_new", SnapLogicAdminUpdate: new(false)})
	require.NoError(t, err)
	assert.JSONEq(t, `{"_id":"a","event_type":"brand_new","snaplogic_admin_update":false}`, string(encoded))
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
	a := record(t, `{"_id":"a","create_time":1530687424823}`)
	assert.Zero(t, a.CreateTime)
	require.Len(t, a.Problems, 1, "a time is a string")
	assert.Equal(t, "create_time", a.Problems[0].Field)
}

// A member whose type does not fit affects its own field only.
func TestProblems(t *testing.T) {
	a := record(t, `{"class_version":"12","perm":"RWX","snaplogic_admin_update":"yes","by_whom":true,"_id":9007199254740993}`)
	var fields []string
	for _, p := range a.Problems {
		fields = append(fields, p.Field)
	}
	assert.ElementsMatch(t, []string{"class_version", "perm", "snaplogic_admin_update"}, fields)
	a.Raw, a.Problems = nil, nil
	assert.Equal(t, snaplogic.Activity{ID: "9007199254740993", ByWhom: "true"}, a)
}

func TestProblemsOfPerm(t *testing.T) {
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

// A changed permission keeps the members that have no field.
func TestMarshalChangedPerm(t *testing.T) {
	const sent = `{"perm":{"perms":["R","X"],"x":1.0,"subject":"secret","inherit":true},"by_whom":"a"}`
	for want, change := range map[string]func(a *snaplogic.Activity){
		`{"perm":{"perms":["R","W"],"x":1.0,"subject":"b","inherit":false},"by_whom":"a"}`: func(a *snaplogic.Activity) {
			a.Perm.Perms[1], a.Perm.Subject, *a.Perm.Inherit = "W", "b", false
		},
		`{"perm":{"perms":["R","X"],"x":1.0},"by_whom":"a"}`: func(a *snaplogic.Activity) { a.Perm.Subject, a.Perm.Inherit = "", nil },
		`{"by_whom":"b"}`: func(a *snaplogic.Activity) { a.Perm, a.ByWhom = nil, "b" },
	} {
		var a snaplogic.Activity
		require.NoError(t, json.Unmarshal([]byte(sent), &a))
		change(&a)
		text, err := json.Marshal(a)
		require.NoError(t, err)
		assert.Equal(t, want, string(text))
	}
}
