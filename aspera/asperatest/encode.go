package asperatest

import (
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/activity-sdk/activity/aspera"
)

var null = jsontext.Value("null")

// timestamp returns a time as the service sends it, with nine decimals, or nil for the zero time.
func timestamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000000Z")
}

// member is a member of an object. The names do not come from package aspera, so that a test
// notices a misspelt name there.
type member struct {
	name  string
	value any
}

// object is a JSON object with its members in order. A member whose value is nil is omitted.
type object []member

// rawJSON is sent unchanged.
type rawJSON []byte

// encode returns v as JSON. It panics if JSON cannot express v, such as a rate that is not a
// number.
func encode(v any) []byte {
	switch v := v.(type) {
	case object:
		return v.encode()
	case rawJSON:
		return v
	}
	text, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("asperatest: a value of type %T cannot be written as JSON", v))
	}
	return text
}

func (o object) encode() []byte {
	out := []byte{'{'}
	for _, m := range o {
		if m.value == nil {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(append(out, encode(m.name)...), ':'), encode(m.value)...)
	}
	return append(out, '}')
}

// omitZero returns nil, and so omits the member, if the value is zero.
func omitZero[T comparable](v T) any {
	if v == *new(T) {
		return nil
	}
	return v
}

func (s *Server) transferObject(t aspera.Transfer) object {
	return object{
		{"uuid", t.UUID},
		{"direction", t.Direction},
		{"status", t.Status},
		{"session_start_time", timestamp(t.SessionStart)},
		{"session_stop_time", s.stopTime(t.SessionStop)},
		{"updated_at", timestamp(t.UpdatedAt)},
		{"transferred_bytes", t.TransferredBytes},
		{"expected_bytes", t.ExpectedBytes},
		{"throughput", t.Throughput},
		{"file_count", t.FileCount},
		{"folder_count", t.FolderCount},
		{"num_source_paths", t.NumSourcePaths},
		{"files_completed", omitZero(t.FilesCompleted)},
		{"error_code", t.ErrorCode},
		{"error_message", t.ErrorMessage},
		{"peer_error_code", t.PeerErrorCode},
		{"peer_error_message", t.PeerErrorMessage},
		{"client_ip_address", t.ClientIPAddress},
		{"server_ip_address", t.ServerIPAddress},
		{"content", t.Content},
		{"package_id", t.PackageID},
		{"file_id", idValue(t.FileID)},
		{"user_email", omitZero(t.UserEmail)},
		{"xfer_id", omitZero(t.XferID)},
	}
}

func fileObject(f aspera.TransferFile) object {
	return object{
		{"id", idValue(f.ID)},
		{"path", f.Path},
		{"size", f.Size},
		{"status", f.Status},
		{"error_code", f.ErrorCode},
		{"error_message", f.ErrorMessage},
	}
}

func eventObject(e aspera.ApplicationEvent) object {
	return object{
		{"event_id", e.EventID},
		{"event_type", e.EventType},
		{"triggered_by_user_name", e.TriggeredByUserName},
		{"triggered_by_user_email", e.TriggeredByUserEmail},
		{"created_at", timestamp(e.CreatedAt)},
	}
}

func throughputObject(t aspera.Throughput) object {
	return object{{"timestamp", timestamp(t.Time)}, {"throughput", t.Throughput}}
}

func accessObject(a aspera.FileAccess) object {
	return object{{"user_name", a.UserName}, {"user_email", a.UserEmail}, {"file_id", idValue(a.FileID)}, {"file_name", a.FileName}}
}

func userObject(u aspera.FileAccessUser) object {
	return object{{"id", idValue(u.ID)}, {"name", u.Name}, {"email", u.Email}}
}

func matchedFileObject(f aspera.FileAccessFile) object {
	return object{{"id", idValue(f.ID)}, {"name", f.Name}, {"path", f.Path}}
}

func volumeObject(v aspera.Volume) object {
	return object{{"id", idValue(v.ID)}, {"name", v.Name}, {"bytes_uploaded", v.BytesUploaded}, {"bytes_downloaded", v.BytesDownloaded}}
}
