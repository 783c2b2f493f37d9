package asperatest

import (
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/activity-sdk/activity/aspera"
)

var null = jsontext.Value("null")

// nanos writes a time as the service does, with nine decimals; the zero time is left out.
func nanos(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000000Z")
}

// pair is a member of an object. The names are written out here, and not taken from package aspera,
// so that a misspelt one over there is noticed.
type pair struct {
	name  string
	value any
}

// form is an object with its members in order. One whose value is nil is left out.
type form []pair

// verbatim are bytes that are served as they are.
type verbatim []byte

// render writes a form, with whatever it holds. It panics for what JSON cannot express, such as a
// rate that is not a number.
func render(v any) []byte {
	switch v := v.(type) {
	case form:
		return v.render()
	case verbatim:
		return v
	}
	text, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("asperatest: a value of type %T cannot be written as JSON", v))
	}
	return text
}

func (f form) render() []byte {
	out := []byte{'{'}
	for _, m := range f {
		if m.value == nil {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(append(out, render(m.name)...), ':'), render(m.value)...)
	}
	return append(out, '}')
}

// some leaves a value out that is zero.
func some[T comparable](v T) any {
	if v == *new(T) {
		return nil
	}
	return v
}

func (s *Server) transferForm(t aspera.Transfer) form {
	return form{
		{"uuid", t.UUID},
		{"direction", t.Direction},
		{"status", t.Status},
		{"session_start_time", nanos(t.SessionStart)},
		{"session_stop_time", s.stopForm(t.SessionStop)},
		{"updated_at", nanos(t.UpdatedAt)},
		{"transferred_bytes", t.TransferredBytes},
		{"expected_bytes", t.ExpectedBytes},
		{"throughput", t.Throughput},
		{"file_count", t.FileCount},
		{"folder_count", t.FolderCount},
		{"num_source_paths", t.NumSourcePaths},
		{"files_completed", some(t.FilesCompleted)},
		{"error_code", t.ErrorCode},
		{"error_message", t.ErrorMessage},
		{"peer_error_code", t.PeerErrorCode},
		{"peer_error_message", t.PeerErrorMessage},
		{"client_ip_address", t.ClientIPAddress},
		{"server_ip_address", t.ServerIPAddress},
		{"content", t.Content},
		{"package_id", t.PackageID},
		{"file_id", numeral(t.FileID)},
		{"user_email", some(t.UserEmail)},
		{"xfer_id", some(t.XferID)},
	}
}

func fileForm(f aspera.TransferFile) form {
	return form{
		{"id", numeral(f.ID)},
		{"path", f.Path},
		{"size", f.Size},
		{"status", f.Status},
		{"error_code", f.ErrorCode},
		{"error_message", f.ErrorMessage},
	}
}

func eventForm(e aspera.ApplicationEvent) form {
	return form{
		{"event_id", e.EventID},
		{"event_type", e.EventType},
		{"triggered_by_user_name", e.TriggeredByUserName},
		{"triggered_by_user_email", e.TriggeredByUserEmail},
		{"created_at", nanos(e.CreatedAt)},
	}
}

func throughputForm(t aspera.Throughput) form {
	return form{{"timestamp", nanos(t.Time)}, {"throughput", t.Throughput}}
}

func accessForm(a aspera.FileAccess) form {
	return form{{"user_name", a.UserName}, {"user_email", a.UserEmail}, {"file_id", numeral(a.FileID)}, {"file_name", a.FileName}}
}

func personForm(u aspera.FileAccessUser) form {
	return form{{"id", numeral(u.ID)}, {"name", u.Name}, {"email", u.Email}}
}

func matchedFileForm(f aspera.FileAccessFile) form {
	return form{{"id", numeral(f.ID)}, {"name", f.Name}, {"path", f.Path}}
}

func volumeForm(v aspera.Volume) form {
	return form{{"id", numeral(v.ID)}, {"name", v.Name}, {"bytes_uploaded", v.BytesUploaded}, {"bytes_downloaded", v.BytesDownloaded}}
}
