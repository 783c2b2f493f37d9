package opswat_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/ocsftest"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

// ocsfEvent has the attributes that the tests check.
type ocsfEvent struct {
	Class         int    `json:"class_uid"`
	Activity      int    `json:"activity_id"`
	ActionID      int    `json:"action_id"`
	Action        string `json:"action"`
	DispositionID int    `json:"disposition_id"`
	Disposition   string `json:"disposition"`
	Policy        struct {
		Name string `json:"name"`
	} `json:"policy"`
	Device struct {
		UID  string `json:"uid"`
		Name string `json:"name"`
	} `json:"device"`
}

// ocsfOf returns the OCSF of an event after validating it.
func ocsfOf(t *testing.T, e activity.Event) (o ocsfEvent) {
	t.Helper()
	text, err := e.OCSF()
	require.NoError(t, err)
	require.Empty(t, ocsftest.Problems(text), "%s", text)
	require.NoError(t, json.Unmarshal(text, &o))
	return o
}

func TestEventsOfVendorSample(t *testing.T) {
	activities := read(t, sample, opswat.ActivityQuery{})
	require.Len(t, activities, 2)
	for i, want := range []activity.Event{
		{Time: time.Date(2018, time.May, 18, 10, 40, 0, 0, time.UTC), Target: activity.Target{Type: activity.TargetApplication, Name: "Salesforce"},
			Message: "blocked: test_user@example.com to Salesforce, device W8EVN20 (Non-compliant), rule NON COMPLIANT DEVICES"},
		{Time: time.Date(2018, time.May, 18, 10, 37, 48, 0, time.UTC), Target: activity.Target{Type: activity.TargetApplication, Name: "Slack"},
			Message: "blocked: test_user@example.com to Slack, device W8EVN20 (Non-compliant), rule NON COMPLIANT DEVICES"},
	} {
		want.Vendor, want.Action, want.Kind, want.Outcome = "opswat", "blocked", activity.KindAccess, activity.OutcomeBlocked
		want.Actor, want.Raw = activity.Actor{Email: "test_user@example.com"}, activities[i].Raw
		assert.Equal(t, want, activities[i].Event())
		o := ocsfOf(t, want)
		assert.Equal(t, "NON COMPLIANT DEVICES", o.Policy.Name)
		assert.Equal(t, "SGH238TZW5", o.Device.UID)
		assert.Equal(t, "W8EVN20", o.Device.Name)
	}
}

// The actions of the API's page and of the console, in both spellings.
func TestActions(t *testing.T) {
	const allowed, blocked = activity.OutcomeSuccess, activity.OutcomeBlocked
	read := ocsfEvent{Class: 6001, Activity: 2}
	with := func(action int, actionName string, disposition int, dispositionName string) ocsfEvent {
		o := read
		o.ActionID, o.Action, o.DispositionID, o.Disposition = action, actionName, disposition, dispositionName
		return o
	}
	logged := with(3, "Observed", 17, "Logged")
	unknown := ocsfEvent{Activity: 99}
	for action, want := range map[opswat.Action]struct {
		kind    activity.Kind
		outcome activity.Outcome
		ocsf    ocsfEvent
	}{
		opswat.ActionAllowed:        {activity.KindAccess, allowed, with(1, "Allowed", 1, "Allowed")},
		"Allowed":                   {activity.KindAccess, allowed, with(1, "Allowed", 1, "Allowed")},
		opswat.ActionBlocked:        {activity.KindAccess, blocked, with(2, "Denied", 2, "Blocked")},
		"Blocked":                   {activity.KindAccess, blocked, with(2, "Denied", 2, "Blocked")},
		opswat.ActionMonitoredBlock: {activity.KindAccess, "", logged},
		"Monitored (Block)":         {activity.KindAccess, "", logged},
		"monitored_allow":           {activity.KindAccess, "", logged},
		"Monitored (Allow)":         {activity.KindAccess, "", logged},
		"temporary_access":          {activity.KindAccess, "", read},
		"Temporary Allow":           {activity.KindAccess, "", read},
		"temporary":                 {activity.KindAccess, "", read},
		"temporary_block":           {activity.KindOther, "", unknown},
		"not_allowed":               {activity.KindOther, "", unknown},
		"monitored":                 {activity.KindOther, "", unknown},
		"":                          {activity.KindOther, "", unknown},
	} {
		e := opswat.Activity{Action: action, AppName: "Slack"}.Event()
		assert.Equal(t, []any{string(action), want.kind, want.outcome}, []any{e.Action, e.Kind, e.Outcome})
		assert.Equal(t, activity.Target{Type: activity.TargetApplication, Name: "Slack"}, e.Target)
		assert.Equal(t, want.ocsf, ocsfOf(t, e), action)
	}
}

// The actor, and the message of a record with few fields.
func TestEventParts(t *testing.T) {
	for _, c := range []struct {
		record  opswat.Activity
		actor   activity.Actor
		message string
	}{
		{opswat.Activity{}, activity.Actor{}, "access: somebody"},
		{opswat.Activity{Action: "allowed", AppUser: "ada"}, activity.Actor{Name: "ada"}, "allowed: ada"},
		{opswat.Activity{AppUser: "ada@example.com", AppName: "a\nb", DeviceID: "D1"}, activity.Actor{Email: "ada@example.com"},
			"access: ada@example.com to a b, device D1"},
		{opswat.Activity{DeviceStatus: "Compliant", AccessRule: "r"}, activity.Actor{}, "access: somebody (Compliant), rule r"},
	} {
		e := c.record.Event()
		assert.Equal(t, c.actor, e.Actor)
		assert.Equal(t, c.message, e.Message)
	}
}

// Every activity that the fake generates makes a valid event.
func TestEventsOfFake(t *testing.T) {
	client := opswattest.NewServer(opswattest.WithRows(300)).Client(unlimited)
	n := 0
	for a, err := range client.Activities(opswat.ActivityQuery{StartDate: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)}).All(t.Context()) {
		require.NoError(t, err)
		e := a.Event()
		o := ocsfOf(t, e)
		assert.Equal(t, []int{6001, 2}, []int{o.Class, o.Activity})
		assert.NotZero(t, o.ActionID)
		assert.Contains(t, e.Actor.Email, "@")
		n++
	}
	assert.Equal(t, 300, n)
}

// Whatever a record holds, its event is valid.
func FuzzEvent(f *testing.F) {
	for _, seed := range []string{
		`{}`, `null`, `[{"action":"blocked"}]`, `{"action":"blocked","app_user":"@","app_name":"\u0000","access_rule":"\ud800","device_name":""}`,
		`{"action":"Monitored (Allow)","device_id":{"a":1},"device_status":7,"timestamp":"Jan 1, 9999 10:40:00 AM"}`,
		"{\"action\":\"temporary_a\",\"app_name\":\"a\xffb\",\"app_name\":\"\"}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var a opswat.Activity
		if a.UnmarshalJSON(raw) != nil {
			return
		}
		e := a.Event()
		ocsfOf(t, e)
		assert.NotEmpty(t, e.Kind)
		assert.Equal(t, strings.Trim(string(raw), " \t\r\n"), string(e.Raw))
		assert.NotContains(t, e.Message, "\n")
	})
}
