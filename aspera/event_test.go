package aspera_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
	"github.com/activity-sdk/activity/internal/ocsftest"
)

// TestTransferEvents checks the events of the transfers in the vendor's samples.
func TestTransferEvents(t *testing.T) {
	samples, err := os.ReadFile("testdata/transfers.jsonl")
	require.NoError(t, err)
	january := func(day, hour, minute, second, millisecond int) time.Time {
		return time.Date(2019, 1, day, hour, minute, second, millisecond*1e6, time.UTC)
	}
	want := []activity.Event{
		{Time: january(20, 18, 45, 6, 743), Action: "receive", Kind: activity.KindUpload, Outcome: activity.OutcomeSuccess, Actor: activity.Actor{Address: "192.0.2.11"},
			Target: activity.Target{Type: activity.TargetPackage, ID: "BMqqMq5Bgw", Name: "metrics"}, Message: `receive of "metrics" completed, 3412825 bytes`},
		{Time: january(20, 18, 19, 6, 767), Action: "receive", Kind: activity.KindUpload, Outcome: activity.OutcomeFailure, Actor: activity.Actor{Address: "192.0.2.93"},
			Target: activity.Target{Type: activity.TargetPackage, ID: "BMqnIOkO6A", Name: "slow pkg"}, Message: "User aborted session (client)"},
		{Time: january(20, 6, 23, 57, 533), Action: "send", Kind: activity.KindDownload, Outcome: activity.OutcomeFailure, Actor: activity.Actor{Address: "192.0.2.48"},
			Target: activity.Target{Type: activity.TargetFile, ID: "1133", Name: "1G-1"}, Message: "User aborted session (client)"},
		{Time: january(20, 6, 4, 54, 238), Action: "receive", Kind: activity.KindUpload, Outcome: activity.OutcomeSuccess, Actor: activity.Actor{Address: "192.0.2.48"},
			Target: activity.Target{Type: activity.TargetFile, ID: "1133", Name: "1m1"}, Message: `receive of "1m1" completed, 5242880 bytes`},
		{Time: january(26, 16, 28, 16, 45), Action: "receive", Kind: activity.KindUpload, Outcome: activity.OutcomeSuccess, Actor: activity.Actor{Address: "192.0.2.48"},
			Target:  activity.Target{Type: activity.TargetPackage, ID: "BOn5y63kvw", Name: "Package with 25 files"},
			Message: `receive of "Package with 25 files" completed, 26214400 bytes`},
	}
	for i, line := range strings.Split(strings.TrimSpace(string(samples)), "\n") {
		want[i].Vendor, want[i].Raw = "aspera", json.RawMessage(line)
		assert.Equal(t, want[i], decodeTransfers(t, line)[0].Event())
	}
}

// TestTransferEventFields checks each direction and status, and the other fields that decide an
// event.
func TestTransferEventFields(t *testing.T) {
	file := activity.Target{Type: activity.TargetFile}
	for raw, want := range map[string]struct {
		activity.Event
		class, act int
	}{
		`{"direction":"receive","status":"completed"}`: {activity.Event{Action: "receive", Kind: activity.KindUpload, Outcome: activity.OutcomeSuccess, Target: file,
			Message: "receive completed"}, 6006, 1},
		`{"direction":"send","status":"failed"}`: {activity.Event{Action: "send", Kind: activity.KindDownload, Outcome: activity.OutcomeFailure, Target: file,
			Message: "send failed"}, 6006, 2},
		`{"direction":"send","status":"running","transferred_bytes":7}`: {activity.Event{Action: "send", Kind: activity.KindDownload, Target: file,
			Message: "send running, 7 bytes"}, 6006, 2},
		`{"direction":"sync"}`: {activity.Event{Action: "sync", Kind: activity.KindOther, Target: file, Message: "sync"}, 0, 99},
		`{}`:                   {activity.Event{Kind: activity.KindOther, Target: file, Message: "transfer"}, 0, 99},
		`{"direction":"send","content":"a\nb","package_id":"","file_id":7}`: {activity.Event{Action: "send", Kind: activity.KindDownload,
			Target: activity.Target{Type: activity.TargetFile, ID: "7", Name: "a\nb"}, Message: `send of "a b"`}, 6006, 2},
		`{"direction":"send","status":"failed","error_message":" ","peer_error_message":"disk\nfull"}`: {activity.Event{Action: "send",
			Kind: activity.KindDownload, Outcome: activity.OutcomeFailure, Target: file, Message: "disk full"}, 6006, 2},
		`{"direction":"send","status":"completed","error_message":"retried"}`: {activity.Event{Action: "send", Kind: activity.KindDownload,
			Outcome: activity.OutcomeSuccess, Target: file, Message: "send completed"}, 6006, 2},
		`{"direction":"send","user_email":"ada@example.com","client_ip_address":"::1"}`: {activity.Event{Action: "send", Kind: activity.KindDownload, Target: file,
			Actor: activity.Actor{Email: "ada@example.com", Address: "::1"}, Message: "send"}, 6006, 2},
		`{"direction":"send","user_email":"Public link"}`: {activity.Event{Action: "send", Kind: activity.KindDownload, Target: file,
			Actor: activity.Actor{Name: "Public link"}, Message: "send"}, 6006, 2},
	} {
		got := decodeTransfers(t, raw)[0].Event()
		want.Vendor, want.Raw = "aspera", json.RawMessage(raw)
		assert.Equal(t, want.Event, got, raw)
		class, act := ocsftest.ClassOf(t, got)
		assert.Equal(t, [2]int{want.class, want.act}, [2]int{class, act}, raw)
	}
}

// documentedEvents are the events of the Activity app (IBM Docs, "Monitor application events"), and
// those of groups.
var documentedEvents = []struct {
	name       string
	kind       activity.Kind
	target     string
	class, act int
}{
	{"Log in", activity.KindLogin, "", 3002, 1},
	{"Log out", activity.KindLogout, "", 3002, 2},
	{"Workspace created", activity.KindCreate, activity.TargetWorkspace, 3004, 1},
	{"Workspace deleted", activity.KindDelete, activity.TargetWorkspace, 3004, 4},
	{"Workspace membership created", activity.KindJoin, activity.TargetWorkspace, 3006, 3},
	{"Workspace membership deleted", activity.KindLeave, activity.TargetWorkspace, 3006, 4},
	{"User created", activity.KindCreate, activity.TargetUser, 3001, 1},
	{"User deleted", activity.KindDelete, activity.TargetUser, 3001, 6},
	{"Package sent", activity.KindShare, activity.TargetPackage, 6006, 12},
	{"Package received", activity.KindShare, activity.TargetPackage, 6006, 12},
	{"Package downloaded", activity.KindDownload, activity.TargetPackage, 6006, 2},
	{"File uploaded", activity.KindUpload, activity.TargetFile, 6006, 1},
	{"File downloaded", activity.KindDownload, activity.TargetFile, 6006, 2},
	{"File moved", activity.KindMove, activity.TargetFile, 6006, 7},
	{"File renamed", activity.KindRename, activity.TargetFile, 6006, 5},
	{"File deleted", activity.KindDelete, activity.TargetFile, 6006, 4},
	{"Folder shared", activity.KindShare, activity.TargetFolder, 6006, 12},
	{"Folder shared via a public link", activity.KindShare, activity.TargetFolder, 6006, 12},
	{"Folder copied", activity.KindCopy, activity.TargetFolder, 6006, 6},
	{"Folder renamed", activity.KindRename, activity.TargetFolder, 6006, 5},
	{"Folder deleted", activity.KindDelete, activity.TargetFolder, 6006, 4},
	{"User left the shared folder", activity.KindLeave, activity.TargetFolder, 3006, 4},
	{"Admin events", activity.KindOther, "", 0, 99},

	{"Group created", activity.KindCreate, activity.TargetGroup, 3006, 6},
	{"Group deleted", activity.KindDelete, activity.TargetGroup, 3006, 5},
	{"Group membership created", activity.KindJoin, activity.TargetGroup, 3006, 3},
	{"Group membership deleted", activity.KindLeave, activity.TargetGroup, 3006, 4},
}

// TestApplicationEventKinds checks that a name is recognized in any spelling.
func TestApplicationEventKinds(t *testing.T) {
	camel := func(name string) string {
		var joined strings.Builder
		for w := range strings.FieldsSeq(name) {
			joined.WriteString(strings.ToUpper(w[:1]) + w[1:])
		}
		return joined.String()
	}
	for _, l := range documentedEvents {
		for _, name := range []string{
			l.name, strings.ToUpper(l.name), strings.ToLower(l.name), camel(l.name),
			strings.ReplaceAll(strings.ToLower(l.name), " ", "_"), strings.ReplaceAll(l.name, " ", "-"), strings.ReplaceAll(l.name, " ", "."),
			strings.ReplaceAll(strings.ToUpper(l.name), " ", "_"), " " + strings.ReplaceAll(l.name, " ", "\t") + "\n",
		} {
			e := aspera.ApplicationEvent{EventType: aspera.EventType(name)}.Event()
			class, act := ocsftest.ClassOf(t, e)
			outcome := map[bool]activity.Outcome{true: activity.OutcomeSuccess}[class == 3002]
			assert.Equal(t, []any{name, l.kind, outcome, l.target, l.class, l.act}, []any{e.Action, e.Kind, e.Outcome, e.Target.Type, class, act})
		}
	}
	for name, like := range map[string]string{
		"user_logged_in": "Log in", "UserLogin": "Log in", "login": "Log in", "LOGIN": "Log in", "logged in": "Log in", "user_logged_out": "Log out", "users log out": "Log out",
		"create_user": "User created", "users.created": "User created", "user.create": "User created", "UserDelete": "User deleted", "user has been deleted": "User deleted",
		"membership_created": "Workspace membership created", "workspace_memberships_delete": "Workspace membership deleted",
		"send_package": "Package sent", "packages_received": "Package received", "package_download": "Package downloaded",
		"file_upload": "File uploaded", "files_uploaded": "File uploaded", "FileMove": "File moved", "rename file": "File renamed",
		"folder_share": "Folder shared", "folder_shared_public_link": "Folder shared via a public link", "copy_folder": "Folder copied", "folder copies": "Folder copied",
		"user_left_shared_folder": "User left the shared folder", "folder_left": "User left the shared folder", "shared_folder_left": "User left the shared folder",
	} {
		want, got := aspera.ApplicationEvent{EventType: aspera.EventType(like)}.Event(), aspera.ApplicationEvent{EventType: aspera.EventType(name)}.Event()
		assert.NotEqual(t, activity.KindOther, got.Kind, name)
		assert.Equal(t, []any{want.Kind, want.Target}, []any{got.Kind, got.Target}, name)
	}
	for _, name := range []string{
		"", " ", "x", "user", "created", "user_login_failed", "user not created", "user_creation", "user updated", "file_created", "user created 2", "ünser created",
		"file moved to folder", "loged inn", "\xff", "user created" + strings.Repeat(" ", 1000),
	} {
		e := aspera.ApplicationEvent{EventType: aspera.EventType(name)}.Event()
		assert.Equal(t, activity.KindOther, e.Kind, name)
		assert.Equal(t, name, e.Action)
		assert.Empty(t, e.Target)
	}
}

// TestApplicationEventEvents checks the public sample of an application event, and all forms of an
// actor.
func TestApplicationEventEvents(t *testing.T) {
	at := time.Date(2019, 1, 20, 18, 45, 6, 743e6, time.UTC)
	for raw, want := range map[string]activity.Event{
		`{"event_id":"e-1","event_type":"x","triggered_by_user_name":"Ada Example","triggered_by_user_email":"ada@example.com","created_at":"2019-01-20T18:45:06.743000000Z"}`: {
			Time: at, Action: "x", Kind: activity.KindOther, Actor: activity.Actor{Name: "Ada Example", Email: "ada@example.com"}, Message: "x by Ada Example"},
		`{"event_id":2,"event_type":"y","triggered_by_user_name":null,"triggered_by_user_email":"","created_at":"2019-01-20T18:45:06.743000000Z"}`: {
			Time: at, Action: "y", Kind: activity.KindOther, Message: "y"},
		`{"event_type":"package_sent","triggered_by_user_name":"Public link","triggered_by_user_email":"ada@example.com"}`: {
			Action: "package_sent", Kind: activity.KindShare, Actor: activity.Actor{Name: "Public link"}, Target: activity.Target{Type: activity.TargetPackage},
			Message: "package_sent by Public link"},
		`{"event_type":"package_sent","triggered_by_user_email":"Trusted source"}`: {
			Action: "package_sent", Kind: activity.KindShare, Actor: activity.Actor{Name: "Trusted source"}, Target: activity.Target{Type: activity.TargetPackage},
			Message: "package_sent by Trusted source"},
		`{"event_type":"user_logged_in","triggered_by_user_email":"ada@example.com"}`: {
			Action: "user_logged_in", Kind: activity.KindLogin, Outcome: activity.OutcomeSuccess, Actor: activity.Actor{Email: "ada@example.com"}, Message: "user_logged_in by ada@example.com"},
		`{"triggered_by_user_name":"Ada\nExample"}`: {Kind: activity.KindOther, Actor: activity.Actor{Name: "Ada\nExample"}, Message: "event by Ada Example"},
	} {
		var e aspera.ApplicationEvent
		require.NoError(t, json.Unmarshal([]byte(raw), &e))
		want.Vendor, want.Raw = "aspera", json.RawMessage(raw)
		assert.Equal(t, want, e.Event())
	}
}

// TestFakeEvents checks that each record of the fake is a valid event of a class.
func TestFakeEvents(t *testing.T) {
	r := organization(asperatest.NewServer(asperatest.WithRows(300)))
	for transfer, err := range r.Transfers(aspera.TransferQuery{}).All(t.Context()) {
		require.NoError(t, err)
		e := transfer.Event()
		class, _ := ocsftest.ClassOf(t, e)
		assert.Equal(t, 6006, class)
		assert.Equal(t, transfer.Done(), e.Outcome != "")
		assert.NotEmpty(t, e.Actor.Email)
		assert.NotEmpty(t, e.Target.ID)
	}
	for event, err := range r.ApplicationEvents(aspera.EventQuery{}).All(t.Context()) {
		require.NoError(t, err)
		class, act := ocsftest.ClassOf(t, event.Event())
		assert.NotZero(t, class)
		assert.NotEqual(t, 99, act)
	}
}

// FuzzEvent checks that the event of any record is valid.
func FuzzEvent(f *testing.F) {
	for _, seed := range []string{
		wholeTransfer, `{}`, `null`, `[{"uuid":1}]`, `{"direction":"receive","status":"failed","error_message":"\u0000\ud800","package_id":7,"content":"\u2028"}`,
		`{"event_type":"user_logged_in","triggered_by_user_name":{"a":1},"triggered_by_user_email":"@","created_at":"0000-00-00"}`,
		`{"direction":"send","session_start_time":"9999-12-31T23:59:59Z","client_ip_address":"::1%eth0","transferred_bytes":1e300,"throughput":"x"}`,
		"{\"event_type\":\"File_Uploaded\",\"triggered_by_user_name\":\"a\xffb\"}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var transfer aspera.Transfer
		var event aspera.ApplicationEvent
		if transfer.UnmarshalJSON(raw) != nil || event.UnmarshalJSON(raw) != nil {
			return
		}
		for _, e := range []activity.Event{transfer.Event(), event.Event()} {
			ocsftest.ClassOf(t, e)
			assert.NotEmpty(t, e.Kind)
			assert.Equal(t, strings.Trim(string(raw), " \t\r\n"), string(e.Raw))
			assert.NotContains(t, e.Message, "\n")
		}
	})
}
