package snaplogic

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

// Activity is one entry of an organization's activity log. Which fields are set depends on
// EventType. Members that have no field are in Raw.
//
// A snode is an object in SnapLogic's repository. A partition is what the user interface calls a
// project space.
type Activity struct {
	ID         string    `json:"_id,omitzero"` // unique, 24 hexadecimal digits
	EventType  EventType `json:"event_type,omitzero"`
	CreateTime time.Time `json:"create_time,omitzero"` // zero if it is missing or cannot be read
	ByWhom     string    `json:"by_whom,omitzero"`     // the user or service account that did it

	AssetLabel   string `json:"asset_label,omitzero"`
	AssetPath    string `json:"asset_path,omitzero"` // /organization/project space/project…
	AssetType    string `json:"asset_type,omitzero"` // such as "Pipeline"; "Dir" for a project
	AssetSnodeID string `json:"asset_snode_id,omitzero"`
	DisplayType  string `json:"display_type,omitzero"` // AssetType in the user interface
	NewName      string `json:"new_name,omitzero"`     // of a renamed asset

	ParentLabel      string `json:"parent_label,omitzero"` // of what contains the asset
	ParentPath       string `json:"parent_path,omitzero"`
	ParentType       string `json:"parent_type,omitzero"`
	ParentSnodeID    string `json:"parent_snode_id,omitzero"`
	ProjectLabel     string `json:"project_label,omitzero"`
	ProjectSnodeID   string `json:"project_snode_id,omitzero"`
	PartitionLabel   string `json:"partition_label,omitzero"` // the project space
	PartitionSnodeID string `json:"partition_snode_id,omitzero"`
	OrgLabel         string `json:"org_label,omitzero"`
	OrgSnodeID       string `json:"org_snode_id,omitzero"`

	UserID       string `json:"user_id,omitzero"`       // whom it is about; in sessions, as ByWhom
	IPAddress    string `json:"ip_address,omitzero"`    // of the user, or of the Snaplex node
	GroupName    string `json:"group_name,omitzero"`    // the group that the event is about
	Perm         *Perm  `json:"perm,omitzero"`          // what was granted or revoked
	PermsSubject string `json:"perms_subject,omitzero"` // to whom; see also Perm.Subject
	PermsEntry   string `json:"perms_entry,omitzero"`   // its meaning is not documented

	// SnapLogicAdminUpdate reports that a process of SnapLogic did it, not a user. It is nil if the
	// entry does not say.
	SnapLogicAdminUpdate *bool `json:"snaplogic_admin_update,omitzero"`

	ClassID      string `json:"class_id,omitzero"` // "com-snaplogic-auditevent"
	ClassVersion int64  `json:"class_version,omitzero"`
	// Template is a sentence about the event, with placeholders such as %(by_whom)s for members of
	// the entry; see [Activity.Sentence].
	Template string `json:"template,omitzero"`

	// Raw is the record as the service sent it, byte for byte. Do not change it: it shares memory
	// with its page.
	Raw json.RawMessage `json:"-"`
	// Problems lists the members whose fields are zero because the type did not fit. Those of Perm
	// are named "perm.inherit" and so on.
	Problems []activity.FieldProblem `json:"-"`
}

// Perm is a permission on an asset.
type Perm struct {
	Perms       []string `json:"perms,omitzero"`        // "R", "W", "X"
	SubjectType string   `json:"subject_type,omitzero"` // such as USER
	Subject     string   `json:"subject,omitzero"`      // the user or group
	// Inherit reports that the permission includes what is below the asset. It is nil if the entry
	// does not say.
	Inherit *bool `json:"inherit,omitzero"`
}

type plainActivity Activity

var activityCodec = wire.NewCodec[Activity, plainActivity](wire.LooseStrings())

// Detach returns a copy with a Raw of its own.
func (a Activity) Detach() Activity { a.Raw = bytes.Clone(a.Raw); return a }

// MarshalJSON returns Raw, with the members of changed fields replaced.
func (a Activity) MarshalJSON() ([]byte, error) { return activityCodec.Marshal(&a) }

// UnmarshalJSON fills the fields, Raw and Problems.
func (a *Activity) UnmarshalJSON(data []byte) error { return activityCodec.Unmarshal(data, a) }
