package snaplogic_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/ocsftest"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// events has a row for each event type: kind, outcome, actor, type of the target, and the class and
// activity in OCSF. Assets are projects.
const events = `
session_start                     login           success  U from A  organization  3002 1
sso_session_start                 login           success  U from A  organization  3002 1
session_end                       logout          success  U from A  organization  3002 2
user_auth_failure                 login           failure  U from A  organization  3002 1

user_create                       create          -        B from A  user          3001 1
user_update                       update          -        B from A  user          3001 99
user_delete                       delete          -        B from A  user          3001 6
user_lockout                      lock            -        B from A  user          3001 9
user_unlock                       unlock          -        B from A  user          3001 12
password_change                   password_change -        B from A  user          3001 3
password_reset                    password_reset  -        B from A  user          3001 4
approve_devportal_user            enable          -        B from A  user          3001 2

group_create                      create          -        B from A  group         3006 6
group_update                      update          -        B from A  group         3006 99
group_delete                      delete          -        B from A  group         3006 5

asset_create                      create          -        B from A  project       6001 1
asset_access                      access          -        B from A  project       6001 2
asset_update                      update          -        B from A  project       6001 3
asset_rename                      rename          -        B from A  project       6001 3
asset_move                        move            -        B from A  project       6001 3
asset_owner_change                update          -        B from A  project       6001 3
asset_delete                      delete          -        B from A  project       6001 4
acl_add                           grant           -        B from A  project       3005 1
acl_remove                        revoke          -        B from A  project       3005 2

policy_create                     create          -        B from A  policy        3004 1
policy_update                     update          -        B from A  policy        3004 3
policy_delete                     delete          -        B from A  policy        3004 4

org_provision                     create          -        B from A  organization  3004 1
org_add_user                      join            -        B from A  organization  3006 3
org_remove_user                   leave           -        B from A  organization  3006 4
org_settings_update               update          -        B from A  settings      3004 3
org_concurrent_call_limit         error           -        B from -  organization  6008 1
dist_change                       update          -        B from A  settings      3004 3
dist_override                     update          -        B from A  settings      3004 3

plex_node_add                     create          -        B from -  node          6002 1
plex_node_restart                 restart         -        B from -  node          6002 5
plex_node_crash                   error           -        B from -  node          6008 1
plex_node_enter_maintenance_mode  disable         -        B from -  node          6002 7
plex_node_leave_maintenance_mode  enable          -        B from -  node          6002 6
plex_congestion                   error           -        B from -  cluster       6008 1
plex_version_update               update          -        B from -  cluster       6002 8
cluster_initiated                 start           -        B from -  cluster       6002 3
cluster_idle                      stop            -        B from -  cluster       6002 4
cluster_terminated                stop            -        B from -  cluster       6002 4
cluster_unknown                   stop            -        B from -  cluster       6002 4
`

// Each event type that has a constant has its row in the table.
func TestEventOfEachType(t *testing.T) {
	rows := map[string][]string{}
	for line := range strings.Lines(events) {
		if row := strings.Fields(line); len(row) > 0 {
			rows[row[0]] = row
		}
	}
	source, err := os.ReadFile("eventtype.go")
	require.NoError(t, err)
	constants := regexp.MustCompile(`EventType = "(\w+)"`).FindAllStringSubmatch(string(source), -1)
	require.Len(t, constants, 45)
	require.Len(t, rows, len(constants))
	for _, constant := range constants {
		row := rows[constant[1]]
		require.Len(t, row, 9, constant[1])
		for i := range row {
			row[i] = strings.Trim(row[i], "-")
		}
		a := snaplogic.Activity{
			EventType: snaplogic.EventType(row[0]), CreateTime: bubbleStart, UserID: "U", ByWhom: "B", IPAddress: "A", GroupName: "G",
			AssetType: "Dir", DisplayType: "Project", AssetLabel: "Atlas", AssetPath: "/o/s/Atlas", AssetSnodeID: "1", OrgLabel: "o", OrgSnodeID: "2",
		}
		e := a.Event()
		assert.Equal(t, "snaplogic", e.Vendor)
		assert.Equal(t, row[0], e.Action)
		assert.Equal(t, row[1], string(e.Kind), row[0])
		assert.Equal(t, row[2], string(e.Outcome), row[0])
		assert.Equal(t, activity.Actor{Name: row[3], Address: row[5]}, e.Actor, row[0])
		assert.Equal(t, row[6], e.Target.Type, row[0])
		class, id := ocsftest.ClassOf(t, e)
		assert.Equal(t, row[7]+" "+row[8], fmt.Sprint(class, " ", id), row[0])
	}
}

func TestEventTargets(t *testing.T) {
	at := func(what string, a snaplogic.Activity) activity.Target {
		a.EventType = snaplogic.EventType(what)
		a.UserID, a.GroupName, a.IPAddress = "grace@example.com", "Editors", "192.0.2.7"
		a.AssetSnodeID, a.AssetLabel, a.AssetPath = "a1", "it", "/o/s/it"
		a.OrgSnodeID, a.OrgLabel = "01", "o"
		return a.Event().Target
	}
	asset := func(what string) activity.Target {
		return activity.Target{Type: what, ID: "a1", Name: "it", Path: "/o/s/it"}
	}
	none := snaplogic.Activity{}
	assert.Equal(t, activity.Target{Type: "user", ID: "grace@example.com"}, at("user_create", none))
	assert.Equal(t, activity.Target{Type: "group", Name: "Editors"}, at("group_create", none))
	assert.Equal(t, activity.Target{Type: "organization", ID: "01", Name: "o"}, at("org_add_user", none))
	assert.Equal(t, activity.Target{Type: "settings", ID: "01", Name: "o"}, at("org_settings_update", none))
	assert.Equal(t, activity.Target{Type: "node", Name: "192.0.2.7", Path: "/o/s/it"}, at("plex_node_crash", none))
	assert.Equal(t, activity.Target{Type: "cluster"}, at("cluster_idle", snaplogic.Activity{AssetType: "Pipeline"}))
	assert.Equal(t, asset("cluster"), at("cluster_idle", snaplogic.Activity{AssetType: "Plex"}))
	assert.Equal(t, asset("cluster"), at("plex_congestion", none))
	assert.Equal(t, asset("policy"), at("policy_update", snaplogic.Activity{AssetType: "API"}))
	assert.Equal(t, asset("settings"), at("dist_change", none))
	for _, tt := range []struct{ asset, display, want string }{
		{"Pipeline", "Pipeline", "Pipeline"},
		{"Account", "Account", "Account"},
		{"File", "", "file"},
		{"Org", "", "organization"},
		{"Plex", "Snaplex", "cluster"},
		{"Dir", "Project", "project"},
		{"Dir", "Project Space", "Dir"},
		{"Dir", "", "Dir"},
		{"", "", ""},
	} {
		a := snaplogic.Activity{AssetType: tt.asset, DisplayType: tt.display}
		assert.Equal(t, asset(tt.want), at("asset_update", a), tt.asset)
		assert.Equal(t, asset(tt.want), at("brand_new", a), tt.asset)
	}
}

func TestEventActor(t *testing.T) {
	for _, tt := range []struct {
		a    snaplogic.Activity
		want activity.Actor
	}{
		{snaplogic.Activity{EventType: "asset_update", ByWhom: "ada@example.com", UserID: "x"}, activity.Actor{Email: "ada@example.com"}},
		{snaplogic.Activity{EventType: "asset_update", ByWhom: "scheduler"}, activity.Actor{Name: "scheduler"}},
		{snaplogic.Activity{EventType: "asset_update"}, activity.Actor{}},
		{snaplogic.Activity{EventType: "session_start", ByWhom: "ada@example.com", IPAddress: "192.0.2.7"}, activity.Actor{Email: "ada@example.com", Address: "192.0.2.7"}},
		{snaplogic.Activity{EventType: "user_auth_failure", ByWhom: "system", UserID: "bob"}, activity.Actor{Name: "bob"}},
		{snaplogic.Activity{EventType: "plex_node_restart", ByWhom: "ada@example.com", IPAddress: "192.0.2.7"}, activity.Actor{Email: "ada@example.com"}},
		{snaplogic.Activity{EventType: "brand_new", ByWhom: "ada@example.com", IPAddress: "192.0.2.7"}, activity.Actor{Email: "ada@example.com"}},
	} {
		assert.Equal(t, tt.want, tt.a.Event().Actor, tt.a.EventType)
	}
}

func TestEventOfUnknownType(t *testing.T) {
	at := time.Date(2024, 3, 5, 9, 0, 0, 0, time.UTC)
	a := snaplogic.Activity{EventType: "brand_new", CreateTime: at, ByWhom: "ada@example.com", AssetType: "Task", AssetLabel: "Nightly"}
	assert.Equal(t, activity.Event{
		Vendor: "snaplogic", Time: at, Action: "brand_new", Kind: activity.KindOther,
		Actor: activity.Actor{Email: "ada@example.com"}, Target: activity.Target{Type: "Task", Name: "Nightly"},
	}, a.Event())
	class, id := ocsftest.ClassOf(t, a.Event())
	assert.Equal(t, "0 99", fmt.Sprint(class, " ", id))
	assert.Equal(t, activity.Event{Vendor: "snaplogic", Kind: activity.KindOther}, snaplogic.Activity{}.Event())
}

func TestEventOfVendorSample(t *testing.T) {
	want := activity.Event{
		Vendor: "snaplogic", Time: time.Date(2018, time.July, 4, 6, 57, 4, 823_000_000, time.UTC), Action: "asset_create", Kind: activity.KindCreate,
		Actor: activity.Actor{Email: "autoregplatform+admin1@example.com"},
		Target: activity.Target{Type: "project", ID: "5b3c6fc056f9a0001fd3ae06", Name: "1PipelineExecutionStatsProject3",
			Path: "/automation/projects/1PipelineExecutionStatsProject3"},
		Message: "autoregplatform+admin1@example.com created the Project 1PipelineExecutionStatsProject3 under Project Space" +
			" /automation/projects in organization automation",
		Raw: json.RawMessage(sampleEntry),
	}
	assert.Equal(t, want, record(t, sampleEntry).Event())
	class, id := ocsftest.ClassOf(t, want)
	assert.Equal(t, "6001 1", fmt.Sprint(class, " ", id))
}

// Each row of the fake is a valid event.
func TestEventsOfFake(t *testing.T) {
	for a, err := range snaplogictest.NewServer(snaplogictest.WithRows(500)).Client().Activities(snaplogic.ActivityQuery{}).All(t.Context()) {
		require.NoError(t, err)
		e := a.Event()
		class, id := ocsftest.ClassOf(t, e)
		assert.NotZero(t, class, a.EventType)
		assert.NotEqual(t, activity.KindOther, e.Kind)
		assert.NotEmpty(t, e.Actor.Email)
		assert.NotEmpty(t, e.Target.Type)
		assert.NotEmpty(t, e.Message)
		switch a.EventType {
		case snaplogic.EventGroupUpdate:
			assert.Equal(t, 99, id)
			assert.Equal(t, a.GroupName, e.Target.Name)
		case snaplogic.EventACLAdd:
			text, err := e.OCSF()
			require.NoError(t, err)
			assert.Contains(t, string(text), `"privileges":["R","X"]`)
			assert.Contains(t, string(text), `"user":{"name":"`+a.PermsSubject+`"}`)
		}
	}
}

// FuzzEvent makes events of records of any shape.
func FuzzEvent(f *testing.F) {
	f.Add("", []byte(sampleEntry))
	for _, file := range []string{"session_start", "plex_node_crash", "acl_add", "org_add_user", "cluster_idle", "brand_new"} {
		f.Add(file, []byte(`{"by_whom":"a@b","user_id":7,"ip_address":"::1%eth0","perm":{"perms":["R",1]},"asset_type":"Plex","template":"%(by_whom)s\n"}`))
	}
	f.Add("group_update", []byte(`{"group_name":"\ud800","org_label":"`+strings.Repeat("x", 1000)+`","create_time":"9999-12-31T23:59:59Z"}`))
	f.Add("password_reset", []byte("\xff{"))
	f.Fuzz(func(t *testing.T, eventType string, raw []byte) {
		var a snaplogic.Activity
		if a.UnmarshalJSON(raw) != nil {
			text := string(raw)
			a = snaplogic.Activity{ByWhom: text, UserID: text, IPAddress: text, AssetType: text, AssetLabel: text, AssetPath: text, GroupName: text, Template: text, Raw: raw}
		}
		if eventType != "" {
			a.EventType = snaplogic.EventType(eventType)
		}
		e := a.Event()
		require.Equal(t, string(a.EventType), e.Action)
		require.NotEmpty(t, e.Kind)
		require.Equal(t, string(a.Raw), string(e.Raw))
		require.Equal(t, [3]string{}, [3]string{e.Feed, e.Tenant, e.Key})
		require.False(t, strings.ContainsFunc(e.Message, func(r rune) bool { return !unicode.IsPrint(r) }), "%q", e.Message)
		ocsftest.ClassOf(t, e)
	})
}
