package activity

import (
	"context"
	stdjson "encoding/json"
	"iter"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/activity-sdk/activity/internal/repair"
)

// Event is what happened, in words that all vendors share. The Event method of a record returns it,
// and [Events] makes a feed of them. A field that the vendor has no value for is empty: nothing is
// invented.
//
// Personal data is in Actor, Target, Message and Raw, and nowhere else. These lines remove it, and
// the key still leads to the record:
//
//	e.Actor = activity.Actor{}
//	e.Target.ID, e.Target.Name, e.Target.Path = "", "", ""
//	e.Message, e.Raw = "", nil
type Event struct {
	Vendor  string             `json:"vendor,omitzero"`
	Feed    string             `json:"feed,omitzero"`   // the feed's name, such as "activities"; set by Events
	Tenant  string             `json:"tenant,omitzero"` // as in [Error]; set by Events
	Key     string             `json:"key,omitzero"`    // as in [Record]; set by Events
	Time    time.Time          `json:"time,omitzero"`   // zero: the record has no time that can be read
	Action  string             `json:"action,omitzero"` // the vendor's word, such as "asset_create" or "blocked"
	Kind    Kind               `json:"kind,omitzero"`
	Outcome Outcome            `json:"outcome,omitzero"`
	Actor   Actor              `json:"actor,omitzero"`
	Target  Target             `json:"target,omitzero"`
	Message string             `json:"message,omitzero"` // a sentence for people, one line
	Raw     stdjson.RawMessage `json:"raw,omitzero"`     // the record as the vendor sent it, which may be no valid JSON
}

// MarshalJSON returns the event as valid JSON in UTF-8, even if Raw is not: control characters in
// the strings of Raw are escaped, and bytes that are not UTF-8 are read as Windows-1252, as the
// record itself marshals. A Raw that is no JSON for another reason becomes a JSON string, in which
// each byte that is not UTF-8 is the replacement character U+FFFD.
//
// A struct that embeds an Event has this method too, so that its other fields are not marshalled.
// Make the Event a field with a name there.
func (e Event) MarshalJSON() ([]byte, error) {
	type fields Event // without this method
	options := json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true), jsontext.PreserveRawStrings(true))
	sent := e.Raw
	if e.Raw, _, _ = repair.Strings(sent, nil); len(e.Raw) == 0 { // without limits, it cannot fail
		e.Raw = nil
	}
	text, err := json.Marshal(fields(e), options)
	if err == nil || len(sent) == 0 {
		return text, err
	}
	e.Raw, _ = json.Marshal(string(sent), options) // neither can a string
	return json.Marshal(fields(e), options)
}

// Kind is what was done, in a word that all vendors share. Later versions may have more.
type Kind string

// The kinds of events. An action that this version does not know, or that no other kind fits, is
// KindOther; Event.Action has the vendor's word.
const (
	KindLogin          Kind = "login" // or an attempt that failed
	KindLogout         Kind = "logout"
	KindAccess         Kind = "access" // something was used, opened or looked at
	KindCreate         Kind = "create"
	KindUpdate         Kind = "update"
	KindMove           Kind = "move"
	KindCopy           Kind = "copy"
	KindRename         Kind = "rename"
	KindDelete         Kind = "delete"
	KindUpload         Kind = "upload"
	KindDownload       Kind = "download"
	KindShare          Kind = "share"
	KindUnshare        Kind = "unshare"
	KindImport         Kind = "import"
	KindExport         Kind = "export"
	KindGrant          Kind = "grant"  // a permission or role was given
	KindRevoke         Kind = "revoke" // a permission or role was taken away
	KindJoin           Kind = "join"   // somebody became a member of the target
	KindLeave          Kind = "leave"  // somebody is no longer a member of the target
	KindPasswordChange Kind = "password_change"
	KindPasswordReset  Kind = "password_reset"
	KindLock           Kind = "lock"
	KindUnlock         Kind = "unlock"
	KindEnable         Kind = "enable"
	KindDisable        Kind = "disable"
	KindStart          Kind = "start"
	KindStop           Kind = "stop"
	KindRestart        Kind = "restart"
	KindError          Kind = "error" // a system failed, or reached a limit
	KindOther          Kind = "other"
)

// Outcome is how it ended; empty if the vendor does not say.
type Outcome string

// The outcomes of events.
const (
	OutcomeSuccess Outcome = "success"
	OutcomeFailure Outcome = "failure"
	OutcomeBlocked Outcome = "blocked" // a rule did not allow it
)

// Actor is who did it.
type Actor struct {
	ID      string `json:"id,omitzero"`
	Name    string `json:"name,omitzero"`
	Email   string `json:"email,omitzero"`
	Address string `json:"address,omitzero"` // the IP address that it was done from, as the vendor wrote it
}

// Target is what it was done to.
type Target struct {
	// Type is one of the Target constants, or the vendor's word for any other type, such as
	// "Pipeline".
	Type string `json:"type,omitzero"`
	ID   string `json:"id,omitzero"`
	Name string `json:"name,omitzero"`
	Path string `json:"path,omitzero"`
}

// The values of Target.Type that all vendors share. Any other type is the vendor's word.
const (
	TargetUser         = "user"
	TargetGroup        = "group"
	TargetRole         = "role"
	TargetToken        = "token" // a credential for the service's API
	TargetFile         = "file"
	TargetFolder       = "folder"
	TargetPackage      = "package" // of files, sent to somebody
	TargetProject      = "project"
	TargetWorkspace    = "workspace"
	TargetOrganization = "organization"
	TargetPolicy       = "policy"
	TargetSettings     = "settings"
	TargetApplication  = "application"
	TargetNode         = "node"    // a machine on which the service's software runs
	TargetCluster      = "cluster" // nodes that work together, such as a Snaplex
)

// Eventer is a record that says who did what: the activities of SnapLogic, OPSWAT and SD Elements,
// and the transfers and application events of Aspera.
type Eventer interface {
	Event() Event
}

// Events returns a feed of the events of f's records, so that feeds of all vendors fit into one
// slice. Its checkpoints are those of f: a program can change from one feed to the other.
func Events[T Eventer](f Feed[T]) Feed[Event] {
	if isNil(f.source) {
		return Feed[Event]{}
	}
	info := f.source.Feed()
	batch := func(b Batch[T]) Batch[Event] {
		events := Batch[Event]{Checkpoint: b.Checkpoint, Lag: b.Lag}
		for _, r := range b.Records {
			e := r.Item.Event()
			e.Vendor, e.Feed, e.Tenant, e.Key = info.Vendor, info.Name, info.Tenant, r.Key
			events.Records = append(events.Records, Record[Event]{Key: r.Key, Item: e, Time: r.Time})
		}
		return events
	}
	return Feed[Event]{derived: &derived[Event]{
		name: f.Name(),
		catchUp: func(ctx context.Context, from Checkpoint, o FollowOptions) iter.Seq2[Batch[Event], error] {
			return convert(f.CatchUp(ctx, from, o), batch)
		},
		follow: func(ctx context.Context, from Checkpoint, o FollowOptions) iter.Seq2[Batch[Event], error] {
			return convert(f.Follow(ctx, from, o), batch)
		},
	}}
}

// derived is a feed whose records are made from those of another one.
type derived[T any] struct {
	name            string
	catchUp, follow func(ctx context.Context, from Checkpoint, o FollowOptions) iter.Seq2[Batch[T], error]
}

// convert returns the batches of an iterator, each converted.
func convert[T, U any](batches iter.Seq2[T, error], to func(T) U) iter.Seq2[U, error] {
	return func(yield func(U, error) bool) {
		for b, err := range batches {
			if !yield(to(b), err) {
				return
			}
		}
	}
}
