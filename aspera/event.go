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

// kindOfDirection and outcomeOfStatus map a transfer to an event.
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

// outcome returns the outcome of a final status, in capitals or not; "" for any other status.
func (s Status) outcome() activity.Outcome {
	return outcomeOfStatus[Status(strings.ToLower(string(s)))]
}

// Event returns the transfer in the form that all vendors share. Raw is not copied.
//
//   - Action is Direction. Kind assumes the node's view: "receive" is an upload, "send" a download.
//     That is inferred and not documented, as [Direction] says (probe: aspera.direction). Any other
//     direction is [activity.KindOther].
//   - Time is the start of the session.
//   - Outcome is empty for an unknown status, and while the transfer is running. A transfer that is
//     read again later is another event; [Transfer.Done] reports whether it is over.
//   - Actor has UserEmail and ClientIPAddress.
//   - Target is the package of PackageID, or else the file of FileID. Its name is Content.
//   - Message is the error of a failed transfer, or else a short sentence.
func (t Transfer) Event() activity.Event {
	e := activity.Event{
		Vendor:  vendor,
		Time:    t.SessionStart,
		Action:  string(t.Direction),
		Kind:    cmp.Or(kindOfDirection[t.Direction], activity.KindOther),
		Outcome: t.Status.outcome(),
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

// message returns a text such as `receive of "metrics" completed, 3412825 bytes`.
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

// eventMapping is the part of an event that follows from its type.
type eventMapping struct {
	kind    activity.Kind
	outcome activity.Outcome
	target  string // one of the Target constants of package activity
}

// eventMappings has the names of the Activity app (IBM Docs, "Monitor application events"). It
// leaves out "admin events", which stands for whatever an administrator did. The target of a
// membership is what somebody became a member of.
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
	"membership created":           {activity.KindJoin, "", activity.TargetWorkspace}, // the app has no other memberships
	"membership deleted":           {activity.KindLeave, "", activity.TargetWorkspace},

	"package sent":       {activity.KindShare, "", activity.TargetPackage},
	"package received":   {activity.KindShare, "", activity.TargetPackage}, // the receiving end of a share
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

	// The app does not list groups. If they have events, their names have the same form.
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

// Event returns the event in the form that all vendors share. Raw is not copied.
//
// How the service spells event types is not documented (probe: aspera.events). They are compared
// with the names of the Activity app, ignoring case, punctuation, word order, plurals and tense:
// "user_created", "User created", "UserCreated" and "users.create" all mean that a user was
// created. A type with another word, such as "user_creation_failed", is [activity.KindOther].
//
//   - Actor is who triggered the event. "Public link" and "Trusted source" are not persons, and
//     become Actor.Name alone.
//   - Target has a type only, since no field of an event names the target.
//   - Outcome is a success for log-ins and log-outs, which is inferred, and empty otherwise: no
//     field tells it.
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

// message returns a text such as "package_sent by Ada Lovelace".
func (e ApplicationEvent) message() string {
	text := cmp.Or(string(e.EventType), "event")
	if who := cmp.Or(e.TriggeredByUserName, e.TriggeredByUserEmail); who != "" {
		text += " by " + who
	}
	return wire.OneLine(text)
}

// actor returns a person, or the name that the service writes instead of one.
func actor(name, email string) activity.Actor {
	person := !strings.EqualFold(name, "Public link") && !strings.EqualFold(name, "Trusted source")
	if person && strings.Contains(email, "@") {
		return activity.Actor{Name: name, Email: email}
	}
	return activity.Actor{Name: cmp.Or(name, email)}
}

var (
	// stopWords are words that do not change the meaning of a name.
	stopWords = []string{"a", "the", "via", "by", "through", "with", "has", "was", "been"}
	// irregularStems are the stems of words whose endings do not tell them.
	irregularStems = map[string]string{"login": "log in", "logout": "log out", "logged": "log", "sent": "send", "left": "leave", "copied": "copy", "copies": "copy"}
)

// stemsOf returns the stems of the words in a name, sorted. Names with the same meaning have the
// same stems.
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

// splitCamelCase puts spaces between the words of a name such as "UserCreated".
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

// maxName is the number of bytes beyond which a name is not examined. The names in the table are
// far shorter.
const maxName = 256
