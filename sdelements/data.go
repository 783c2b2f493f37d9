package sdelements

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

// Data is what an activity is about. Which members it has depends on the activity's name, and many
// activities have none. The fields are those that the vendor documents or that were seen. Every
// other member, such as "target_group_desc", is reached with Get.
//
// Ids are numbers for applications, business units and projects; 0 is none. The others are texts
// with a prefix. The fields with Desc are names. They remain when what they name was deleted and
// the id is gone.
type Data struct {
	Application      int64  `json:"application,omitzero"`
	ApplicationDesc  string `json:"application_desc,omitzero"`
	BusinessUnit     int64  `json:"business_unit,omitzero"`
	BusinessUnitDesc string `json:"business_unit_desc,omitzero"`
	Group            string `json:"group,omitzero"` // such as "G1"
	GroupDesc        string `json:"group_desc,omitzero"`
	Project          int64  `json:"project,omitzero"`
	ProjectDesc      string `json:"project_desc,omitzero"`
	Standard         string `json:"standard,omitzero"` // a library task, such as "T21", "CT3" or "PT1"
	StandardDesc     string `json:"standard_desc,omitzero"`
	Status           string `json:"status,omitzero"` // of a task, such as "TS1"
	StatusDesc       string `json:"status_desc,omitzero"`
	Task             string `json:"task,omitzero"` // a library task within a project, such as "1-PT1"
	TaskDesc         string `json:"task_desc,omitzero"`
	User             string `json:"user,omitzero"` // such as "U7"; in old activities the number alone, as "7"
	UserDesc         string `json:"user_desc,omitzero"`

	// Raw is the object as the service sent it. Set it in a value of your own for members that have
	// no field; those that have one are written as the fields say.
	Raw json.RawMessage `json:"-"`

	problems []activity.FieldProblem // until the activity takes them over
}

type plainData Data

// dataCodec also reads a number where a text is wanted, as it stands for users in old activities.
var dataCodec = wire.CodecOf(
	func(d *Data) any { return (*plainData)(d) },
	func(d *Data) wire.Kept { return wire.Kept{Raw: &d.Raw, Problems: &d.problems} },
	wire.LooseStrings(),
)

// Get returns a member as JSON, whether or not it has a field; nil if there is none of that name.
func (d Data) Get(name string) json.RawMessage {
	var found json.RawMessage
	d.members(func(member string, value []byte) {
		if member == name { // the last of several counts, as for the fields
			found = value
		}
	})
	return found
}

// Names returns the names of all members in their order.
func (d Data) Names() []string {
	var names []string
	d.members(func(name string, _ []byte) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	})
	return names
}

func (d Data) members(visit func(name string, value []byte)) {
	raw := d.Raw
	if len(raw) == 0 {
		raw, _ = d.MarshalJSON() // texts and whole numbers always have a JSON form
	}
	r := wire.NewReader(raw)
	// A Raw of the user's own may break off: what stands before that is good.
	_ = r.Object(func(name string) error {
		value, err := r.Value()
		if err == nil {
			visit(name, value)
		}
		return err
	})
}

// MarshalJSON returns Raw with the members replaced whose fields were changed.
func (d Data) MarshalJSON() ([]byte, error) { return dataCodec.Marshal(&d) }

// UnmarshalJSON reads an object and copies data to Raw. A member that does not fit its field leaves
// it zero and is no error. null is the zero Data. Anything else is an error, which in an activity
// becomes one of its Problems.
func (d *Data) UnmarshalJSON(data []byte) error {
	r := wire.NewReader(data)
	switch kind := r.Kind(); kind {
	case wire.Null:
		*d = Data{}
		return nil
	case wire.Object, wire.Invalid:
		return dataCodec.Unmarshal(bytes.TrimSpace(data), d)
	default:
		return shape("data", kind.String(), wire.Object)
	}
}
