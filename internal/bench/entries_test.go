package bench

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"time"
)

// distinct is the number of different entries. A longer list repeats them from the first one on.
const distinct = 100_000

// entryLog is the text of a SnapLogic log. Each entry is followed by a comma.
type entryLog struct {
	text []byte
	ends []int // where each entry ends, its comma included
}

// newEntryLog invents entries of about 930 bytes. Users, projects, paths and ids differ from entry
// to entry, as in an organization that has a few thousand of each.
func newEntryLog(entries int) *entryLog {
	g := generator{rand.New(rand.NewPCG(1, 2))}
	l := &entryLog{text: make([]byte, 0, entries*940), ends: make([]int, 0, entries)}
	newest := time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
	for i := range entries {
		l.text = g.entry(l.text, i, newest.Add(-time.Duration(i)*7919*time.Millisecond))
		l.text = append(l.text, ',')
		l.ends = append(l.ends, len(l.text))
	}
	return l
}

// slice returns the text of count entries without the last comma, in as few pieces as possible.
func (l *entryLog) slice(from, count int) [][]byte {
	var pieces [][]byte
	for count > 0 {
		first := from % len(l.ends)
		end := min(first+count, len(l.ends))
		pieces = append(pieces, l.text[l.begin(first):l.ends[end-1]])
		from, count = from+end-first, count-(end-first)
	}
	if last := len(pieces) - 1; last >= 0 {
		pieces[last] = pieces[last][:len(pieces[last])-1]
	}
	return pieces
}

func (l *entryLog) begin(i int) int {
	if i == 0 {
		return 0
	}
	return l.ends[i-1]
}

type generator struct{ *rand.Rand }

func (g generator) entry(to []byte, i int, at time.Time) []byte {
	events := [...]struct{ event, asset, display, verb string }{
		{"asset_create", "Pipeline", "Pipeline", "created"},
		{"asset_update", "Pipeline", "Pipeline", "updated"},
		{"asset_delete", "File", "File", "deleted"},
		{"asset_update", "Job", "Task", "updated"},
		{"asset_move", "Account", "Account", "moved"},
	}
	kind := events[g.IntN(len(events))]
	space := fmt.Sprintf("Space %02d", g.IntN(40))
	project := fmt.Sprintf("Project %04d of %s", g.IntN(3000), space)
	label := fmt.Sprintf("%s %s %06d", kind.display, words[g.IntN(len(words))], g.IntN(1_000_000))
	return fmt.Appendf(to, `{"event_type": "%s", "parent_type": "Project", "org_label": "example", `+
		`"create_time": "%s", "org_snode_id": "5806521b242e3f794b90c16c", "project_snode_id": "%s", "asset_label": "%s", `+
		`"class_version": 1, "parent_path": "/example/%s/%s", `+
		`"template": "%%(by_whom)s %s the %%(display_type)s %%(asset_label)s under %%(parent_type)s %%(parent_path)s in organization %%(org_label)s", `+
		`"partition_label": "%s", "project_label": "%s", "parent_label": "%s", "partition_snode_id": "%s", "display_type": "%s", `+
		`"asset_snode_id": "%s", "asset_type": "%s", "asset_path": "/example/%s/%s/%s", "class_id": "com-snaplogic-auditevent", `+
		`"parent_snode_id": "%s", "by_whom": "user%04d@example.com", "_id": "%08x%016x"}`,
		kind.event, at.Format("2006-01-02T15:04:05.000000-07:00"), g.snode(), label, space, project, kind.verb, space, project, project,
		g.snode(), kind.display, g.snode(), kind.asset, space, project, label, g.snode(), g.IntN(4000), at.Unix(), i)
}

func (g generator) snode() string {
	id := make([]byte, 12)
	for i := range id {
		id[i] = byte(g.Uint32())
	}
	return hex.EncodeToString(id)
}

var words = [...]string{"ledger", "orders", "invoices", "payroll", "customers", "inventory", "shipments", "audit", "metrics", "returns"}
