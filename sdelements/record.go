package sdelements

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

// Activity is something that happened in SD Elements. Its ID identifies it.
type Activity struct {
	ID   int64        `json:"id,omitzero"`
	Name ActivityName `json:"name,omitzero"`
	// Actor is the id of the user who did it; 0 if the service names nobody.
	Actor int64 `json:"actor,omitzero"`
	// Text describes the activity in a sentence, in the service's language. In streams it is
	// Markdown.
	Text string `json:"text,omitzero"`
	// Date is when it happened, in the offset that the service sent, mostly to the microsecond.
	Date time.Time `json:"date,omitzero"`
	// Data is what it happened to.
	Data Data `json:"data,omitzero"`
	// Icon names the symbol that the service shows beside the text, such as user, edit or create.
	// The set is open.
	Icon string `json:"icon,omitzero"`
	// LogLevel is the color of the text, not a severity. Most activities have none, and old ones
	// never have one.
	LogLevel LogLevel `json:"log_level,omitzero"`

	// Raw is the record as the service sent it, byte for byte. Do not change it: it shares memory
	// with its page.
	Raw json.RawMessage `json:"-"`
	// Problems lists the members whose fields are zero because the type did not fit. Those of Data
	// are named "data.project" and so on.
	Problems []activity.FieldProblem `json:"-"`
}

// LogLevel is the color of an activity in SD Elements. Most activities have none. The set is open;
// the constants are the values on the vendor's pages (probe: sdelements.levels).
type LogLevel string

// Values of LogLevel.
const (
	LogLevelCreate  LogLevel = "create"
	LogLevelModify  LogLevel = "modify"
	LogLevelSuccess LogLevel = "success"
	LogLevelUser    LogLevel = "user"
)

type plainActivity Activity

var activityCodec = wire.NewCodec[Activity, plainActivity]().Then((*Activity).adoptProblems)

// adoptProblems moves the problems of Data to those of the activity.
func (a *Activity) adoptProblems() {
	for _, p := range a.Data.problems {
		a.Problems = append(a.Problems, activity.FieldProblem{Field: "data." + p.Field, Problem: p.Problem})
	}
	a.Data.problems = nil
}

// Detach returns a copy with a Raw of its own.
func (a Activity) Detach() Activity { a.Raw = bytes.Clone(a.Raw); return a }

// MarshalJSON returns Raw with the members of changed fields replaced.
func (a Activity) MarshalJSON() ([]byte, error) { return activityCodec.Marshal(&a) }

// UnmarshalJSON fills the fields, Raw and Problems.
func (a *Activity) UnmarshalJSON(data []byte) error { return activityCodec.Unmarshal(data, a) }

// Data is what an activity is about. Which fields are set depends on the activity's name; many
// activities set none. Members that have no field, such as "target_group_desc", are read with
// [Data.Get].
//
// Applications, business units and projects have numeric ids; 0 means none. Other ids are strings
// with a prefix. Fields that end in Desc are names. They remain when the object was deleted and its
// id is gone. All fields are members that the vendor's pages show.
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

	// Raw is the object as the service sent it. In a value that you make, set it to add members
	// that have no field. MarshalJSON writes all other members from the fields.
	Raw json.RawMessage `json:"-"`

	problems []activity.FieldProblem // until they are moved to the activity
}

type plainData Data

// dataCodec accepts numbers for strings, as old activities have them for users.
var dataCodec = wire.CodecOf(
	func(d *Data) any { return (*plainData)(d) },
	func(d *Data) wire.Kept { return wire.Kept{Raw: &d.Raw, Problems: &d.problems} },
	wire.LooseStrings(),
)

// Get returns a member as JSON, whether it has a field or not. It returns nil if there is no member
// of that name.
func (d Data) Get(name string) json.RawMessage {
	var found json.RawMessage
	d.members(func(member string, value []byte) {
		if member == name { // the last of several, as in the fields
			found = value
		}
	})
	return found
}

// Names returns the names of all members in the order in which they were sent.
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
		raw, _ = d.MarshalJSON() // strings and integers can always be encoded
	}
	r := wire.NewReader(raw)
	// A Raw that a user has set may be cut off. Members before the cut are good.
	_ = r.Object(func(name string) error {
		value, err := r.Value()
		if err == nil {
			visit(name, value)
		}
		return err
	})
}

// MarshalJSON returns Raw with the members of changed fields replaced.
func (d Data) MarshalJSON() ([]byte, error) { return dataCodec.Marshal(&d) }

// UnmarshalJSON fills the fields and Raw from an object, and returns an error for anything except
// an object or null. A member whose type does not fit leaves its field zero.
func (d *Data) UnmarshalJSON(data []byte) error {
	r := wire.NewReader(data)
	switch kind := r.Kind(); kind {
	case wire.Null:
		*d = Data{}
		return nil
	case wire.Object, wire.Invalid:
		return dataCodec.Unmarshal(bytes.TrimSpace(data), d)
	default:
		return shapeError("data", kind.String(), wire.Object)
	}
}
