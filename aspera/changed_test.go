package aspera_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/aspera"
)

// changed reads a record, changes it and writes it.
func changed[T any](t *testing.T, raw string, change func(record *T)) string {
	t.Helper()
	var record T
	require.NoError(t, json.Unmarshal([]byte(raw), &record))
	change(&record)
	text, err := json.Marshal(record)
	require.NoError(t, err)
	assert.NotContains(t, string(text), "secret")
	return string(text)
}

func TestChangedRecordsAsJSON(t *testing.T) {
	assert.Equal(t, `{"x":1.0,"id":7,"path":"/b"}`,
		changed(t, `{"x": 1.0, "id":7, "path":"/secret"}`, func(f *aspera.TransferFile) { f.Path = "/b" }))
	assert.Equal(t, `{"event_id":7}`,
		changed(t, `{"event_id":7,"triggered_by_user_email":"secret"}`, func(e *aspera.ApplicationEvent) { e.TriggeredByUserEmail = "" }))
	assert.Equal(t, `{"timestamp":"2024-03-05 10:20","throughput":3}`,
		changed(t, `{"timestamp":"2024-03-05 10:20","throughput":2.50}`, func(r *aspera.Throughput) { r.Throughput = 3 }))
	assert.Equal(t, `{"file_id":7}`, changed(t, `{"user_name":"secret","file_id":7}`, func(a *aspera.FileAccess) { a.UserName = "" }))
	assert.Equal(t, `{"id":7,"email":"b"}`, changed(t, `{"id":7,"organization_id":8,"email":"b"}`, func(s *aspera.Self) { s.OrganizationID = "" }))
	assert.Equal(t, `{"id":7,"name":"b"}`, changed(t, `{"id":7,"name":"secret"}`, func(v *aspera.Volume) { v.Name = "b" }))
}

// The bounds of a session have two names each.
func TestChangedSessions(t *testing.T) {
	noon := time.Date(2024, 3, 5, 12, 0, 0, 0, time.UTC)
	const sent = `{"session_started_at":"2024-03-05 10:00","uuid":"a","session_stop_time":"2024-03-05T11:00Z","session_stopped_at":"2001"}`
	assert.Equal(t, `{"session_started_at":"2024-03-05 10:00","uuid":"b","session_stop_time":"2024-03-05T11:00Z","session_stopped_at":"2001"}`,
		changed(t, sent, func(r *aspera.Transfer) { r.UUID = "b" }))
	assert.Equal(t, `{"session_started_at":"2024-03-05T12:00:00Z","uuid":"a","session_stop_time":"2024-03-05T12:00:00Z"}`,
		changed(t, sent, func(r *aspera.Transfer) { r.SessionStart, r.SessionStop = noon, noon }))
	assert.Equal(t, `{"uuid":"a"}`, changed(t, sent, func(r *aspera.Transfer) { r.SessionStart, r.SessionStop = time.Time{}, time.Time{} }))
}

func TestChangedMatches(t *testing.T) {
	const user, file = `{"id":1,"email":"secret","x":1}`, `{"id":1,"path":"/secret","x":1}`
	assert.Equal(t, `{"id":1,"email":"b","x":1}`, changed(t, user, func(m *aspera.FileAccessMatch) { m.User.Email = "b" }))
	assert.Equal(t, `{"id":1,"x":1}`, changed(t, file, func(m *aspera.FileAccessMatch) { m.File.Path = "" }))
	assert.Equal(t, `{"x":1}`, changed(t, user, func(m *aspera.FileAccessMatch) { m.User = nil }))
	assert.Equal(t, `{"x":1}`, changed(t, file, func(m *aspera.FileAccessMatch) { m.File = nil }))
}

func TestChangedVolumeReports(t *testing.T) {
	rename := func(r *aspera.VolumeReport) { r.Volumes[0].Name = "b" }
	nothing := func(*aspera.VolumeReport) {}
	const renamed = `{"volume_usage":[{"id":7,"name":"b","x":1.0}]}`
	for raw, want := range map[string]string{
		`{"a":1,"volume_usage":[{"id":7,"name":"secret","x":1.0},{"y":1}],"b":2}`:                `{"a":1,"volume_usage":[{"id":7,"name":"b","x":1.0},{"y":1}],"b":2}`,
		`{"volume_usage":[{"name":"secret"}],"volume_usage":[{"id":7,"name":"secret","x":1.0}]}`: renamed,
		`{"volumes":[{"id":7,"name":"secret","x":1.0}]}`:                                         renamed,
		`[{"id":7,"name":"secret","x":1.0}]`:                                                     renamed,
		`{"id":7,"name":"secret","x":1.0}`:                                                       renamed,
	} {
		assert.Equal(t, want, changed(t, raw, rename))
	}
	for _, raw := range []string{`{"volumes":[{"name":"a"}]}`, `[{"name":"a"}]`, `{"name":"a"}`, `{"volume_usage":[],"x":1}`, `{"volume_usage":null}`} {
		assert.Equal(t, raw, changed(t, raw, nothing))
	}
	assert.Equal(t, `{"x":1}`, changed(t, `{"volume_usage":[{"name":"secret"}],"x":1}`, func(r *aspera.VolumeReport) { r.Volumes = nil }))
}
