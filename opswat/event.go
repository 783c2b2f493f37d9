package opswat

import (
	"cmp"
	"strings"
	"unicode"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

// eventMapping is the part of an event that follows from the action.
type eventMapping struct {
	kind    activity.Kind
	outcome activity.Outcome
}

// eventMappings has the actions that the API's page documents, and two that only the console shows
// ("SDP Reporting Features"): Monitored (Allow), and one whose name begins with "Temporary A". The
// vendor does not say whether a monitored access was let through, what a temporary access is, nor
// how the service spells the actions of the console (probe: opswat.actions).
var eventMappings = map[string]eventMapping{
	"allowed":         {activity.KindAccess, activity.OutcomeSuccess},
	"blocked":         {activity.KindAccess, activity.OutcomeBlocked},
	"monitored_block": {activity.KindAccess, ""},
	"monitored_allow": {activity.KindAccess, ""}, // the spelling is inferred from the console
	"temporary":       {activity.KindAccess, ""}, // "temporary", also if a word with "a" follows
}

// mapping returns the mapping of an action in the spelling of the API or the console.
func (a Action) mapping() (m eventMapping, known bool) {
	words := strings.FieldsFunc(strings.ToLower(string(a)), func(r rune) bool { return !unicode.IsLetter(r) })
	if len(words) > 1 && words[0] == "temporary" && strings.HasPrefix(words[1], "a") {
		words = words[:1]
	}
	m, known = eventMappings[strings.Join(words, "_")]
	return m, known
}

// Event returns the access in the form that all vendors share. Actor is AppUser: an e-mail address
// if it contains an @, and a name otherwise. Target is the application. The device, its status and
// the rule are in Raw, which is not copied, and in the event's OCSF.
//
// Kind is [activity.KindAccess] for known actions, in the spelling of the API or the console (such
// as "Monitored (Block)"), and [activity.KindOther] for others. Outcome is empty for monitored and
// temporary accesses, since the vendor does not say whether the user got through.
func (a Activity) Event() activity.Event {
	e := activity.Event{
		Vendor:  vendor,
		Time:    a.Timestamp,
		Action:  string(a.Action),
		Kind:    activity.KindOther,
		Target:  activity.Target{Type: activity.TargetApplication, Name: a.AppName},
		Message: a.message(),
		Raw:     a.Raw,
	}
	if m, known := a.Action.mapping(); known {
		e.Kind, e.Outcome = m.kind, m.outcome
	}
	if strings.Contains(a.AppUser, "@") {
		e.Actor.Email = a.AppUser
	} else {
		e.Actor.Name = a.AppUser
	}
	return e
}

// message returns a sentence such as "blocked: ada@example.com to Salesforce, device W8EVN20
// (Non-compliant), rule NON COMPLIANT DEVICES".
func (a Activity) message() string {
	text := cmp.Or(string(a.Action), "access") + ": " + cmp.Or(a.AppUser, "somebody")
	if a.AppName != "" {
		text += " to " + a.AppName
	}
	if device := cmp.Or(a.DeviceName, a.DeviceID); device != "" {
		text += ", device " + device
	}
	if a.DeviceStatus != "" {
		text += " (" + a.DeviceStatus + ")"
	}
	if a.AccessRule != "" {
		text += ", rule " + a.AccessRule
	}
	return wire.OneLine(text)
}
