package sdelements_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

// read returns the activities of a page that has these records.
func read(t *testing.T, records ...string) []sdelements.Activity {
	t.Helper()
	server := sdelementstest.NewServer()
	server.Fail(faults(`{"results": [` + strings.Join(records, " ,\n") + `]}`)...)
	got, err := server.Client().Activities(sdelements.ActivityQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	require.Len(t, got, len(records))
	for i, record := range records {
		require.Equal(t, record, string(got[i].Raw), "byte for byte")
	}
	return got
}

func TestVendorSample(t *testing.T) {
	server := sdelementstest.NewServer(sdelementstest.WithRows(4))
	got, err := server.Client().Activities(sdelements.ActivityQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	var data []json.RawMessage
	for i := range got {
		data = append(data, got[i].Data.Raw)
		got[i].Raw, got[i].Data.Raw = nil, nil
	}
	assert.Equal(t, []sdelements.Activity{{
		ID: 5, Name: sdelements.CreatedGroupActivity, Actor: 1, Text: "Admin Testerton created group group A",
		Date: time.Date(2016, 5, 6, 14, 53, 28, 557156000, time.UTC),
		Data: sdelements.Data{Group: "G1", GroupDesc: "group A"}, Icon: "user", LogLevel: sdelements.LogLevelSuccess,
	}, {
		ID: 3, Name: sdelements.ModifiedBusinessUnitActivity, Actor: 7, Text: "Admin Testerton modified business unit Example BU 500",
		Date: time.Date(2016, 3, 30, 17, 10, 20, 532634000, time.UTC),
		Data: sdelements.Data{BusinessUnit: 5, BusinessUnitDesc: "Example BU 500"}, Icon: "edit",
	}, {
		ID: 2, Name: sdelements.UserCreatedActivity, Actor: 1, Text: "Admin Testerton created user Cindy Lu",
		Date: time.Date(2016, 3, 30, 15, 16, 5, 659610000, time.UTC),
		Data: sdelements.Data{User: "U7"}, Icon: "user",
	}, {
		ID: 1, Name: sdelements.LoggedInActivity, Actor: 1, Text: "Admin Testerton logged in",
		Date: time.Date(2016, 3, 30, 15, 14, 46, 634929000, time.UTC), Icon: "user",
	}}, got)
	assert.Equal(t, `{"user": "U7"}`, string(data[2]))
	assert.Equal(t, `{}`, string(data[3]))
}

func TestDataFields(t *testing.T) {
	record := `{"id":9,"data":{"application":1,"application_desc":"A","business_unit":2,"business_unit_desc":"B","group":"G3",` +
		`"group_desc":"C","project":4,"project_desc":"D","standard":"T5","standard_desc":"T5: E","status":"TS6","status_desc":"F",` +
		`"task":"4-T5","task_desc":"T5: E","user":"U7","user_desc":"G","target_group_desc":"H","note":{"id":8}}}`
	data := read(t, record)[0].Data
	assert.Equal(t, []string{"application", "application_desc", "business_unit", "business_unit_desc", "group", "group_desc", "project",
		"project_desc", "standard", "standard_desc", "status", "status_desc", "task", "task_desc", "user", "user_desc",
		"target_group_desc", "note"}, data.Names())
	assert.Equal(t, `{"id":8}`, string(data.Get("note")))
	assert.Equal(t, `"H"`, string(data.Get("target_group_desc")))
	assert.Equal(t, `4`, string(data.Get("project")))
	assert.Nil(t, data.Get("Project"))
	data.Raw = nil
	assert.Equal(t, sdelements.Data{Application: 1, ApplicationDesc: "A", BusinessUnit: 2, BusinessUnitDesc: "B", Group: "G3", GroupDesc: "C",
		Project: 4, ProjectDesc: "D", Standard: "T5", StandardDesc: "T5: E", Status: "TS6", StatusDesc: "F", Task: "4-T5", TaskDesc: "T5: E",
		User: "U7", UserDesc: "G"}, data)
	assert.Equal(t, `"G3"`, string(data.Get("group")), "from the fields")
	assert.Len(t, data.Names(), 16)
}

func TestDataOfOldActivities(t *testing.T) {
	data := read(t, `{"id":9,"data":{"user":7,"group":1,"task":1.5,"project_desc":2024,"user":8}}`)[0].Data
	assert.Equal(t, "8", data.User, "the last of several")
	assert.Equal(t, "8", string(data.Get("user")))
	assert.Equal(t, "1", data.Group)
	assert.Equal(t, "1.5", data.Task)
	assert.Equal(t, "2024", data.ProjectDesc)
	assert.Equal(t, []string{"user", "group", "task", "project_desc"}, data.Names())
}

func TestProblems(t *testing.T) {
	problem := func(field, text string) []activity.FieldProblem {
		return []activity.FieldProblem{{Field: field, Problem: text}}
	}
	for record, want := range map[string]sdelements.Activity{
		`{"id":"5","text":"x"}`:              {Text: "x", Problems: problem("id", "is a string, want an integer")},
		`{"id":5.5,"text":"x"}`:              {Text: "x", Problems: problem("id", "is not a whole number")},
		`{"id":92233720368547758080}`:        {Problems: problem("id", "does not fit 64 bits")},
		`{"id":1,"actor":{"id":3}}`:          {ID: 1, Problems: problem("actor", "is an object, want an integer")},
		`{"id":1,"name":"TeleportActivity"}`: {ID: 1, Name: "TeleportActivity"},
		`{"id":1,"name":7}`:                  {ID: 1, Problems: problem("name", "is a number, want a string")},
		`{"id":1,"log_level":"loud"}`:        {ID: 1, LogLevel: "loud"},
		`{"id":1,"data":null}`:               {ID: 1},
		`{"id":1,"data":[]}`:                 {ID: 1, Problems: problem("data", "is an array, want an object")},
		`{"id":1,"data":"x"}`:                {ID: 1, Problems: problem("data", "is a string, want an object")},
		`{"id":1,"data":7}`:                  {ID: 1, Problems: problem("data", "is a number, want an object")},
		`{"id":1,"data":{"project":"x","user":"U1"}}`: {ID: 1, Data: sdelements.Data{User: "U1"},
			Problems: problem("data.project", "is a string, want an integer")},
		`{"id":1,"actor":[],"data":{"user":{"id":7},"group":null}}`: {ID: 1, Problems: []activity.FieldProblem{
			{Field: "actor", Problem: "is an array, want an integer"}, {Field: "data.user", Problem: "is an object, want a string"}}},
	} {
		got := read(t, `{"id":8,"data":{"user":"U1"}}`, record, `{"id":7,"text":"last"}`)
		assert.Equal(t, int64(8), got[0].ID, record)
		assert.Equal(t, "U1", got[0].Data.User, record)
		assert.Empty(t, got[0].Problems)
		assert.Equal(t, "last", got[2].Text, record)

		odd := got[1]
		odd.Raw, odd.Data.Raw = nil, nil
		assert.Equal(t, want, odd, record)
	}
}

func TestDateFormats(t *testing.T) {
	micro := time.Date(2016, 3, 30, 15, 16, 5, 659610000, time.UTC)
	whole := micro.Truncate(time.Second)
	for text, want := range map[string]time.Time{
		`"2016-03-30T15:16:05.659610Z"`:      micro,
		`"2016-03-30T15:16:05.659610+00:00"`: micro,
		`"2016-03-30T11:16:05.659610-04:00"`: micro,
		`"2016-03-30T15:16:05.659610+0000"`:  micro,
		`"2016-03-30T15:16:05.659610"`:       micro,
		`"2016-03-30T15:16:05.659610000Z"`:   micro,
		`"2016-03-30T15:16:05Z"`:             whole,
		`"2016-03-30T15:16:05"`:              whole,
		`"2016-03-30 15:16:05+00:00"`:        whole,
		`""`:                                 {},
		`null`:                               {},
	} {
		a := read(t, `{"id":1,"date":`+text+`}`)[0]
		assert.Empty(t, a.Problems, text)
		assert.True(t, want.Equal(a.Date), "%s: %v", text, a.Date)
	}
	_, offset := read(t, `{"id":1,"date":"2016-03-30T11:16:05-04:00"}`)[0].Date.Zone()
	assert.Equal(t, -4*60*60, offset, "the offset is kept")
}

func TestActivityJSON(t *testing.T) {
	a := sdelements.Activity{ID: 5, Name: sdelements.LoggedInActivity, Actor: 1, Text: "x", Date: ago(0), Icon: "user",
		LogLevel: sdelements.LogLevelModify, Data: sdelements.Data{Project: 4, User: "U7"}}
	text, err := json.Marshal(a)
	require.NoError(t, err)
	assert.Equal(t, `{"id":5,"name":"LoggedInActivity","actor":1,"text":"x","date":"2024-05-06T12:00:00Z",`+
		`"data":{"project":4,"user":"U7"},"icon":"user","log_level":"modify"}`, string(text))
	var again sdelements.Activity
	require.NoError(t, json.Unmarshal(text, &again))
	assert.Empty(t, again.Problems)
	again.Raw, again.Data.Raw = nil, nil
	assert.Equal(t, a, again)
}

func TestDataJSON(t *testing.T) {
	var d sdelements.Data
	require.NoError(t, json.Unmarshal([]byte(`{ "user": 7, "new": [1, 2] }`), &d))
	assert.Equal(t, "7", d.User)
	text, err := json.Marshal(d)
	require.NoError(t, err)
	assert.Equal(t, `{"user":7,"new":[1,2]}`, string(text))

	text, err = json.Marshal(sdelements.Data{User: "U7"})
	require.NoError(t, err)
	assert.Equal(t, `{"user":"U7"}`, string(text))
	text, err = json.Marshal(sdelements.Data{})
	require.NoError(t, err)
	assert.Equal(t, `{}`, string(text))

	require.NoError(t, json.Unmarshal([]byte(`null`), &d))
	assert.Equal(t, sdelements.Data{}, d)
	assert.EqualError(t, d.UnmarshalJSON([]byte(`[1]`)), "data is an array, want an object")
	assert.Error(t, d.UnmarshalJSON([]byte(`{"user":`)))
	assert.Error(t, d.UnmarshalJSON(nil))

	_, err = json.Marshal(sdelements.Data{Raw: json.RawMessage(`{"a"`)})
	require.Error(t, err)
	assert.Equal(t, []string{"a"}, sdelements.Data{Raw: json.RawMessage(`{"a":1,"b":`)}.Names(), "what stands before the break")
	assert.Empty(t, sdelements.Data{}.Names())
	assert.Nil(t, sdelements.Data{}.Get("user"))
}

func TestActivityNames(t *testing.T) {
	names := sdelements.ActivityNames()
	assert.Len(t, names, 79)
	for _, name := range names {
		assert.True(t, strings.HasSuffix(string(name), "Activity"), name)
	}
	names[0] = ""
	assert.NotEmpty(t, sdelements.ActivityNames()[0])
	assert.IsIncreasing(t, sdelements.ActivityNames())
	assert.EqualValues(t, "GeneratedAPIv1TokenActivity", sdelements.GeneratedAPIv1TokenActivity)
}

// Marshaling an activity writes the changed fields of Data and keeps its other members. Problems do
// not count as changes.
func TestMarshalChangedData(t *testing.T) {
	const sent = `{"id":1,"data":{"user": 7,"user_desc":"secret","x":1.0,"project":"odd"},"text":"a"}`
	for want, change := range map[string]func(a *sdelements.Activity){
		`{"id":1,"data":{"user":7,"user_desc":"secret","x":1.0,"project":"odd"},"text":"a"}`: func(*sdelements.Activity) {},
		`{"id":1,"data":{"user":7,"user_desc":"secret","x":1.0,"project":"odd"}}`:            func(a *sdelements.Activity) { a.Text = "" },
		`{"id":1,"data":{"user":7,"user_desc":"b","x":1.0,"project":"odd"},"text":"a"}`:      func(a *sdelements.Activity) { a.Data.UserDesc = "b" },
		`{"id":1,"data":{"x":1.0,"project":5},"text":"a"}`: func(a *sdelements.Activity) {
			a.Data.User, a.Data.UserDesc, a.Data.Project = "", "", 5
		},
		`{"id":1,"data":{"user":"7"},"text":"a"}`: func(a *sdelements.Activity) { a.Data.Raw, a.Data.UserDesc = nil, "" },
		`{"id":1,"text":"a"}`:                     func(a *sdelements.Activity) { a.Data = sdelements.Data{} },
	} {
		for _, a := range []sdelements.Activity{read(t, sent)[0], unmarshaled(t, sent)} {
			require.Len(t, a.Problems, 1)
			change(&a)
			text, err := json.Marshal(a)
			require.NoError(t, err)
			assert.Equal(t, want, string(text))
		}
	}

	own := sdelements.Data{User: "U7", Raw: json.RawMessage(`{"user":"U8","x":1,"task":"1-T2"}`)}
	text, err := json.Marshal(own)
	require.NoError(t, err)
	assert.Equal(t, `{"user":"U7","x":1}`, string(text))
}

func unmarshaled(t *testing.T, text string) (a sdelements.Activity) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(text), &a))
	return a
}
