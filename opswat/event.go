package opswat

import (
	"cmp"
	"strings"
	"unicode"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

// eventMapping is what an action says about an access.
type eventMapping struct {
	kind    activity.Kind
	outcome activity.Outcome
}

// eventMappings are those that the API's page documents, and those that only the console shows
// ("SDP Reporting Features"): Monitored (Allow), and one whose name begins with "Temporary A". What
// is monitored is only watched: no page says whether it was let through, nor what a temporary
// access comes to, nor how the console's are spelled in an answer (probe: opswat.actions). The
// target of all is the application that AppName names.
var eventMappings = map[string]eventMapping{
	"allowed":         {activity.KindAccess, activity.OutcomeSuccess},
	"blocked":         {activity.KindAccess, activity.OutcomeBlocked},
	"monitored_block": {activity.KindAccess, ""},
	"monitored_allow": {activity.KindAccess, ""}, // on the wire as the console's name suggests
	"temporary":       {activity.KindAccess, ""}, // and whatever follows
}

// mapping returns what an action says, in the spelling of the API or of the console.
func (a Action) mapping() (m eventMapping, known bool) {
	words := strings.FieldsFunc(strings.ToLower(string(a)), func(r rune) bool { return !unicode.IsLetter(r) })
	if len(words) > 1 && words[0] == "temporary" && strings.HasPrefix(words[1], "a") {
		words = words[:1]
	}
	m, known = eventMappings[strings.Join(words, "_")]
	return m, known
}

// Event returns the access in words that all vendors share. Outcome is empty for the actions of a
// rule that is monitored and for a temporary access, since the vendor does not say whether the user
// got through. Action is taken in the spelling of the API, and in that of the console, such as
// "Monitored (Block)". Another one is activity.KindOther.
//
// Actor is AppUser: an e-mail address if it holds an @, and a name otherwise. Target is the
// application. The device, its state and the rule are in Raw, which is not copied, and in the
// event's OCSF.
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

// message says what happened in the record's own words, such as "blocked: ada@example.com to
// Salesforce, device W8EVN20 (Non-compliant), rule NON COMPLIANT DEVICES".
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
