package aspera

import (
	"bytes"
	"encoding/json"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

var transferFiles = endpoint[TransferFile]{op: "list transfer files", path: "transfers/{uuid}/files",
	decode: pageDecoder("files", transferFileCodec)}

// TransferFiles returns the list of a transfer's files, from GET …/transfers/{uuid}/files. The
// endpoint was seen in working programs and is not on the vendor's list.
func (r Resource) TransferFiles(uuid string, q FileQuery) activity.List[TransferFile] {
	return list(r, transferFiles, q, uuid)
}

// TransferFile is a file of a transfer. The names of its members are not known
// (probe: aspera.shapes). The fields are guesses after those of transfers; Raw has what the service
// sent.
type TransferFile struct {
	ID           string `json:"id,omitzero"`
	Path         string `json:"path,omitzero"`
	Size         int64  `json:"size,omitzero"` // in bytes
	Status       Status `json:"status,omitzero"`
	ErrorCode    int64  `json:"error_code,omitzero"` // 0 if there is none
	ErrorMessage string `json:"error_message,omitzero"`

	Raw      json.RawMessage         `json:"-"` // the file as sent
	Problems []activity.FieldProblem `json:"-"` // members that did not fit their field
}

type plainTransferFile TransferFile

var transferFileCodec = wire.NewCodec[TransferFile, plainTransferFile](wire.LooseStrings())

// Detach returns a copy with a Raw of its own.
func (f TransferFile) Detach() TransferFile { f.Raw = bytes.Clone(f.Raw); return f }

// MarshalJSON returns Raw, with the members of changed fields replaced.
func (f TransferFile) MarshalJSON() ([]byte, error) { return transferFileCodec.Marshal(&f) }

// UnmarshalJSON fills the fields, Raw and Problems.
func (f *TransferFile) UnmarshalJSON(data []byte) error { return transferFileCodec.Unmarshal(data, f) }
