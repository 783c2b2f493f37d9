package sdelements

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

// Activity is something that happened in SD Elements, identified by its ID.
//
// A member that is missing or null leaves its field zero. One of another type does too, and
// Problems says so. Raw has everything, including members that this package does not know.
type Activity struct {
	ID   int64        `json:"id,omitzero"`
	Name ActivityName `json:"name,omitzero"`
	// Actor is the id of the user who did it; 0 if the service names none.
	Actor int64 `json:"actor,omitzero"`
	// Text is the activity in a sentence, in the service's language. In streams it is Markdown.
	Text string `json:"text,omitzero"`
	// Date is when it happened, with the offset that the service wrote; mostly in microseconds.
	Date time.Time `json:"date,omitzero"`
	// Data is what it happened to.
	Data Data `json:"data,omitzero"`
	// Icon is the name of the symbol that the service shows beside the text: user, edit, create and
	// others, an open set.
	Icon string `json:"icon,omitzero"`
	// LogLevel is how the service colours the text. It is not a severity. Old activities have none.
	LogLevel LogLevel `json:"log_level,omitzero"`

	// Raw is the record as the service sent it, byte for byte. It shares memory with its page; do
	// not change it.
	Raw json.RawMessage `json:"-"`
	// Problems has the members that did not fit their fields, those of Data as "data.project"; nil
	// if all did.
	Problems []activity.FieldProblem `json:"-"`
}

// LogLevel is how SD Elements colours an activity. The values are an open set, of which these were
// seen (probe: sdelements.levels). Most activities have none.
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

// adoptProblems moves the problems of Data to those of the activity, where all are.
func (a *Activity) adoptProblems() {
	for _, p := range a.Data.problems {
		a.Problems = append(a.Problems, activity.FieldProblem{Field: "data." + p.Field, Problem: p.Problem})
	}
	a.Data.problems = nil
}

// Detach returns a copy with a Raw of its own.
func (a Activity) Detach() Activity { a.Raw = bytes.Clone(a.Raw); return a }

// MarshalJSON returns Raw with the members replaced whose fields were changed.
func (a Activity) MarshalJSON() ([]byte, error) { return activityCodec.Marshal(&a) }

// UnmarshalJSON fills the fields, Raw and Problems.
func (a *Activity) UnmarshalJSON(data []byte) error { return activityCodec.Unmarshal(data, a) }

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
		return shapeError("data", kind.String(), wire.Object)
	}
}
