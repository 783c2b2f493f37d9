package fakes

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/snaplogic"
)

// batch has new records of all feeds.
type batch struct {
	transfers  []aspera.Transfer
	events     []aspera.ApplicationEvent
	snaplogic  []snaplogic.Activity
	opswat     []opswat.Activity
	sdelements []sdelements.Activity

	access opswat.Activity // the one before
}

var (
	people = []string{"ada.okafor", "ben.iyer", "chloé.martin", "dai.tanaka", "eva.novak"}
	hosts  = []string{"192.0.2.17", "198.51.100.4", "203.0.113.80"}
)

func one(of []string, n int64) string { return of[n%int64(len(of))] }

// invent makes record n of each feed. Its bytes are valid JSON that a JSON library would change
// when it writes them again: blanks, escapes, numbers beyond 2⁵³ and unknown members.
func (b *batch) invent(n int64, at time.Time) {
	who, at := one(people, n*n+n/7), at.UTC()
	b.transfers = append(b.transfers, aspera.Transfer{Raw: fmt.Appendf(nil,
		`{"uuid": "%08x-4a5d-4c57-9d7e-%012x", "direction":%q, "status":"completed", "session_start_time":%q, "session_stop_time":%q,`+
			` "updated_at":%q, "transferred_bytes":%d, "file_count":1e0, "user_email":"%s@example.com", "content":"Tägliche Kopie \u2116 %d\/A", "checksum":null}`,
		// A session comes in both directions: two records with one uuid.
		n/2, n/2, one([]string{"send", "receive"}, n), stamp(at), stamp(at.Add(900*time.Millisecond)), stamp(at.Add(time.Second)),
		uint64(1)<<53+uint64(n), who, n)}) //nolint:gosec // n counts from 1
	b.events = append(b.events, aspera.ApplicationEvent{Raw: fmt.Appendf(nil,
		`{"event_id":"%d" , "event_type":%q,"created_at":%q,"triggered_by_user_name":%q,"triggered_by_user_email":"%s@example.com","x":[ 1,2 ]}`,
		1_000_000+n, one([]string{"user_login", "package_sent", "file_uploaded"}, n), stamp(at), who, who)})
	b.snaplogic = append(b.snaplogic, snaplogic.Activity{Raw: fmt.Appendf(nil,
		`{"_id":"%024x","event_type":%q,"create_time":%q,"by_whom":"%s@example.com","asset_label":"Pipeline \u0026 %d","ip_address":%q,"class_version":9, "unknown":{"deep":[%d]}}`,
		n, one([]string{"asset_update", "session_start", "asset_create"}, n), stamp(at), who, n, one(hosts, n), uint64(1)<<60+uint64(n))}) //nolint:gosec // as above
	if n%3 != 0 || b.access.Raw == nil { // every third record is the same, to the byte, as the one before
		b.access = opswat.Activity{Raw: fmt.Appendf(nil,
			`{ "app_name": "Salesforce", "device_status": "Compliant", "device_name": "LT-%02d", "device_id": "DEV%05dEXMPL", "access_rule": "ANY \u003e 1",`+
				` "app_user": "%s@example.com", "device_group": "Office", "action": %q, "timestamp": %q }`,
			n%40, n, who, one([]string{"allowed", "blocked"}, n), at.Format("Jan 2, 2006 3:04:05 PM"))}
	}
	b.opswat = append(b.opswat, b.access)
	b.sdelements = append(b.sdelements, sdelements.Activity{Raw: fmt.Appendf(nil,
		`{"id":%d,"name":%q,"actor":%d,"text":"%s changed <b>task</b> T%d","date":%q,"data":{"project":%d, "extra": "\ud83d\ude80"},"icon":"task","log_level":"modify"}`,
		n, one([]string{"LoggedInActivity", "MarkedTaskActivity"}, n), n%50+1, who, n%500, stamp(at), n%90+1)})
}

func stamp(at time.Time) string { return at.Format("2006-01-02T15:04:05.000000Z") }

func (b *batch) raws() map[store.FeedID][][]byte {
	return map[store.FeedID][][]byte{
		AsperaTransfers:         raws(b.transfers, func(t aspera.Transfer) json.RawMessage { return t.Raw }),
		AsperaApplicationEvents: raws(b.events, func(e aspera.ApplicationEvent) json.RawMessage { return e.Raw }),
		SnapLogicActivities:     raws(b.snaplogic, func(a snaplogic.Activity) json.RawMessage { return a.Raw }),
		OPSWATActivities:        raws(b.opswat, func(a opswat.Activity) json.RawMessage { return a.Raw }),
		SDElementsActivities:    raws(b.sdelements, func(a sdelements.Activity) json.RawMessage { return a.Raw }),
	}
}

func raws[T any](items []T, raw func(T) json.RawMessage) [][]byte {
	out := make([][]byte, len(items))
	for i, item := range items {
		out[i] = raw(item)
	}
	return out
}
