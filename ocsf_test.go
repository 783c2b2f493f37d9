package activity_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/ocsftest"
)

var kinds = []activity.Kind{
	activity.KindLogin, activity.KindLogout, activity.KindAccess, activity.KindCreate, activity.KindUpdate, activity.KindMove, activity.KindCopy,
	activity.KindRename, activity.KindDelete, activity.KindUpload, activity.KindDownload, activity.KindShare, activity.KindUnshare, activity.KindImport, activity.KindExport,
	activity.KindGrant, activity.KindRevoke, activity.KindJoin, activity.KindLeave, activity.KindPasswordChange, activity.KindPasswordReset,
	activity.KindLock, activity.KindUnlock, activity.KindEnable, activity.KindDisable, activity.KindStart, activity.KindStop, activity.KindRestart,
	activity.KindError, activity.KindOther, "", "brew",
}

var targets = []string{
	activity.TargetUser, activity.TargetGroup, activity.TargetRole, activity.TargetToken, activity.TargetFile, activity.TargetFolder,
	activity.TargetPackage, activity.TargetProject, activity.TargetWorkspace, activity.TargetOrganization, activity.TargetPolicy,
	activity.TargetSettings, activity.TargetApplication, activity.TargetNode, activity.TargetCluster, "", "Pipeline",
}

// Every kind of event on every type of target is valid, whether its other fields are set or not.
func TestOCSFIsValid(t *testing.T) {
	for _, kind := range kinds {
		for _, target := range targets {
			for _, vendor := range []string{"aspera", "snaplogic", "opswat", "sdelements", ""} {
				full := activity.Event{
					Vendor: vendor, Feed: "activities", Tenant: "acme", Key: "1", Time: time.Now(), Action: "act", Kind: kind, Outcome: activity.OutcomeFailure,
					Actor:   activity.Actor{ID: "7", Name: "Ada", Email: "ada@example.com", Address: "203.0.113.7"},
					Target:  activity.Target{Type: target, ID: "8", Name: "it", Path: "/a/it"},
					Message: "Ada did it", Raw: json.RawMessage(`{"perm":{"perms":["R"],"subject":"bob"},"access_rule":"r","device_id":"d","transferred_bytes":7}`),
				}
				bare := activity.Event{Vendor: vendor, Kind: kind, Target: activity.Target{Type: target}}
				for _, e := range []activity.Event{full, bare} {
					text, err := e.OCSF()
					require.NoError(t, err)
					assert.Empty(t, ocsftest.Problems(text), "%s", text)
				}
			}
		}
	}
}

// What a rule did is set for accesses that were allowed, blocked or monitored, and for no others.
func TestOCSFControl(t *testing.T) {
	for _, c := range []struct {
		action  string
		outcome activity.Outcome
		want    string
	}{
		{"allowed", activity.OutcomeSuccess, `{"action_id":1,"action":"Allowed","disposition_id":1,"disposition":"Allowed"}`},
		{"blocked", activity.OutcomeBlocked, `{"action_id":2,"action":"Denied","disposition_id":2,"disposition":"Blocked"}`},
		{"monitored_block", "", `{"action_id":3,"action":"Observed","disposition_id":17,"disposition":"Logged"}`},
		{"Monitored (Allow)", "", `{"action_id":3,"action":"Observed","disposition_id":17,"disposition":"Logged"}`},
		{"temporary_access", "", `{}`},
		{"brewed", "", `{}`},
	} {
		text, err := activity.Event{
			Vendor: "opswat", Action: c.action, Kind: activity.KindAccess, Outcome: c.outcome, Target: activity.Target{Type: activity.TargetApplication},
		}.OCSF()
		require.NoError(t, err)
		assert.Empty(t, ocsftest.Problems(text), "%s", text)
		assert.JSONEq(t, c.want, members(t, text, "action_id", "action", "disposition_id", "disposition"), c.action)
	}
}

// The user to whom a right was granted keeps the id that the record has.
func TestOCSFUserOfAGrant(t *testing.T) {
	for raw, want := range map[string]string{
		`{"data":{"user":"U5","user_desc":"Bo"}}`: `{"user":{"name":"Bo","uid":"U5"}}`,
		`{"data":{"user":"U5"}}`:                  `{"user":{"uid":"U5"}}`,
		`{"data":{"user_desc":"Bo"}}`:             `{"user":{"name":"Bo"}}`,
	} {
		text, err := activity.Event{Vendor: "sdelements", Key: "1", Kind: activity.KindGrant, Target: activity.Target{Type: activity.TargetProject}, Raw: json.RawMessage(raw)}.OCSF()
		require.NoError(t, err)
		assert.Empty(t, ocsftest.Problems(text), "%s", text)
		assert.JSONEq(t, want, members(t, text, "user"), raw)
	}
}

// members returns those of an object that have one of some names.
func members(t *testing.T, object []byte, names ...string) string {
	t.Helper()
	var all map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(object, &all))
	some := map[string]json.RawMessage{}
	for _, name := range names {
		if value, ok := all[name]; ok {
			some[name] = value
		}
	}
	text, err := json.Marshal(some)
	require.NoError(t, err)
	return string(text)
}

// Numbers stay as they were sent, with all digits. A number beyond the range of a float64, which
// most readers of JSON refuse, becomes a text.
func TestOCSFKeepsNumbers(t *testing.T) {
	for sent, kept := range map[string]string{"586512": "586512", "9007199254740993": "9007199254740993", "1.50e3": "1.50e3", "-0": "-0", "1e380": `"1e380"`} {
		e := activity.Event{Vendor: "aspera", Kind: activity.KindDownload, Key: "k", Target: activity.Target{Type: activity.TargetPackage}, Raw: json.RawMessage(`{"transferred_bytes":` + sent + `,"x":[1,{"y":2}]}`)}
		text, err := e.OCSF()
		require.NoError(t, err)
		assert.Contains(t, string(text), `"transferred_bytes":`+kept)
		assert.Empty(t, ocsftest.Problems(text))
	}
}

// OCSF does not fail for any value of an event, also if it is not UTF-8.
func FuzzOCSF(f *testing.F) {
	f.Add("opswat", "blocked", "access", "blocked", "ada@example.com", "203.0.113.7", "project", "\xff", `{"access_rule":"r"}`, int64(0))
	f.Add("aspera", "", "upload", "", "", "::1%eth0", "file", "", `{"transferred_bytes":1e380}`, int64(1)<<62)
	f.Fuzz(func(t *testing.T, vendor, action, kind, outcome, who, address, target, name, raw string, at int64) {
		e := activity.Event{
			Vendor: vendor, Feed: name, Tenant: who, Key: action, Time: time.Unix(at, 0), Action: action, Kind: activity.Kind(kind), Outcome: activity.Outcome(outcome),
			Actor:   activity.Actor{ID: name, Name: who, Email: who, Address: address},
			Target:  activity.Target{Type: target, ID: who, Name: name, Path: address},
			Message: raw, Raw: json.RawMessage(raw),
		}
		text, err := e.OCSF()
		require.NoError(t, err)
		require.Empty(t, ocsftest.Problems(text), "%s", text)
	})
}
