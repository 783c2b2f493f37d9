package aspera

import (
	"bytes"
	"encoding/json"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

var fileAccess = endpoint[FileAccess]{op: "list file access", path: "file_access", decode: pageDecoder("file_access", fileAccessCodec)}

// FileAccess lists which users have access to which files and folders, as the Activity app shows
// it: GET …/file_access.
//
// # Vendor status
//
// The vendor disabled the APIs of this feature on 2024-11-15. Expect an error, such as
// activity.ErrNotFound; where a service still answers, the call works as before.
func (r Resource) FileAccess(q FileAccessQuery) activity.List[FileAccess] {
	return list(r, fileAccess, q)
}

// FileAccess says that a user has access to a file or folder. How the service spells its members is
// not known (probe: aspera.shapes): the fields below are guesses, and Raw has whatever was sent.
type FileAccess struct {
	UserName  string `json:"user_name,omitzero"`
	UserEmail string `json:"user_email,omitzero"`
	FileID    string `json:"file_id,omitzero"`
	FileName  string `json:"file_name,omitzero"`

	Raw      json.RawMessage         `json:"-"` // the access as sent
	Problems []activity.FieldProblem `json:"-"` // members that did not fit their field
}

type plainFileAccess FileAccess

var fileAccessCodec = wire.NewCodec[FileAccess, plainFileAccess](wire.LooseStrings())

// Detach returns a copy with a Raw of its own.
func (a FileAccess) Detach() FileAccess { a.Raw = bytes.Clone(a.Raw); return a }

// MarshalJSON returns Raw with the members replaced whose fields were changed.
func (a FileAccess) MarshalJSON() ([]byte, error) { return fileAccessCodec.Marshal(&a) }

// UnmarshalJSON fills the fields, Raw and Problems.
func (a *FileAccess) UnmarshalJSON(data []byte) error { return fileAccessCodec.Unmarshal(data, a) }
