package aspera

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

// kindOfDirection and outcomeOfStatus say what a transfer was. Its target is the package that
// PackageID names, and a file otherwise.
var (
	kindOfDirection = map[Direction]activity.Kind{
		DirectionReceive: activity.KindUpload,
		DirectionSend:    activity.KindDownload,
	}
	outcomeOfStatus = map[Status]activity.Outcome{
		StatusCompleted: activity.OutcomeSuccess,
		StatusFailed:    activity.OutcomeFailure,
	}
)

// Event returns the transfer in words that all vendors share. Action is Direction, which is taken
// for the node's view: "receive" is an upload and "send" a download. That is inferred and not
// documented, as [Direction] says (probe: aspera.direction). Another direction is
// activity.KindOther.
//
// Time is when the session began. Outcome is empty for a transfer that still runs, which is a state
// and not yet an outcome, and for a status that is not known. One session may thus make several
// events: [Transfer.Done] reports whether it is over.
//
// Actor is UserEmail and ClientIPAddress. Target is the package that PackageID names, or else the
// file that FileID names, and Content is the name of either. Message is the error of a transfer
// that failed, and a short sentence otherwise. Raw is not copied.
func (t Transfer) Event() activity.Event {
	e := activity.Event{
		Vendor:  vendor,
		Time:    t.SessionStart,
		Action:  string(t.Direction),
		Kind:    cmp.Or(kindOfDirection[t.Direction], activity.KindOther),
		Outcome: outcomeOfStatus[t.Status],
		Actor:   actor("", t.UserEmail),
		Target:  activity.Target{Type: activity.TargetFile, ID: t.FileID, Name: t.Content},
		Message: t.message(),
		Raw:     t.Raw,
	}
	e.Actor.Address = t.ClientIPAddress
	if t.PackageID != "" && t.PackageID != nonPackage {
		e.Target.Type, e.Target.ID = activity.TargetPackage, t.PackageID
	}
	return e
}

// nonPackage is the PackageID of a transfer that belongs to no package.
const nonPackage = "non_package"

// message says what became of a transfer, such as `receive of "metrics" completed, 3412825 bytes`.
func (t Transfer) message() string {
	if t.Status == StatusFailed {
		if failure := cmp.Or(wire.OneLine(t.ErrorMessage), wire.OneLine(t.PeerErrorMessage)); failure != "" {
			return failure
		}
	}
	text := cmp.Or(string(t.Direction), "transfer")
	if t.Content != "" {
		text += ` of "` + t.Content + `"`
	}
	if t.Status != "" {
		text += " " + string(t.Status)
	}
	if t.TransferredBytes > 0 {
		text += fmt.Sprintf(", %d bytes", t.TransferredBytes)
	}
	return wire.OneLine(text)
}

// eventMapping is what an application event says was done, and to what.
type eventMapping struct {
	kind    activity.Kind
	outcome activity.Outcome
	target  string // one of the Target constants of package activity
}

// eventMappings are the events that the Activity app distinguishes (IBM Docs, "Monitor application
// events"), by the names that it uses. Its one type for whatever an administrator did, admin
// events, is left out: it says nothing about what was done. The target of a membership is what
// somebody became a member of.
var eventMappings = map[string]eventMapping{
	"log in":       {activity.KindLogin, activity.OutcomeSuccess, ""},
	"user log in":  {activity.KindLogin, activity.OutcomeSuccess, ""},
	"log out":      {activity.KindLogout, activity.OutcomeSuccess, ""},
	"user log out": {activity.KindLogout, activity.OutcomeSuccess, ""},

	"user created": {activity.KindCreate, "", activity.TargetUser},
	"user deleted": {activity.KindDelete, "", activity.TargetUser},

	"workspace created":            {activity.KindCreate, "", activity.TargetWorkspace},
	"workspace deleted":            {activity.KindDelete, "", activity.TargetWorkspace},
	"workspace membership created": {activity.KindJoin, "", activity.TargetWorkspace},
	"workspace membership deleted": {activity.KindLeave, "", activity.TargetWorkspace},
	"membership created":           {activity.KindJoin, "", activity.TargetWorkspace}, // the app knows no other
	"membership deleted":           {activity.KindLeave, "", activity.TargetWorkspace},

	"package sent":       {activity.KindShare, "", activity.TargetPackage},
	"package received":   {activity.KindShare, "", activity.TargetPackage}, // the other end of sending
	"package downloaded": {activity.KindDownload, "", activity.TargetPackage},

	"file uploaded":   {activity.KindUpload, "", activity.TargetFile},
	"file downloaded": {activity.KindDownload, "", activity.TargetFile},
	"file moved":      {activity.KindMove, "", activity.TargetFile},
	"file renamed":    {activity.KindRename, "", activity.TargetFile},
	"file deleted":    {activity.KindDelete, "", activity.TargetFile},

	"folder shared":                   {activity.KindShare, "", activity.TargetFolder},
	"folder shared via a public link": {activity.KindShare, "", activity.TargetFolder},
	"folder copied":                   {activity.KindCopy, "", activity.TargetFolder},
	"folder renamed":                  {activity.KindRename, "", activity.TargetFolder},
	"folder deleted":                  {activity.KindDelete, "", activity.TargetFolder},
	"user left the shared folder":     {activity.KindLeave, "", activity.TargetFolder},
	"shared folder left":              {activity.KindLeave, "", activity.TargetFolder},
	"folder left":                     {activity.KindLeave, "", activity.TargetFolder},

	// The app does not list groups. Their events, if there are any, have names of the same form.
	"group created":            {activity.KindCreate, "", activity.TargetGroup},
	"group deleted":            {activity.KindDelete, "", activity.TargetGroup},
	"group membership created": {activity.KindJoin, "", activity.TargetGroup},
	"group membership deleted": {activity.KindLeave, "", activity.TargetGroup},
}

var mappingsByStems = func() map[string]eventMapping {
	events := make(map[string]eventMapping, len(eventMappings))
	for name, m := range eventMappings {
		events[stemsOf(name)] = m
	}
	return events
}()

// Event returns the event in words that all vendors share. How the service spells event types is
// not documented (probe: aspera.events). They are compared with the names that the Activity app
// uses, whatever their case, punctuation and order of words, in the singular or the plural, in the
// past or the present: all of "user_created", "User created", "UserCreated" and "users.create" are
// a user who was created. A type with a word more or less, such as "user_creation_failed", is
// activity.KindOther.
//
// Actor is who triggered the event. "Public link" and "Trusted source" are not persons: they stand
// in Actor.Name alone. Of the target only the type is known, since no field of an event says what
// it is called. No field says how it ended either. Outcome is therefore empty, except that logging
// in and out is taken for a success. Raw is not copied.
func (e ApplicationEvent) Event() activity.Event {
	m := mappingsByStems[stemsOf(string(e.EventType))]
	return activity.Event{
		Vendor:  vendor,
		Time:    e.CreatedAt,
		Action:  string(e.EventType),
		Kind:    cmp.Or(m.kind, activity.KindOther),
		Outcome: m.outcome,
		Actor:   actor(e.TriggeredByUserName, e.TriggeredByUserEmail),
		Target:  activity.Target{Type: m.target},
		Message: e.message(),
		Raw:     e.Raw,
	}
}

// message says what happened, such as "package_sent by Ada Lovelace".
func (e ApplicationEvent) message() string {
	text := cmp.Or(string(e.EventType), "event")
	if who := cmp.Or(e.TriggeredByUserName, e.TriggeredByUserEmail); who != "" {
		text += " by " + who
	}
	return wire.OneLine(text)
}

// actor returns who it was. What the service writes in place of a person is a name only.
func actor(name, email string) activity.Actor {
	person := !strings.EqualFold(name, "Public link") && !strings.EqualFold(name, "Trusted source")
	if person && strings.Contains(email, "@") {
		return activity.Actor{Name: name, Email: email}
	}
	return activity.Actor{Name: cmp.Or(name, email)}
}

var (
	// stopWords are words that a name may have or lack.
	stopWords = []string{"a", "the", "via", "by", "through", "with", "has", "was", "been"}
	// irregularStems are words whose stem is not what is left without their ending.
	irregularStems = map[string]string{"login": "log in", "logout": "log out", "logged": "log", "sent": "send", "left": "leave", "copied": "copy", "copies": "copy"}
)

// stemsOf returns what a name has in common with others of the same meaning: the stems of its words,
// in a fixed order.
func stemsOf(name string) string {
	if len(name) > maxName {
		return ""
	}
	var stems []string
	for w := range strings.FieldsFuncSeq(splitCamelCase(name), func(r rune) bool { return unicode.IsSpace(r) || unicode.IsPunct(r) }) {
		w = strings.ToLower(w)
		if slices.Contains(stopWords, w) {
			continue
		}
		for stem := range strings.FieldsSeq(cmp.Or(irregularStems[w], w)) {
			for _, ending := range []string{"s", "ed", "e"} {
				stem = strings.TrimSuffix(stem, ending)
			}
			stems = append(stems, stem)
		}
	}
	slices.Sort(stems)
	return strings.Join(stems, " ")
}

// splitCamelCase returns a name such as "UserCreated" with blanks between its words.
func splitCamelCase(name string) string {
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		if i > 0 && unicode.IsUpper(r) && (unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// maxName bounds the names that are looked at, in bytes. No name of the table is nearly as long.
const maxName = 256
