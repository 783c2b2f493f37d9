package sdelements_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/ocsftest"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

// events has a row for each known name, without its ending: kind, outcome, type and id of the
// target, and the class and activity of OCSF.
const events = `
LoggedIn                              login    success  -                   -       3002 1
LoggedOut                             logout   success  -                   -       3002 2
AcceptedEula                          other    -        -                   -       0    99

CreatedUser                           create   -        user                U7      3001 1
UserCreated                           create   -        user                U7      3001 1
ActivatedUser                         enable   -        user                U7      3001 2
DeactivatedUser                       disable  -        user                U7      3001 5
GeneratedAPIv1Token                   create   -        token               U7      3001 1
GeneratedAPIv2Token                   create   -        token               U7      3001 1

CreatedGroup                          create   -        group               G1      3006 6
DeletedGroup                          delete   -        group               G1      3006 5
AddedUserToGroup                      join     -        group               G1      3006 3
AddedGroupToGroup                     join     -        group               -       3006 3

AddedUserToProject                    join     -        project             11      3006 3
AddedGroupToProject                   join     -        project             11      3006 3
ChangedUserRoleInProject              grant    -        project             11      3005 1
ChangedGroupRoleInProject             grant    -        project             11      3005 1

CreatedBusinessUnit                   create   -        business_unit       3       6001 1
ModifiedBusinessUnit                  update   -        business_unit       3       6001 3
ChangedBusinessUnitRiskPolicy         update   -        business_unit       3       6001 3
ChangedBusinessUnitRiskPolicyToDefault update  -        business_unit       3       6001 3
DeletedBusinessUnit                   delete   -        business_unit       3       6001 4

CreatedApplication                    create   -        application         5       6001 1
ModifiedApplication                   update   -        application         5       6001 3
ArchivedApplication                   update   -        application         5       6001 3
DeletedApplication                    delete   -        application         5       6001 4

CreatedProject                        create   -        project             11      6001 1
CreatedClassifiedProject              create   -        project             11      6001 1
ModifiedProject                       update   -        project             11      6001 3
ChangedProjectRiskPolicy              update   -        project             11      6001 3
AddedReusableComponentToProject       update   -        project             11      6001 3
ArchivedProject                       update   -        project             11      6001 3
LockedProject                         lock     -        project             11      6001 3
DeletedProject                        delete   -        project             11      6001 4

ChangedProjectSurvey                  update   -        survey              11      6001 3
ChangedProjectAnswerSurvey            update   -        survey              11      6001 3
LockedProjectSurvey                   lock     -        survey              11      6001 3

CreatedTask                           create   -        task                11-T21  6001 1
AddedTask                             create   -        task                11-T21  6001 1
MarkedTask                            update   -        task                11-T21  6001 3
AssignedUserToTask                    update   -        task                11-T21  6001 3
DeletedTask                           delete   -        task                11-T21  6001 4
ComponentAddedTask                    create   -        task                11-T21  6001 1
ComponentMarkedImplementedTask        update   -        task                11-T21  6001 3
ComponentMarkedIntroducedTask         update   -        task                11-T21  6001 3
ComponentRevertedTask                 update   -        task                11-T21  6001 3
ComponentsAddedGlobal                 create   -        task                11-T21  6001 1
ComponentsMarkedImplementedGlobal     update   -        task                11-T21  6001 3
ComponentsMarkedIntroducedGlobal      update   -        task                11-T21  6001 3
ComponentsRevertedGlobal              update   -        task                11-T21  6001 3

AddedNote                             create   -        note                -       6001 1
DeletedNote                           delete   -        note                -       6001 4
CreatedProjectProblem                 create   -        problem             -       6001 1
AddedProjectProblem                   create   -        problem             -       6001 1
DeletedProjectProblem                 delete   -        problem             -       6001 4
CreatedReport                         create   -        report              -       6001 1
DeletedReport                         delete   -        report              -       6001 4

CreatedStandard                       create   -        standard            T21     6001 1
ActivatedStandard                     enable   -        standard            T21     6001 3
DeactivatedStandard                   disable  -        standard            T21     6001 3
DeletedStandard                       delete   -        standard            T21     6001 4

CreatedPhase                          create   -        phase               P8      6001 1
ActivatedPhase                        enable   -        phase               P8      6001 3
DeactivatedPhase                      disable  -        phase               P8      6001 3
DeletedPhase                          delete   -        phase               P8      6001 4

CreatedReusableComponent              create   -        reusable_component  9       6001 1
ActivatedReusableComponent            enable   -        reusable_component  9       6001 3
DeactivatedReusableComponent          disable  -        reusable_component  9       6001 3
ModifiedReusableComponent             update   -        reusable_component  9       6001 3
ModifiedReusableComponentSurveyMapping update  -        reusable_component  9       6001 3
ModifiedReusableComponentImplementedTask update -       reusable_component  9       6001 3
ModifiedReusableComponentIntroducedTask update -        reusable_component  9       6001 3

CreatedRiskPolicy                     create   -        policy              -       3004 1
DeletedRiskPolicy                     delete   -        policy              -       3004 4
ChangedDefaultRiskPolicy              update   -        settings            -       3004 3
EnableClassification                  enable   -        settings            -       3004 8
DisableClassification                 disable  -        settings            -       3004 9

CompletedModule                       other    -        module              -       0    99
ImportExport                          other    -        -                   -       0    99
`

const everyKindOfData = `{"application":5,"business_unit":3,"group":"G1","project":11,"standard":"T21","status":"TS1","task":"11-T21","user":"U7",` +
	`"phase":"P8","reusable_component":9}`

// Every name that has a constant makes the event of its row.
func TestEventOfEachName(t *testing.T) {
	rows := map[string][]string{}
	for line := range strings.Lines(events) {
		if row := strings.Fields(line); len(row) > 0 {
			rows[row[0]+"Activity"] = row
		}
	}
	require.Len(t, rows, len(sdelements.ActivityNames()))
	for _, name := range sdelements.ActivityNames() {
		row := rows[string(name)]
		require.Len(t, row, 7, name)
		for i := range row {
			if row[i] == "-" {
				row[i] = ""
			}
		}
		a := sdelements.Activity{Name: name, Actor: 4}
		require.NoError(t, a.Data.UnmarshalJSON([]byte(everyKindOfData)))
		e := a.Event()
		assert.Equal(t, "sdelements", e.Vendor)
		assert.Equal(t, string(name), e.Action)
		assert.Equal(t, row[1], string(e.Kind), name)
		assert.Equal(t, row[2], string(e.Outcome), name)
		assert.Equal(t, activity.Actor{ID: "4"}, e.Actor)
		assert.Equal(t, row[3], e.Target.Type, name)
		assert.Equal(t, row[4], e.Target.ID, name)
		class, id := ocsftest.ClassOf(t, e)
		assert.Equal(t, row[5]+" "+row[6], fmt.Sprint(class, " ", id), name)
	}
}

// Targets that the table does not show completely.
func TestEventTargets(t *testing.T) {
	for _, tt := range []struct {
		name, data string
		want       activity.Target
	}{
		{"DeletedProject", `{"project_desc":"Atlas"}`, activity.Target{Type: "project", Name: "Atlas"}},
		{"ChangedProjectSurvey", `{"project":11,"project_desc":"Atlas"}`, activity.Target{Type: "survey", ID: "11", Name: "Atlas"}},
		{"UserCreated", `{"user":7}`, activity.Target{Type: "user", ID: "7"}},
		{"GeneratedAPIv2Token", `{"user":"U7","user_desc":"Bo"}`, activity.Target{Type: "token", ID: "U7", Name: "Bo"}},
		{"GeneratedAPIv2Token", `{}`, activity.Target{Type: "token"}},
		{"AddedNote", `{"task":"11-T21","project_desc":"Atlas"}`, activity.Target{Type: "note", Path: "11-T21"}},
		{"AddedNote", `{"task_desc":"T21: Encrypt","project_desc":"Atlas"}`, activity.Target{Type: "note", Path: "T21: Encrypt"}},
		{"DeletedNote", `{"note":3,"note_desc":"first","project_desc":"Atlas"}`, activity.Target{Type: "note", ID: "3", Name: "first", Path: "Atlas"}},
		{"CreatedProjectProblem", `{"project":11}`, activity.Target{Type: "problem", Path: "11"}},
		{"CreatedReport", `{"report_desc":"Q1"}`, activity.Target{Type: "report", Name: "Q1"}},
		{"CreatedPhase", `{"phase":"P8","phase_desc":"Design"}`, activity.Target{Type: "phase", ID: "P8", Name: "Design"}},
		{"CreatedPhase", `{"phase":{"id":8},"phase_desc":null}`, activity.Target{Type: "phase"}},
		{"CreatedRiskPolicy", `{"risk_policy":2,"risk_policy_desc":"Strict"}`, activity.Target{Type: "policy", ID: "2", Name: "Strict"}},
		{"AddedGroupToGroup", `{"group":"G1","group_desc":"a","target_group_desc":"b"}`, activity.Target{Type: "group", Name: "b"}},
		{"AddedGroupToGroup", `{"group":"G1","group_desc":"b","target_group_desc":"b"}`, activity.Target{Type: "group", ID: "G1", Name: "b"}},
		{"AddedGroupToGroup", `{"group":"G1"}`, activity.Target{Type: "group"}},
		{"LoggedIn", `{"user":"U7"}`, activity.Target{}},
		{"Teleport", `{"user":"U7"}`, activity.Target{}},
	} {
		var a sdelements.Activity
		require.NoError(t, a.UnmarshalJSON([]byte(`{"name":"`+tt.name+`Activity","data":`+tt.data+`}`)))
		assert.Equal(t, tt.want, a.Event().Target, "%s %s", tt.name, tt.data)
	}
}

func TestEventOfUnknownName(t *testing.T) {
	a := sdelements.Activity{Name: "TeleportActivity", Text: "Ada\nteleported \x1b[31m\xff", Date: noon, Data: sdelements.Data{Project: 7}}
	assert.Equal(t, activity.Event{
		Vendor: "sdelements", Time: noon, Action: "TeleportActivity", Kind: activity.KindOther, Message: "Ada teleported  [31m\uFFFD",
	}, a.Event())
	assert.Equal(t, activity.Event{Vendor: "sdelements", Kind: activity.KindOther}, sdelements.Activity{}.Event())
}

// The samples of the vendor's pages about streams, about projects, and an older edition.
func TestEventsOfVendorSamples(t *testing.T) {
	stream := `{"id": 342, "name": "AddedUserToProjectActivity", "actor": 1,
		"text": "*Ada Example* added *Bo Example* to project [Project 1](/activity-redirect/32/1/ \"Project 1\") in application [Application 1](/activity-redirect/29/1/ \"Application 1\")",
		"date": "2025-06-19T12:06:39.264688-04:00",
		"data": {"user": "U5", "project": 1, "user_desc": "Bo Example", "application": 1, "project_desc": "Project 1", "business_unit": 1, "application_desc": "Application 1", "business_unit_desc": "Business Unit 1"},
		"icon": "personAdd", "log_level": "user"}`
	streamTask := `{"id": 341, "name": "CreatedTaskActivity", "actor": 1,
		"text": "*Ada Example* created [PT1: PS Countermeasure](/activity-redirect/38/321/ \"PT1: PS Countermeasure\") in project [Project 1](/activity-redirect/32/1/ \"Project 1\")",
		"date": "2025-06-19T12:05:19.559091-04:00",
		"data": {"task": "1-PT1", "project": 1, "standard": "PT1", "task_desc": "PT1: PS Countermeasure", "application": 1, "project_desc": "Project 1"}}`
	ofProject := `{"id": 4278, "name": "ModifiedProjectActivity", "actor": 1, "text": "Ada Example modified project 123444321443 in application Flipism",
		"date": "2016-10-31T19:43:23.648726Z",
		"data": {"project_desc": "123444321443", "application_desc": "Flipism", "project": 11, "application": 5, "business_unit": 1}}`
	old := `{"id": 23, "actor": 7, "name": "MarkedTaskActivity", "text": "Bo Example marked T21: Ensure confidential data is sent over an encrypted channel as Complete in project proj1 of application app1",
		"date": "2016-05-11T18:53:02.216545Z",
		"data": {"status": "TS1", "project_desc": "proj1", "application_desc": "app1", "status_desc": "Complete", "standard": "T21", "standard_desc": "T21: Ensure confidential data is sent over an encrypted channel", "task_desc": "T21: Ensure confidential data is sent over an encrypted channel", "business_unit_desc": "Example BU"}}`
	oldUser := `{"id": 4, "name": "UserCreatedActivity", "actor": 1, "text": "Ada Example created user Bo Example", "date": "2016-03-30T15:16:05.659610+00:00", "data": {"user": 7}, "icon": "user"}`

	east := time.FixedZone("", -4*60*60)
	want := []activity.Event{{
		Time: time.Date(2025, 6, 19, 12, 6, 39, 264688000, east), Action: "AddedUserToProjectActivity", Kind: activity.KindJoin,
		Actor: activity.Actor{ID: "1"}, Target: activity.Target{Type: "project", ID: "1", Name: "Project 1"},
		Message: `*Ada Example* added *Bo Example* to project [Project 1](/activity-redirect/32/1/ "Project 1") in application [Application 1](/activity-redirect/29/1/ "Application 1")`,
	}, {
		Time: time.Date(2025, 6, 19, 12, 5, 19, 559091000, east), Action: "CreatedTaskActivity", Kind: activity.KindCreate,
		Actor: activity.Actor{ID: "1"}, Target: activity.Target{Type: "task", ID: "1-PT1", Name: "PT1: PS Countermeasure"},
		Message: `*Ada Example* created [PT1: PS Countermeasure](/activity-redirect/38/321/ "PT1: PS Countermeasure") in project [Project 1](/activity-redirect/32/1/ "Project 1")`,
	}, {
		Time: time.Date(2016, 10, 31, 19, 43, 23, 648726000, time.UTC), Action: "ModifiedProjectActivity", Kind: activity.KindUpdate,
		Actor: activity.Actor{ID: "1"}, Target: activity.Target{Type: "project", ID: "11", Name: "123444321443"},
		Message: "Ada Example modified project 123444321443 in application Flipism",
	}, {
		Time: time.Date(2016, 5, 11, 18, 53, 2, 216545000, time.UTC), Action: "MarkedTaskActivity", Kind: activity.KindUpdate,
		Actor: activity.Actor{ID: "7"}, Target: activity.Target{Type: "task", Name: "T21: Ensure confidential data is sent over an encrypted channel"},
		Message: "Bo Example marked T21: Ensure confidential data is sent over an encrypted channel as Complete in project proj1 of application app1",
	}, {
		Time: time.Date(2016, 3, 30, 15, 16, 5, 659610000, time.UTC), Action: "UserCreatedActivity", Kind: activity.KindCreate,
		Actor: activity.Actor{ID: "1"}, Target: activity.Target{Type: "user", ID: "7"}, Message: "Ada Example created user Bo Example",
	}}
	records := []string{stream, streamTask, ofProject, old, oldUser}
	for i, a := range read(t, records...) {
		want[i].Vendor, want[i].Raw = "sdelements", json.RawMessage(records[i])
		got := a.Event()
		assert.True(t, want[i].Time.Equal(got.Time))
		got.Time = want[i].Time
		assert.Equal(t, want[i], got)
	}
	text, err := want[0].OCSF()
	require.NoError(t, err)
	assert.Contains(t, string(text), `"user":{"uid":"U5","name":"Bo Example"}`, "who joined")
	assert.Contains(t, string(text), `"group":{"uid":"1","name":"Project 1","type":"project"}`)
}

// Every activity that the fake generates makes a valid event.
func TestEventsOfFake(t *testing.T) {
	for a, err := range sdelementstest.NewServer(sdelementstest.WithRows(500)).Client().Activities(sdelements.ActivityQuery{}).All(t.Context()) {
		require.NoError(t, err)
		e := a.Event()
		class, _ := ocsftest.ClassOf(t, e)
		assert.NotEmpty(t, e.Message)
		switch a.Name {
		case sdelements.ImportExportActivity:
			assert.Zero(t, class)
			assert.Empty(t, e.Actor.ID, "nobody")
		case sdelements.LoggedInActivity, sdelements.LoggedOutActivity:
			assert.Equal(t, 3002, class)
			assert.Equal(t, strconv.FormatInt(a.Actor, 10), e.Actor.ID)
		case sdelements.AddedUserToGroupActivity:
			text, err := e.OCSF()
			require.NoError(t, err)
			assert.Contains(t, string(text), `"user":{"uid":"`+a.Data.User+`"}`, "a number")
		default:
			assert.NotZero(t, class, a.Name)
			assert.NotEmpty(t, e.Target.ID+e.Target.Name+e.Target.Path, a.Name)
		}
	}
}

// Whatever a record holds, its event is valid.
func FuzzEvent(f *testing.F) {
	f.Add("", []byte(`{"id":5,"name":"CreatedGroupActivity","actor":1,"text":"x\ny","date":"2016-05-06T14:53:28.557156Z","data":{"target_group_desc":"a","group":"G1","group_desc":"a"}}`))
	for _, name := range []string{"AddedGroupToGroup", "CreatedPhase", "AddedNote", "ChangedUserRoleInProject", "AddedUserToProject", "GeneratedAPIv2Token", "Teleport"} {
		f.Add(name+"Activity", []byte(`{"actor":-9223372036854775808,"text":"\ud800","data":{"target_group_desc":[1],"phase":1e400,"role":2,"user":1e300,"note":"\u202e","project":7}}`))
	}
	f.Add("LoggedInActivity", []byte("\xff{"))
	f.Fuzz(func(t *testing.T, name string, raw []byte) {
		var a sdelements.Activity
		if a.UnmarshalJSON(raw) != nil {
			text := string(raw)
			a = sdelements.Activity{Text: text, Data: sdelements.Data{Group: text, Task: text, UserDesc: text, ProjectDesc: text, Raw: raw}, Raw: raw}
		}
		if name != "" {
			a.Name = sdelements.ActivityName(name)
		}
		e := a.Event()
		require.Equal(t, string(a.Name), e.Action)
		require.NotEmpty(t, e.Kind)
		require.Equal(t, string(a.Raw), string(e.Raw))
		require.Equal(t, [3]string{}, [3]string{e.Feed, e.Tenant, e.Key})
		require.False(t, strings.ContainsFunc(e.Message, func(r rune) bool { return !unicode.IsPrint(r) }), "%q", e.Message)
		ocsftest.ClassOf(t, e)
	})
}
