package snaplogictest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/activity-sdk/activity/internal/fake"
	"github.com/activity-sdk/activity/snaplogic"
)

// generate returns n rows before now: the vendor's sample and older invented ones.
func generate(n int, seed uint64, now time.Time) []fake.Row {
	if n <= 0 {
		return nil
	}
	newest := rowOf([]byte(sample), snaplogic.Activity{}).Time.UTC()
	days := 0
	if ahead := newest.Sub(now); ahead >= 0 {
		days = int(ahead/(24*time.Hour)) + 1
	}
	g := generator{fake.NewGenerator(seed, newest.Add(-time.Hour))}
	rows := append(make([]fake.Row, 0, n), movedBack([]byte(sample), newest, days))
	for _, at := range g.Times(n - 1) {
		raw, err := json.Marshal(g.entry(at))
		if err != nil {
			panic("snaplogictest: an invented activity has no JSON form: " + err.Error())
		}
		rows = append(rows, movedBack(raw, at, days))
	}
	return rows
}

const createTime = "2006-01-02T15:04:05.000000-07:00"

// movedBack returns the row of an entry that was created at that time. It moves create_time, and
// nothing else, back by whole days.
func movedBack(raw []byte, at time.Time, days int) fake.Row {
	earlier := at.AddDate(0, 0, -days)
	raw = bytes.Replace(raw, []byte(at.Format(createTime)), []byte(earlier.Format(createTime)), 1)
	return rowOf(raw, snaplogic.Activity{})
}

// invented is an entry as the service sends it, with the members in its order.
type invented struct {
	EventType    snaplogic.EventType `json:"event_type"`
	ParentType   string              `json:"parent_type,omitzero"`
	OrgLabel     string              `json:"org_label"`
	CreateTime   string              `json:"create_time"`
	OrgSnode     string              `json:"org_snode_id"`
	ProjectSnode string              `json:"project_snode_id,omitzero"`
	AssetLabel   string              `json:"asset_label"`
	ClassVersion int64               `json:"class_version"`
	ParentPath   string              `json:"parent_path,omitzero"`
	Template     string              `json:"template"`
	Partition    string              `json:"partition_label,omitzero"`
	Project      string              `json:"project_label,omitzero"`
	ParentLabel  string              `json:"parent_label,omitzero"`
	PartSnode    string              `json:"partition_snode_id,omitzero"`
	DisplayType  string              `json:"display_type"`
	AssetSnode   string              `json:"asset_snode_id"`
	AssetType    string              `json:"asset_type"`
	AssetPath    string              `json:"asset_path"`
	ClassID      string              `json:"class_id"`
	ParentSnode  string              `json:"parent_snode_id,omitzero"`
	ByWhom       string              `json:"by_whom"`
	UserID       string              `json:"user_id,omitzero"`
	IPAddress    string              `json:"ip_address,omitzero"`
	GroupName    string              `json:"group_name,omitzero"`
	NewName      string              `json:"new_name,omitzero"`
	Perm         *snaplogic.Perm     `json:"perm,omitzero"`
	PermsSubject string              `json:"perms_subject,omitzero"`
	PermsEntry   string              `json:"perms_entry,omitzero"`
	IsAlert      *bool               `json:"is_alert,omitzero"`
	AlertState   string              `json:"alert_state,omitzero"`
	AdminUpdate  *bool               `json:"snaplogic_admin_update,omitzero"`
	ID           string              `json:"_id"`
}

type generator struct{ *fake.Generator }

const orgLabel = "automation"

// entry invents an activity.
func (g generator) entry(at time.Time) invented {
	k := g.kind()
	e := invented{
		EventType:    k.event,
		OrgLabel:     orgLabel,
		CreateTime:   at.Format(createTime),
		OrgSnode:     snode(orgLabel),
		ClassVersion: 1,
		Template:     k.template,
		DisplayType:  k.display,
		AssetType:    k.asset,
		ClassID:      "com-snaplogic-auditevent",
		ByWhom:       g.User().Email,
		ID:           fmt.Sprintf("%08x", at.Unix()) + g.Hex(16),
	}
	k.fill(g, &e)
	if e.AssetPath == "" {
		e.AssetPath = "/" + orgLabel + "/" + e.AssetLabel
	}
	e.AssetSnode = snode(e.AssetPath)
	return e
}

// setProject puts the entry's asset into a project.
func (e *invented) setProject(space, project, label string) {
	e.Partition, e.Project, e.AssetLabel = space, project, label
	e.ParentType, e.ParentLabel = "Project", project
	e.ParentPath = "/" + orgLabel + "/" + space + "/" + project
	e.AssetPath = e.ParentPath + "/" + label
	e.PartSnode = snode("/" + orgLabel + "/" + space)
	e.ProjectSnode, e.ParentSnode = snode(e.ParentPath), snode(e.ParentPath)
}

// snode returns the id of an object, which depends only on its path.
func snode(path string) string {
	sum := sha256.Sum256([]byte(path))
	return hex.EncodeToString(sum[:12])
}

// sample is the entry on the vendor's page, with an example address, and without a comma that is
// not valid JSON.
const sample = `{
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
