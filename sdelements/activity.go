package sdelements

import (
	"bytes"
	"encoding/json"
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
