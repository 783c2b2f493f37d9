package sdelementstest

import (
	"fmt"
	"hash/crc32"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/activity-sdk/activity/internal/fake"
	"github.com/activity-sdk/activity/sdelements"
)

// generate returns n activities, newest first: the samples, then invented ones.
func generate(n int, seed uint64) []sdelements.Activity {
	items := samples()
	if n <= len(items) {
		return items[:max(n, 0)]
	}
	g := generator{fake.NewGenerator(seed, beforeSamples)}
	id := int64(highestSampleID + n - len(items))
	for _, at := range g.Times(n - len(items)) {
		items = append(items, sdelements.Activity{Raw: g.record(id, at)})
		id--
	}
	return items
}

type generator struct{ *fake.Generator }

// record is an activity as the service sends it.
type record struct {
	ID       int64                   `json:"id"`
	Date     string                  `json:"date"`
	Actor    *int64                  `json:"actor"`
	Name     sdelements.ActivityName `json:"name"`
	Text     string                  `json:"text"`
	Data     any                     `json:"data"`
	Icon     string                  `json:"icon"`
	LogLevel sdelements.LogLevel     `json:"log_level"`
}

// kinds are the kinds of invented activities, by frequency.
var kinds = []fake.Weighted{
	{Value: string(sdelements.LoggedInActivity), Weight: 30},
	{Value: string(sdelements.MarkedTaskActivity), Weight: 24},
	{Value: string(sdelements.LoggedOutActivity), Weight: 12},
	{Value: string(sdelements.AddedNoteActivity), Weight: 8},
	{Value: string(sdelements.AssignedUserToTaskActivity), Weight: 7},
	{Value: string(sdelements.ChangedProjectSurveyActivity), Weight: 7},
	{Value: string(sdelements.CreatedProjectActivity), Weight: 4},
	{Value: string(sdelements.ModifiedApplicationActivity), Weight: 3},
	{Value: string(sdelements.AddedUserToGroupActivity), Weight: 2},
	{Value: string(sdelements.DeletedProjectActivity), Weight: 1},
	{Value: string(sdelements.ImportExportActivity), Weight: 1},
}

func (g generator) record(id int64, at time.Time) []byte {
	who := g.User()
	if who.ID == Me {
		who.Name = "Admin Testerton" // as in the samples
	}
	r := record{ID: id, Date: g.date(at), Actor: &who.ID, Name: sdelements.ActivityName(g.Pick(kinds...)), Icon: "user", Data: sdelements.Data{}}
	g.describe(&r, who)
	text, err := json.Marshal(r, json.Deterministic(true))
	if err != nil {
		panic(fmt.Sprintf("sdelementstest: an invented activity has no JSON form: %v", err))
	}
	return text
}

// describe sets what depends on the kind.
func (g generator) describe(r *record, who fake.Person) {
	name := g.Project()
	project := projectID(name)
	data := sdelements.Data{Project: project, ProjectDesc: name, Application: project + 1000, ApplicationDesc: name + " Suite"}
	switch r.Name {
	case sdelements.LoggedInActivity:
		r.Text = who.Name + " logged in"
		return
	case sdelements.LoggedOutActivity:
		r.Text = who.Name + " logged out"
		return
	case sdelements.MarkedTaskActivity:
		g.task(&data)
		data.Status, data.StatusDesc = "TS1", "Complete"
		r.Text = fmt.Sprintf("%s marked task %s of %s as complete", who.Name, data.Task, name)
		r.Icon, r.LogLevel = "tasks", sdelements.LogLevelSuccess
	case sdelements.AddedNoteActivity:
		g.task(&data)
		r.Text = fmt.Sprintf("%s added a note to task %s of %s", who.Name, data.Task, name)
		r.Icon = "comment"
	case sdelements.AssignedUserToTaskActivity:
		g.task(&data)
		whom := g.User()
		data.User, data.UserDesc = fmt.Sprintf("U%d", whom.ID), whom.Name
		r.Text = fmt.Sprintf("%s assigned %s to task %s of %s", who.Name, whom.Name, data.Task, name)
		r.LogLevel = sdelements.LogLevelUser
	case sdelements.ChangedProjectSurveyActivity:
		r.Text = fmt.Sprintf("%s changed the survey of %s", who.Name, name)
		r.Icon, r.LogLevel = "edit", sdelements.LogLevelModify
	case sdelements.CreatedProjectActivity:
		data.BusinessUnit, data.BusinessUnitDesc = 5, "Example BU 500"
		r.Text = fmt.Sprintf("%s created project %s", who.Name, name)
		r.Icon, r.LogLevel = "folder", sdelements.LogLevelCreate
	case sdelements.ModifiedApplicationActivity:
		data.Project, data.ProjectDesc = 0, ""
		r.Text = fmt.Sprintf("%s modified application %s", who.Name, data.ApplicationDesc)
		r.Icon, r.LogLevel = "edit", sdelements.LogLevelModify
	case sdelements.AddedUserToGroupActivity:
		whom := g.User()
		// Old activities have a number where newer ones have "U7".
		r.Data = map[string]any{"user": whom.ID, "group": "G1", "group_desc": "group A"}
		r.Text = fmt.Sprintf("%s added %s to group group A", who.Name, whom.Name)
		return
	case sdelements.DeletedProjectActivity:
		data = sdelements.Data{ProjectDesc: name} // a deleted project has no id
		r.Text = fmt.Sprintf("%s deleted project %s", who.Name, name)
		r.Icon = "trash"
	case sdelements.ImportExportActivity:
		r.Actor, r.Icon = nil, "cog" // the service did it
		r.Text = "The nightly export was written"
		return
	}
	r.Data = data
}

// projectID returns the id of a project. Each name that a Generator knows has another id.
func projectID(name string) int64 { return 100 + int64(crc32.ChecksumIEEE([]byte(name))%900) }

// task sets a task.
func (g generator) task(data *sdelements.Data) {
	number := g.Between(1, 60)
	data.Standard = fmt.Sprintf("T%d", number)
	data.StandardDesc = fmt.Sprintf("T%d: Example requirement %d", number, number)
	data.Task = fmt.Sprintf("%d-T%d", data.Project, number)
	data.TaskDesc = data.StandardDesc
}

// date returns a time in one of the forms that were seen. It omits microseconds that are zero.
func (g generator) date(at time.Time) string {
	zone := "Z07:00"
	if kind := g.Between(0, 9); kind < 5 {
		zone = "-07:00"
		if kind == 0 {
			at = at.In(time.FixedZone("", -4*60*60))
		}
	}
	layout := "2006-01-02T15:04:05.000000"
	if at.Nanosecond() == 0 {
		layout = "2006-01-02T15:04:05"
	}
	return at.Format(layout + zone)
}

// samples returns the activities on the vendor's page, in its order.
func samples() []sdelements.Activity {
	items := make([]sdelements.Activity, len(sampleRecords))
	for i, record := range sampleRecords {
		items[i].Raw = []byte(record)
	}
	return items
}

var sampleRecords = []string{
	`{
  "id": 5,
  "name": "CreatedGroupActivity",
  "actor": 1,
  "text": "Admin Testerton created group group A",
  "date": "2016-05-06T14:53:28.557156Z",
  "data": {
    "target_group_desc": "group A",
    "group": "G1",
    "group_desc": "group A"
  },
  "icon": "user",
  "log_level": "success"
}`,
	`{
  "id": 3,
  "date": "2016-03-30T17:10:20.532634+00:00",
  "actor": 7,
  "name": "ModifiedBusinessUnitActivity",
  "text": "Admin Testerton modified business unit Example BU 500",
  "data": {
    "business_unit": 5,
    "business_unit_desc": "Example BU 500"
  },
  "icon": "edit",
  "log_level": ""
}`,
	`{
  "id": 2,
  "date": "2016-03-30T15:16:05.659610+00:00",
  "actor": 1,
  "name": "UserCreatedActivity",
  "text": "Admin Testerton created user Cindy Lu",
  "data": {"user": "U7"},
  "icon": "user",
  "log_level": ""
}`,
	`{
  "id": 1,
  "date": "2016-03-30T15:14:46.634929+00:00",
  "actor": 1,
  "name": "LoggedInActivity",
  "text": "Admin Testerton logged in",
  "data": {},
  "icon": "user",
  "log_level": ""
}`,
}

// highestSampleID is the highest id among the samples.
const highestSampleID = 5

// beforeSamples is a little before the oldest sample. The invented activities are older.
var beforeSamples = time.Date(2016, time.March, 30, 15, 0, 0, 0, time.UTC)
