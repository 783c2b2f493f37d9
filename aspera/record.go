package aspera

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

// Direction is which way a transfer went. From whose side is not documented
// (probe: aspera.direction). Most likely it is the node's, since nodes report transfers: "receive"
// would be an upload by the client, and "send" a download. That is inferred; do not present it as a
// fact. The set is open; the constants are the values that were seen.
type Direction string

// Values of Direction.
const (
	DirectionSend    Direction = "send"
	DirectionReceive Direction = "receive"
)

// Status is the state of a transfer. The set is open; the constants are the values that were seen.
type Status string

// Values of Status.
const (
	StatusCompleted Status = "completed"
	StatusFailed    Status = "failed"
)

// ErrorCodeUserAbort is the ErrorCode of a transfer that a user aborted.
const ErrorCodeUserAbort = 68

// Transfer is one side of a transfer session. A member that is missing or null leaves its field
// zero.
//
// A UUID does not identify a Transfer. It may come twice, once sent and once received, and a
// transfer that changes comes again. UpdatedAt is usually later then, but may be missing or the
// same. UUID, Direction, Status, SessionStart, SessionStop and UpdatedAt together identify a state
// of a transfer. One action of a user may cause several transfers (IBM Docs, "Monitor transfers").
type Transfer struct {
	UUID      string    `json:"uuid,omitzero"` // of the session
	Direction Direction `json:"direction,omitzero"`
	Status    Status    `json:"status,omitzero"`

	SessionStart time.Time `json:"session_start_time,omitzero"` // also read from session_started_at
	SessionStop  time.Time `json:"session_stop_time,omitzero"`  // zero while the transfer is running; also read from session_stopped_at
	UpdatedAt    time.Time `json:"updated_at,omitzero"`         // a transfer may change later

	TransferredBytes int64   `json:"transferred_bytes,omitzero"`
	ExpectedBytes    int64   `json:"expected_bytes,omitzero"`
	Throughput       float64 `json:"throughput,omitzero"` // in bits per second, which is inferred (probe: aspera.throughput)

	FileCount      int64 `json:"file_count,omitzero"`
	FolderCount    int64 `json:"folder_count,omitzero"`
	NumSourcePaths int64 `json:"num_source_paths,omitzero"`
	FilesCompleted int64 `json:"files_completed,omitzero"` // seen in some responses, with or without FileCount

	ErrorCode        int64  `json:"error_code,omitzero"` // 0 if there is none; see [ErrorCodeUserAbort]
	ErrorMessage     string `json:"error_message,omitzero"`
	PeerErrorCode    int64  `json:"peer_error_code,omitzero"` // from the other side; 0 if there is none
	PeerErrorMessage string `json:"peer_error_message,omitzero"`

	ClientIPAddress string `json:"client_ip_address,omitzero"`
	ServerIPAddress string `json:"server_ip_address,omitzero"`

	Content   string `json:"content,omitzero"`    // the name of the package or file
	PackageID string `json:"package_id,omitzero"` // "non_package" if the transfer belongs to none
	FileID    string `json:"file_id,omitzero"`    // sent as a number, possibly as a string
	UserEmail string `json:"user_email,omitzero"` // seen in working programs (probe: aspera.shapes)
	XferID    string `json:"xfer_id,omitzero"`    // seen in working programs (probe: aspera.shapes)

	Raw      json.RawMessage         `json:"-"` // the transfer as sent
	Problems []activity.FieldProblem `json:"-"` // members that did not fit their field
}

// Done reports whether the session is over, successful or not. A running session has no stop time:
// read the transfer again later.
func (t Transfer) Done() bool { return !t.SessionStop.IsZero() }

type plainTransfer Transfer

var transferCodec = wire.NewCodec[Transfer, plainTransfer](
	wire.LooseStrings(),
	wire.OtherNames(map[string]string{"session_started_at": "session_start_time", "session_stopped_at": "session_stop_time"}),
).Then((*Transfer).readOtherNames)

// otherNames has the other names of a session's bounds. They count only where the usual ones are
// missing.
type otherNames struct {
	SessionStart time.Time `json:"session_started_at"`
	SessionStop  time.Time `json:"session_stopped_at"`

	Raw      json.RawMessage         `json:"-"`
	Problems []activity.FieldProblem `json:"-"`
}

var otherNamesCodec = wire.NewCodec[otherNames, otherNames]()

// readOtherNames sets missing bounds from their other names in Raw.
func (t *Transfer) readOtherNames() {
	if !t.SessionStart.IsZero() && !t.SessionStop.IsZero() {
		return
	}
	other := otherNamesCodec.Decode(t.Raw)
	if t.SessionStart.IsZero() {
		t.SessionStart = other.SessionStart
	}
	if t.SessionStop.IsZero() {
		t.SessionStop = other.SessionStop
	}
	for _, p := range other.Problems {
		if p.Field == "session_started_at" || p.Field == "session_stopped_at" { // t has the others already
			t.Problems = append(t.Problems, p)
		}
	}
}

// Detach returns a copy with a Raw of its own.
func (t Transfer) Detach() Transfer { t.Raw = bytes.Clone(t.Raw); return t }

// MarshalJSON returns Raw, with the members of changed fields replaced.
func (t Transfer) MarshalJSON() ([]byte, error) { return transferCodec.Marshal(&t) }

// UnmarshalJSON fills the fields, Raw and Problems.
func (t *Transfer) UnmarshalJSON(data []byte) error { return transferCodec.Unmarshal(data, t) }
