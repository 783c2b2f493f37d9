package aspera

import (
	"bytes"
	"encoding/json"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

var fileAccess = endpoint[FileAccess]{op: "list file access", path: "file_access", decode: pageDecoder("file_access", fileAccessCodec)}

// FileAccess returns the list of which users have access to which files and folders, as the
// Activity app shows it, from GET …/file_access.
//
// # Vendor status
//
// The vendor announced that it would disable the APIs of this feature on 2024-11-15. Expect an
// error, such as [activity.ErrNotFound]. Where a service still answers, the call works.
func (r Resource) FileAccess(q FileAccessQuery) activity.List[FileAccess] {
	return list(r, fileAccess, q)
}

// FileAccess is the access of a user to a file or folder. The names of its members are not known
// (probe: aspera.shapes). The fields are guesses; Raw has what the service sent.
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

// MarshalJSON returns Raw, with the members of changed fields replaced.
func (a FileAccess) MarshalJSON() ([]byte, error) { return fileAccessCodec.Marshal(&a) }

// UnmarshalJSON fills the fields, Raw and Problems.
func (a *FileAccess) UnmarshalJSON(data []byte) error { return fileAccessCodec.Unmarshal(data, a) }
