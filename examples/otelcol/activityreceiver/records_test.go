package activityreceiver

import (
	"encoding/json"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/activity-sdk/activity"
)

var event = activity.Event{
	Vendor: "snaplogic", Feed: "activities", Tenant: "acme", Key: "65f1",
	Time: time.Date(2026, 5, 1, 12, 0, 0, 123456000, time.UTC), Action: "asset_delete",
	Kind: activity.KindDelete, Outcome: activity.OutcomeSuccess,
	Actor:   activity.Actor{ID: "7", Name: "Ada Okafor", Email: "ada@example.com", Address: "192.0.2.17"},
	Target:  activity.Target{Type: "Pipeline", ID: "p1", Name: "Nightly", Path: "/Acme/Nightly"},
	Message: "Ada Okafor deleted Nightly", Raw: []byte(`{"_id":"65f1"}`),
}

func logsOfEvent(e activity.Event, format Format) plog.Logs {
	d := delivery{source: source{vendor: e.Vendor, tenant: e.Tenant, feed: e.Feed, format: format}, version: "1.2.3"}
	return d.logs([]activity.Record[activity.Event]{{Key: e.Key, Item: e, Time: e.Time}}, time.Date(2026, 5, 2, 0, 0, 0, 0, time.UTC))
}

func only(logs plog.Logs) plog.LogRecord {
	return logs.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0)
}

func TestWholeRecord(t *testing.T) {
	logs := logsOfEvent(event, FormatRaw)
	resource := logs.ResourceLogs().At(0)
	assert.Equal(t, map[string]any{
		"service.name": "snaplogic", "activity.vendor": "snaplogic", "activity.tenant": "acme", "activity.feed": "activities",
	}, resource.Resource().Attributes().AsRaw())
	assert.Equal(t, "https://opentelemetry.io/schemas/1.43.0", resource.SchemaUrl())
	assert.Equal(t, scope, resource.ScopeLogs().At(0).Scope().Name())
	assert.Equal(t, "1.2.3", resource.ScopeLogs().At(0).Scope().Version())
	r := only(logs)
	assert.Equal(t, event.Time, r.Timestamp().AsTime())
	assert.Equal(t, time.Date(2026, 5, 2, 0, 0, 0, 0, time.UTC), r.ObservedTimestamp().AsTime())
	assert.Equal(t, "snaplogic.asset_delete", r.EventName())
	assert.Equal(t, string(event.Raw), r.Body().Str())
	assert.Equal(t, map[string]any{
		"log.record.uid": "65f1",
		"user.id":        "7", "user.name": "Ada Okafor", "user.email": "ada@example.com", "client.address": "192.0.2.17",
		"activity.action": "asset_delete", "activity.kind": "delete", "activity.outcome": "success", "activity.message": "Ada Okafor deleted Nightly",
		"activity.target.type": "Pipeline", "activity.target.id": "p1", "activity.target.name": "Nightly", "activity.target.path": "/Acme/Nightly",
	}, r.Attributes().AsRaw())
}

func TestBodyAsOCSF(t *testing.T) {
	var body struct {
		Metadata struct{ UID, Version string }
		RawData  string `json:"raw_data"`
	}
	require.NoError(t, json.Unmarshal([]byte(only(logsOfEvent(event, FormatOCSF)).Body().Str()), &body))
	assert.Equal(t, event.Key, body.Metadata.UID)
	assert.Equal(t, string(event.Raw), body.RawData)
}

func TestEmptyFieldsAreLeftOut(t *testing.T) {
	r := only(logsOfEvent(activity.Event{Vendor: "aspera", Key: "k", Kind: activity.KindOther}, FormatRaw))
	assert.Zero(t, r.Timestamp())
	assert.NotZero(t, r.ObservedTimestamp())
	assert.Equal(t, "aspera.other", r.EventName())
	assert.Equal(t, map[string]any{"log.record.uid": "k", "activity.kind": "other"}, r.Attributes().AsRaw())
}

func TestSeverity(t *testing.T) {
	for _, tt := range []struct {
		kind    activity.Kind
		outcome activity.Outcome
		number  plog.SeverityNumber
		text    string
	}{
		{activity.KindLogin, activity.OutcomeSuccess, plog.SeverityNumberInfo, "INFO"},
		{activity.KindLogin, "", plog.SeverityNumberInfo, "INFO"},
		{activity.KindLogin, activity.OutcomeFailure, plog.SeverityNumberWarn, "WARN"},
		{activity.KindAccess, activity.OutcomeBlocked, plog.SeverityNumberWarn, "WARN"},
		{activity.KindError, activity.OutcomeFailure, plog.SeverityNumberError, "ERROR"},
	} {
		r := only(logsOfEvent(activity.Event{Kind: tt.kind, Outcome: tt.outcome}, FormatRaw))
		assert.Equal(t, tt.number, r.SeverityNumber(), tt)
		assert.Equal(t, tt.text, r.SeverityText(), tt)
	}
}

func TestInvalidUTF8(t *testing.T) {
	const odd = "caf\xe9"
	e := activity.Event{
		Vendor: "aspera", Key: odd, Action: odd, Message: odd, Raw: []byte(`{"name":"` + odd + `"}`),
		Actor: activity.Actor{ID: odd, Name: odd, Email: odd, Address: odd}, Target: activity.Target{Type: odd, ID: odd, Name: odd, Path: odd},
	}
	for _, format := range []Format{FormatRaw, FormatOCSF} {
		r := only(logsOfEvent(e, format))
		assert.True(t, utf8.ValidString(r.Body().Str()))
		assert.True(t, utf8.ValidString(r.EventName()))
		for name, value := range r.Attributes().All() {
			assert.True(t, utf8.ValidString(value.Str()), name)
		}
	}
	assert.Equal(t, `{"name":"caf�"}`, only(logsOfEvent(e, FormatRaw)).Body().Str())
}
