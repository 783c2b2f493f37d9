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

// ApplicationEvents returns the list of what happened in Aspera on Cloud, such as a package that
// was sent or a user who was created, from GET …/application_events. This is the vendor's answer to
// "does a user log in often enough to justify an account?".
func (r Resource) ApplicationEvents(q EventQuery) activity.List[ApplicationEvent] {
	return list(r, applicationEvents, q)
}

// EventType is what happened. The names are not documented (probe: aspera.events), so there are no
// constants. [ApplicationEvent.Event] knows the names of the Activity app in any usual spelling.
//
// The app shows log-ins and log-outs; users, workspaces and memberships that are created and
// deleted; packages that are sent, received and downloaded; files that are uploaded, downloaded,
// moved, renamed and deleted; folders that are shared, copied, renamed, deleted and left; and
// changes by administrators.
type EventType string

// ApplicationEvent is an event in Aspera on Cloud. Its members were seen in working programs and
// are not documented (probe: aspera.shapes).
type ApplicationEvent struct {
	EventID              string    `json:"event_id,omitzero"`
	EventType            EventType `json:"event_type,omitzero"`
	TriggeredByUserName  string    `json:"triggered_by_user_name,omitzero"` // or "Public link" or "Trusted source"
	TriggeredByUserEmail string    `json:"triggered_by_user_email,omitzero"`
	CreatedAt            time.Time `json:"created_at,omitzero"`

	Raw      json.RawMessage         `json:"-"` // the event as sent
	Problems []activity.FieldProblem `json:"-"` // members that did not fit their field
}

type plainApplicationEvent ApplicationEvent

var applicationEventCodec = wire.NewCodec[ApplicationEvent, plainApplicationEvent](wire.LooseStrings())

// Detach returns a copy with a Raw of its own.
func (e ApplicationEvent) Detach() ApplicationEvent { e.Raw = bytes.Clone(e.Raw); return e }

// MarshalJSON returns Raw, with the members of changed fields replaced.
func (e ApplicationEvent) MarshalJSON() ([]byte, error) { return applicationEventCodec.Marshal(&e) }

// UnmarshalJSON fills the fields, Raw and Problems.
func (e *ApplicationEvent) UnmarshalJSON(data []byte) error {
	return applicationEventCodec.Unmarshal(data, e)
}
