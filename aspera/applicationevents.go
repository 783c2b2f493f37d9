package aspera

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

var applicationEvents = endpoint[ApplicationEvent]{op: "list application events", path: "application_events",
	decode: pageDecoder("application_events", applicationEventCodec)}

// ApplicationEvents lists what happened in Aspera on Cloud, such as a package that was sent or a
// user who was created: GET …/application_events. This is the vendor's answer to "does a user log
// in often enough to justify an account?".
func (r Resource) ApplicationEvents(q EventQuery) activity.List[ApplicationEvent] {
	return list(r, applicationEvents, q)
}

// EventType is what happened. There are no constants, since the names on the wire are not
// documented (probe: aspera.events). The Activity app distinguishes logging in and out, users,
// workspaces and memberships that are created and deleted, packages that are sent, received and
// downloaded, files that are uploaded, downloaded, moved, renamed and deleted, folders that are
// shared, copied, renamed, deleted and left, and what administrators change.
// [ApplicationEvent.Event] reads these names in any usual spelling.
type EventType string

// ApplicationEvent is one event. Its members were seen in working programs and are not documented
// (probe: aspera.shapes).
type ApplicationEvent struct {
	EventID              string    `json:"event_id,omitzero"`
	EventType            EventType `json:"event_type,omitzero"`
	TriggeredByUserName  string    `json:"triggered_by_user_name,omitzero"` // may be "Public link" or "Trusted source" instead of a person
	TriggeredByUserEmail string    `json:"triggered_by_user_email,omitzero"`
	CreatedAt            time.Time `json:"created_at,omitzero"`

	Raw      json.RawMessage         `json:"-"` // the event as sent, with members that have no field here
	Problems []activity.FieldProblem `json:"-"` // members that did not fit their field
}

type plainApplicationEvent ApplicationEvent

var applicationEventCodec = wire.NewCodec[ApplicationEvent, plainApplicationEvent](wire.LooseStrings())

// Detach returns a copy with a Raw of its own.
func (e ApplicationEvent) Detach() ApplicationEvent { e.Raw = bytes.Clone(e.Raw); return e }

// MarshalJSON returns Raw with the members replaced whose fields were changed.
func (e ApplicationEvent) MarshalJSON() ([]byte, error) { return applicationEventCodec.Marshal(&e) }

// UnmarshalJSON fills the fields, Raw and Problems. It fails only for what is not JSON.
func (e *ApplicationEvent) UnmarshalJSON(data []byte) error {
	return applicationEventCodec.Unmarshal(data, e)
}
