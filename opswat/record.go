package opswat

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

// Activity is one access of a device to an application. It has no id: two accesses can be alike in
// every field.
//
// A member that is missing or null leaves its field zero. One of another type does too, and
// Problems says so. Raw has everything, members that this package does not know included.
type Activity struct {
	// Timestamp is when the access happened, to the second. The service names no zone
	// (probe: opswat.zone): it is read in ActivityQuery.Location, UTC by default. Other forms than
	// the vendor's are read too (probe: opswat.times).
	Timestamp    time.Time `json:"timestamp,omitzero"`
	Action       Action    `json:"action,omitzero"`
	DeviceID     string    `json:"device_id,omitzero"`
	DeviceName   string    `json:"device_name,omitzero"`
	DeviceStatus string    `json:"device_status,omitzero"` // of the device, in words, such as "Non-compliant"; the vendor lists no values
	DeviceGroup  string    `json:"device_group,omitzero"`  // the name of the device's group
	AppUser      string    `json:"app_user,omitzero"`      // who used the device to reach the application
	AccessRule   string    `json:"access_rule,omitzero"`   // the name of the rule that was applied
	AppName      string    `json:"app_name,omitzero"`      // the application

	// Raw is the record as the service sent it, byte for byte. It shares memory with its page; do
	// not change it.
	Raw json.RawMessage `json:"-"`
	// Problems has the members that did not fit their fields; nil if all did.
	Problems []activity.FieldProblem `json:"-"`
}

type plainActivity Activity

var activityCodec = wire.NewCodec[Activity, plainActivity](wire.TimeLayout(timestampLayout))

// timestampLayout is the vendor's form of a time. It has no place for fractions of a second, nor
// for a zone.
const timestampLayout = "Jan 2, 2006 3:04:05 PM"

// Detach returns a copy with a Raw of its own.
func (a Activity) Detach() Activity { a.Raw = bytes.Clone(a.Raw); return a }

// MarshalJSON returns Raw compacted, with the members replaced whose fields were changed, or an
// object of the fields if there is no Raw. It writes a Timestamp in UTC and in the vendor's form,
// as in "May 18, 2018 10:40:00 AM", and leaves out fields that are zero. A Raw that is not JSON and
// a year outside 1 to 9999 are errors.
//
// A Timestamp that was not changed stays as it was sent, in the zone of ActivityQuery.Location. So
// does one in an hour that the clock of that zone shows twice, whichever of the two it stands for.
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

// UnmarshalJSON fills the fields, Raw and Problems.
func (a *Activity) UnmarshalJSON(data []byte) error { return activityCodec.Unmarshal(data, a) }

// Action is what Central Management did about an access. The set is open: the service may send
// values that this package does not know, and takes them in a query as well. The console shows more
// actions than the API's page names: Monitored (Allow), which is likely to be "monitored_allow"
// here, and a temporary access. How these are spelled in an answer is documented nowhere
// (probe: opswat.actions).
type Action string

// The actions that the vendor documents.
const (
	ActionBlocked        Action = "blocked"         // the access was refused
	ActionAllowed        Action = "allowed"         // the access was let through
	ActionMonitoredBlock Action = "monitored_block" // by its name: let through, though the rule would have refused it if it were enforced
)
