package aspera_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

// wholeTransfer is a transfer with all known members.
const wholeTransfer = `{
	"uuid": "f1b6ac5e-0d5c-4a3e-9a3e-2f7c1d0b9e11", "direction": "send", "status": "failed",
	"session_start_time": "2024-03-05T10:20:30.123456789Z", "session_stop_time": "2024-03-05T10:21:31.000000000Z",
	"updated_at": "2024-03-05T10:22:00.500000000Z",
	"transferred_bytes": 9007199254740993, "expected_bytes": 9223372036854775807, "throughput": 812345678.25,
	"file_count": 12, "folder_count": 3, "num_source_paths": 2, "files_completed": 11,
	"error_code": 68, "error_message": "aborted", "peer_error_code": 14, "peer_error_message": "timeout",
	"client_ip_address": "192.0.2.7", "server_ip_address": "198.51.100.9",
	"content": "Übergabe 12.mov", "package_id": "non_package", "file_id": 9007199254740993,
	"user_email": "ada@example.com", "xfer_id": "77-a", "unheard_of": {"a": [1, 2]}
}`

func wantTransfer() aspera.Transfer {
	return aspera.Transfer{
		UUID: "f1b6ac5e-0d5c-4a3e-9a3e-2f7c1d0b9e11", Direction: aspera.DirectionSend, Status: aspera.StatusFailed,
		SessionStart:     time.Date(2024, 3, 5, 10, 20, 30, 123456789, time.UTC),
		SessionStop:      time.Date(2024, 3, 5, 10, 21, 31, 0, time.UTC),
		UpdatedAt:        time.Date(2024, 3, 5, 10, 22, 0, 5e8, time.UTC),
		TransferredBytes: 1<<53 + 1, ExpectedBytes: 1<<63 - 1, Throughput: 812345678.25,
		FileCount: 12, FolderCount: 3, NumSourcePaths: 2, FilesCompleted: 11,
		ErrorCode: aspera.ErrorCodeUserAbort, ErrorMessage: "aborted", PeerErrorCode: 14, PeerErrorMessage: "timeout",
		ClientIPAddress: "192.0.2.7", ServerIPAddress: "198.51.100.9",
		Content: "Übergabe 12.mov", PackageID: "non_package", FileID: "9007199254740993",
		UserEmail: "ada@example.com", XferID: "77-a",
	}
}

// decodeTransfers returns transfers that a client read from a list.
func decodeTransfers(t *testing.T, raw ...string) []aspera.Transfer {
	t.Helper()
	s := asperatest.NewServer()
	for _, r := range raw {
		s.Add(aspera.Transfer{Raw: json.RawMessage(r)})
	}
	got, err := organization(s).Transfers(aspera.TransferQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	require.Len(t, got, len(raw))
	return got
}

func TestDecodeTransfer(t *testing.T) {
	got := decodeTransfers(t, wholeTransfer)[0]
	assert.Equal(t, wholeTransfer, string(got.Raw)) // byte for byte
	want := wantTransfer()
	want.Raw = json.RawMessage(wholeTransfer)
	assert.Equal(t, want, got)
	assert.True(t, got.Done())
}

func TestDecodeTransferTimes(t *testing.T) {
	day := time.Date(2024, 3, 5, 10, 20, 30, 0, time.UTC)
	for raw, want := range map[string]aspera.Transfer{
		`{"session_started_at":"2024-03-05T10:20:30Z"}`:                                             {SessionStart: day},
		`{"session_stopped_at":"2024-03-05T10:20:30Z"}`:                                             {SessionStop: day},
		`{"session_start_time":"2024-03-05T10:20:30Z","session_started_at":"1999-01-01T00:00:00Z"}`: {SessionStart: day},
		`{"session_start_time":null,"session_started_at":"2024-03-05T10:20:30Z"}`:                   {SessionStart: day},
		`{"session_start_time":"","session_stop_time":null}`:                                        {},
		`{"session_start_time":"2024-03-05T10:20:30"}`:                                              {SessionStart: day},
		`{"session_start_time":"2024-03-05T10:20:30+0000"}`:                                         {SessionStart: day},
		`{"session_start_time":"2024-03-05 10:20:30.000000000Z"}`:                                   {SessionStart: day},
		`{"updated_at":"2024-03-05T10:20:30.000000001Z"}`:                                           {UpdatedAt: day.Add(1)},
	} {
		got := decodeTransfers(t, raw)[0]
		want.Raw = json.RawMessage(raw)
		assert.Equal(t, want, got, raw)
	}
	assert.False(t, decodeTransfers(t, `{"session_start_time":"2024-03-05T10:20:30Z"}`)[0].Done())
}

// TestTransferProblems checks that a member that does not fit affects no other.
func TestTransferProblems(t *testing.T) {
	const neighbour = `{"uuid":"neighbour","transferred_bytes":5}`
	for raw, c := range map[string]struct {
		want     aspera.Transfer
		problems []activity.FieldProblem
	}{
		`{"uuid":17,"package_id":4,"status":true}`: {aspera.Transfer{UUID: "17", PackageID: "4", Status: "true"}, nil},
		`{"file_id":"abc","xfer_id":null}`:         {aspera.Transfer{FileID: "abc"}, nil},
		`{"uuid":"a","transferred_bytes":"many","file_count":12.0,"folder_count":1.5}`: {
			aspera.Transfer{UUID: "a", FileCount: 12},
			[]activity.FieldProblem{{Field: "transferred_bytes", Problem: "is a string, want an integer"}, {Field: "folder_count", Problem: "is not a whole number"}}},
		`{"uuid":"a","transferred_bytes":1e300}`: {
			aspera.Transfer{UUID: "a"}, []activity.FieldProblem{{Field: "transferred_bytes", Problem: "does not fit 64 bits"}}},
		`{"uuid":"a","session_stopped_at":"tomorrow"}`: {
			aspera.Transfer{UUID: "a"}, []activity.FieldProblem{{Field: "session_stopped_at", Problem: "is not a time that can be read"}}},
	} {
		got := decodeTransfers(t, neighbour, raw, neighbour)
		assert.Equal(t, "neighbour", got[0].UUID)
		assert.Equal(t, int64(5), got[2].TransferredBytes)
		c.want.Raw = json.RawMessage(raw)
		c.want.Problems = c.problems
		assert.Equal(t, c.want, got[1], raw)
	}
}

// TestDecodeOtherRecords checks the members of the other records, as the fake writes them.
func TestDecodeOtherRecords(t *testing.T) {
	at := time.Date(2024, 3, 5, 10, 20, 30, 42, time.UTC)
	s := asperatest.NewServer()
	file := aspera.TransferFile{ID: "8", Path: "/a/b.mov", Size: 1 << 54, Status: "completed", ErrorCode: 3, ErrorMessage: "m"}
	s.AddFiles("u", file)
	event := aspera.ApplicationEvent{EventID: "e-1", EventType: "user_logged_in", TriggeredByUserName: "Ada", TriggeredByUserEmail: "ada@example.com", CreatedAt: at}
	s.AddApplicationEvents(event)
	out, in := aspera.Throughput{Time: at, Throughput: 1.5e9}, aspera.Throughput{Time: at, Throughput: 2.5e9}
	s.AddEgressThroughputs(out)
	s.AddIngressThroughputs(in)
	may := aspera.FileAccess{UserName: "Ada", UserEmail: "ada@example.com", FileID: "12", FileName: "b.mov"}
	s.AddFileAccess(may)
	person, found := aspera.FileAccessUser{ID: "5", Name: "Ada", Email: "ada@example.com"}, aspera.FileAccessFile{ID: "12", Name: "adagio.mov", Path: "/x/adagio.mov"}
	s.AddMatches(aspera.FileAccessMatch{File: &found}, aspera.FileAccessMatch{User: &person})
	volume := aspera.Volume{ID: "7", Name: "Dailies", BytesUploaded: 1 << 60, BytesDownloaded: 2}
	s.AddVolumes(volume)

	r := organization(s)
	gotFile, err := first(r.TransferFiles("u", aspera.FileQuery{}).All(t.Context()))
	require.NoError(t, err)
	gotFile.Raw, file.Raw = nil, nil
	assert.Equal(t, file, gotFile)

	gotEvent, err := first(r.ApplicationEvents(aspera.EventQuery{}).All(t.Context()))
	require.NoError(t, err)
	assert.Equal(t, `{"event_id":"e-1","event_type":"user_logged_in","triggered_by_user_name":"Ada",`+
		`"triggered_by_user_email":"ada@example.com","created_at":"2024-03-05T10:20:30.000000042Z"}`, string(gotEvent.Raw))
	gotEvent.Raw = nil
	assert.Equal(t, event, gotEvent)

	gotRate, err := first(r.EgressThroughputs(aspera.ThroughputQuery{}).All(t.Context()))
	require.NoError(t, err)
	gotRate.Raw = nil
	assert.Equal(t, out, gotRate)
	gotRate, err = first(r.IngressThroughputs(aspera.ThroughputQuery{}).All(t.Context()))
	require.NoError(t, err)
	gotRate.Raw = nil
	assert.Equal(t, in, gotRate)

	gotAccess, err := first(r.FileAccess(aspera.FileAccessQuery{}).All(t.Context()))
	require.NoError(t, err)
	gotAccess.Raw = nil
	assert.Equal(t, may, gotAccess)

	matches, err := r.SearchFileAccess(aspera.FileAccessSearch{Term: "ADA"}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Equal(t, []aspera.FileAccessMatch{ // users first
		{User: &person, Raw: json.RawMessage(`{"id":5,"name":"Ada","email":"ada@example.com"}`)},
		{File: &found, Raw: json.RawMessage(`{"id":12,"name":"adagio.mov","path":"/x/adagio.mov"}`)},
	}, matches)

	report, err := r.VolumeUsage(t.Context(), aspera.VolumeQuery{})
	require.NoError(t, err)
	require.Len(t, report.Volumes, 1)
	report.Volumes[0].Raw = nil
	assert.Equal(t, volume, report.Volumes[0])
}

// TestDecodeFakeTransfer checks the members of a transfer, as the fake writes them.
func TestDecodeFakeTransfer(t *testing.T) {
	s := asperatest.NewServer()
	s.Add(wantTransfer())
	got, err := first(organization(s).Transfers(aspera.TransferQuery{}).All(t.Context()))
	require.NoError(t, err)
	assert.Contains(t, string(got.Raw), `"file_id":9007199254740993,`)
	got.Raw = nil
	assert.Equal(t, wantTransfer(), got)
}

// TestRecordsAsJSON checks that a record marshals as it was sent, and one without Raw in the
// service's form.
func TestRecordsAsJSON(t *testing.T) {
	at := time.Date(2024, 3, 5, 10, 20, 30, 42, time.UTC)
	roundTrip(t, wantTransfer(), compact(t, `{"uuid":"f1b6ac5e-0d5c-4a3e-9a3e-2f7c1d0b9e11","direction":"send","status":"failed",
		"session_start_time":"2024-03-05T10:20:30.123456789Z","session_stop_time":"2024-03-05T10:21:31Z","updated_at":"2024-03-05T10:22:00.5Z",
		"transferred_bytes":9007199254740993,"expected_bytes":9223372036854775807,"throughput":812345678.25,
		"file_count":12,"folder_count":3,"num_source_paths":2,"files_completed":11,
		"error_code":68,"error_message":"aborted","peer_error_code":14,"peer_error_message":"timeout",
		"client_ip_address":"192.0.2.7","server_ip_address":"198.51.100.9","content":"Übergabe 12.mov","package_id":"non_package",
		"file_id":"9007199254740993","user_email":"ada@example.com","xfer_id":"77-a"}`))
	roundTrip(t, aspera.TransferFile{ID: "8", Path: "/a", Size: 3}, `{"id":"8","path":"/a","size":3}`)
	roundTrip(t, aspera.ApplicationEvent{EventID: "1", CreatedAt: at}, `{"event_id":"1","created_at":"2024-03-05T10:20:30.000000042Z"}`)
	roundTrip(t, aspera.Throughput{Time: at, Throughput: 2.5}, `{"timestamp":"2024-03-05T10:20:30.000000042Z","throughput":2.5}`)
	roundTrip(t, aspera.FileAccess{UserName: "A", FileID: "1"}, `{"user_name":"A","file_id":"1"}`)
	roundTrip(t, aspera.FileAccessMatch{User: &aspera.FileAccessUser{ID: "1", Email: "a@example.com"}}, `{"id":"1","email":"a@example.com"}`)
	roundTrip(t, aspera.FileAccessMatch{File: &aspera.FileAccessFile{ID: "1", Path: "/p"}}, `{"id":"1","path":"/p"}`)
	roundTrip(t, aspera.Volume{ID: "7", BytesDownloaded: 2}, `{"id":"7","bytes_downloaded":2}`)
	roundTrip(t, aspera.Self{ID: "7", OrganizationID: "8"}, `{"id":"7","organization_id":"8"}`)

	text, err := json.Marshal(aspera.VolumeReport{Volumes: []aspera.Volume{{ID: "7"}}})
	require.NoError(t, err)
	assert.Equal(t, `{"volume_usage":[{"id":"7"}]}`, string(text))
	var report aspera.VolumeReport
	require.NoError(t, json.Unmarshal([]byte(`{"a":1, "volume_usage":[{"id":"7"}]}`), &report))
	assert.Equal(t, aspera.VolumeReport{Volumes: []aspera.Volume{{ID: "7", Raw: json.RawMessage(`{"id":"7"}`)}},
		Raw: json.RawMessage(`{"a":1, "volume_usage":[{"id":"7"}]}`)}, report)
	text, err = json.Marshal(report)
	require.NoError(t, err)
	assert.Equal(t, `{"a":1,"volume_usage":[{"id":"7"}]}`, string(text))
	assert.Error(t, report.UnmarshalJSON([]byte(`17`)))
	data := []byte(`{"volume_usage":[{"id":"8"}]}`)
	require.NoError(t, report.UnmarshalJSON(data))
	clear(data) // which belong to the decoder
	assert.JSONEq(t, `{"volume_usage":[{"id":"8"}]}`, string(report.Raw))
	assert.JSONEq(t, `{"id":"8"}`, string(report.Volumes[0].Raw))

	var transfer aspera.Transfer
	require.NoError(t, json.Unmarshal([]byte(`{"session_started_at":"2024-03-05T10:20:30Z"}`), &transfer))
	assert.Equal(t, time.Date(2024, 3, 5, 10, 20, 30, 0, time.UTC), transfer.SessionStart)
	assert.Error(t, transfer.UnmarshalJSON([]byte(`{`)))
	assert.Error(t, new(aspera.FileAccessMatch).UnmarshalJSON([]byte(`{`)))
}

func roundTrip[T any](t *testing.T, record T, want string) {
	t.Helper()
	text, err := json.Marshal(record)
	require.NoError(t, err)
	assert.Equal(t, want, string(text))

	var back T
	spaced := `{ "unknown":1,` + want[1:]
	require.NoError(t, json.Unmarshal([]byte(spaced), &back))
	text, err = json.Marshal(back)
	require.NoError(t, err)
	assert.Equal(t, compact(t, spaced), string(text)) // the bytes that were read, unknown members too
}

// marshalChanged reads a record, changes it, and marshals it.
func marshalChanged[T any](t *testing.T, raw string, change func(record *T)) string {
	t.Helper()
	var record T
	require.NoError(t, json.Unmarshal([]byte(raw), &record))
	change(&record)
	text, err := json.Marshal(record)
	require.NoError(t, err)
	assert.NotContains(t, string(text), "secret")
	return string(text)
}

func TestChangedRecords(t *testing.T) {
	assert.Equal(t, `{"x":1.0,"id":7,"path":"/b"}`,
		marshalChanged(t, `{"x": 1.0, "id":7, "path":"/secret"}`, func(f *aspera.TransferFile) { f.Path = "/b" }))
	assert.Equal(t, `{"event_id":7}`,
		marshalChanged(t, `{"event_id":7,"triggered_by_user_email":"secret"}`, func(e *aspera.ApplicationEvent) { e.TriggeredByUserEmail = "" }))
	assert.Equal(t, `{"timestamp":"2024-03-05 10:20","throughput":3}`,
		marshalChanged(t, `{"timestamp":"2024-03-05 10:20","throughput":2.50}`, func(r *aspera.Throughput) { r.Throughput = 3 }))
	assert.Equal(t, `{"file_id":7}`, marshalChanged(t, `{"user_name":"secret","file_id":7}`, func(a *aspera.FileAccess) { a.UserName = "" }))
	assert.Equal(t, `{"id":7,"email":"b"}`, marshalChanged(t, `{"id":7,"organization_id":8,"email":"b"}`, func(s *aspera.Self) { s.OrganizationID = "" }))
	assert.Equal(t, `{"id":7,"name":"b"}`, marshalChanged(t, `{"id":7,"name":"secret"}`, func(v *aspera.Volume) { v.Name = "b" }))
}

// TestChangedSessions checks transfers with both names of the bounds of a session.
func TestChangedSessions(t *testing.T) {
	noon := time.Date(2024, 3, 5, 12, 0, 0, 0, time.UTC)
	const sent = `{"session_started_at":"2024-03-05 10:00","uuid":"a","session_stop_time":"2024-03-05T11:00Z","session_stopped_at":"2001"}`
	assert.Equal(t, `{"session_started_at":"2024-03-05 10:00","uuid":"b","session_stop_time":"2024-03-05T11:00Z","session_stopped_at":"2001"}`,
		marshalChanged(t, sent, func(r *aspera.Transfer) { r.UUID = "b" }))
	assert.Equal(t, `{"session_started_at":"2024-03-05T12:00:00Z","uuid":"a","session_stop_time":"2024-03-05T12:00:00Z"}`,
		marshalChanged(t, sent, func(r *aspera.Transfer) { r.SessionStart, r.SessionStop = noon, noon }))
	assert.Equal(t, `{"uuid":"a"}`, marshalChanged(t, sent, func(r *aspera.Transfer) { r.SessionStart, r.SessionStop = time.Time{}, time.Time{} }))
}

func TestDetach(t *testing.T) {
	assertDetaches(t, func(raw json.RawMessage) aspera.TransferFile { return aspera.TransferFile{Raw: raw} }, func(v aspera.TransferFile) json.RawMessage { return v.Raw })
	assertDetaches(t, func(raw json.RawMessage) aspera.Throughput { return aspera.Throughput{Raw: raw} }, func(v aspera.Throughput) json.RawMessage { return v.Raw })
	assertDetaches(t, func(raw json.RawMessage) aspera.FileAccess { return aspera.FileAccess{Raw: raw} }, func(v aspera.FileAccess) json.RawMessage { return v.Raw })
	assertDetaches(t, func(raw json.RawMessage) aspera.FileAccessMatch { return aspera.FileAccessMatch{Raw: raw} }, func(v aspera.FileAccessMatch) json.RawMessage { return v.Raw })
	assertDetaches(t, func(raw json.RawMessage) aspera.Volume { return aspera.Volume{Raw: raw} }, func(v aspera.Volume) json.RawMessage { return v.Raw })
}

// assertDetaches checks that a detached record is equal, and shares no memory with its page.
func assertDetaches[T interface{ Detach() T }](t *testing.T, record func(json.RawMessage) T, raw func(T) json.RawMessage) {
	page := []byte(`[{"id":"a"},{"id":"b"}]`)
	attached := record(page[1:11])
	detached := attached.Detach()
	assert.Equal(t, attached, detached)
	clear(page)
	assert.Equal(t, `{"id":"a"}`, string(raw(detached)), "%T", detached)
	assert.NotEqual(t, attached, detached, "%T: the record itself is left as it is", detached)
	assert.Nil(t, raw(record(nil).Detach()), "%T", detached)
}
