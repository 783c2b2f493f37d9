package opswat

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

// Activity is an access of a device to an application. It has no id: two accesses can be equal in
// every field.
type Activity struct {
	// Timestamp is when the access happened, to the second. The service names no zone
	// (probe: opswat.zone); it is read in ActivityQuery.Location, by default UTC. Other formats
	// than the vendor's are read too (probe: opswat.times).
	Timestamp    time.Time `json:"timestamp,omitzero"`
	Action       Action    `json:"action,omitzero"`
	DeviceID     string    `json:"device_id,omitzero"`
	DeviceName   string    `json:"device_name,omitzero"`
	DeviceStatus string    `json:"device_status,omitzero"` // such as "Non-compliant"; the vendor lists no values
	DeviceGroup  string    `json:"device_group,omitzero"`  // the name of the group
	AppUser      string    `json:"app_user,omitzero"`      // who used the device to reach the application
	AccessRule   string    `json:"access_rule,omitzero"`   // the name of the rule that was applied
	AppName      string    `json:"app_name,omitzero"`      // the application

	// Raw is the record as the service sent it, byte for byte. Do not change it: it shares memory
	// with its page.
	Raw json.RawMessage `json:"-"`
	// Problems lists the members whose fields are zero because the type did not fit.
	Problems []activity.FieldProblem `json:"-"`
}

type plainActivity Activity

var activityCodec = wire.NewCodec[Activity, plainActivity](wire.TimeLayout(timestampLayout))

// timestampLayout is the vendor's format of a time, without fractions of a second and zone.
const timestampLayout = "Jan 2, 2006 3:04:05 PM"

// Detach returns a copy with a Raw of its own.
func (a Activity) Detach() Activity { a.Raw = bytes.Clone(a.Raw); return a }

// MarshalJSON returns Raw with the members of changed fields replaced. A changed Timestamp is
// written in UTC and in the vendor's format, such as "May 18, 2018 10:40:00 AM". A Timestamp that a
// feed corrected because an hour occurred twice does not count as changed.
//
// The vendor's format has no zone. So a Timestamp that was read in ActivityQuery.Location is
// written as it was sent, in that zone, and UnmarshalJSON takes it for UTC. Set the Timestamp to
// its UTC() before you store an activity as JSON that is to be read back.
func (a Activity) MarshalJSON() ([]byte, error) {
	codec := activityCodec
	if zone := a.Timestamp.Location(); zone != time.UTC {
		codec = activityCodec.In(zone)
	}
	sent := codec.Decode(a.Raw)
	if first, second := occurrences(a.Timestamp); sent.Timestamp.Equal(first) || sent.Timestamp.Equal(second) {
		sent.Timestamp = a.Timestamp
	}
	return codec.MarshalSince(&a, &sent)
}

// UnmarshalJSON fills the fields, Raw and Problems. It reads Timestamp in UTC.
func (a *Activity) UnmarshalJSON(data []byte) error { return activityCodec.Unmarshal(data, a) }

// Action is what Central Management did about an access. The set is open, and unknown actions can
// be queried too.
//
// The console shows more actions than the API's page: Monitored (Allow), which is likely to be
// "monitored_allow" here, and a temporary access. How the service spells them is not documented
// (probe: opswat.actions).
type Action string

// The actions that the vendor documents.
const (
	ActionBlocked Action = "blocked" // the access was refused
	ActionAllowed Action = "allowed" // the access was let through
	// Judging by the name, the access was let through, although the rule would have refused it if
	// it were enforced.
	ActionMonitoredBlock Action = "monitored_block"
)
