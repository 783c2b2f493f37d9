package activityreceiver

import (
	"cmp"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/activity-sdk/activity"
)

// logs returns log records, in the order of the events.
func (d delivery) logs(events []activity.Record[activity.Event], now time.Time) plog.Logs {
	logs := plog.NewLogs()
	resource := logs.ResourceLogs().AppendEmpty()
	resource.SetSchemaUrl(semconv.SchemaURL)
	attributes := attributes{resource.Resource().Attributes()}
	attributes.put(string(semconv.ServiceNameKey), d.source.vendor)
	attributes.put("activity.vendor", d.source.vendor)
	attributes.put("activity.tenant", d.source.tenant)
	attributes.put("activity.feed", d.source.feed)
	scoped := resource.ScopeLogs().AppendEmpty()
	scoped.Scope().SetName(scope)
	scoped.Scope().SetVersion(d.version)
	records := scoped.LogRecords()
	records.EnsureCapacity(len(events))
	for _, e := range events {
		fillRecord(records.AppendEmpty(), e, d.source.format, now)
	}
	return logs
}

func fillRecord(r plog.LogRecord, record activity.Record[activity.Event], format Format, now time.Time) {
	e := record.Item
	r.SetObservedTimestamp(pcommon.NewTimestampFromTime(now))
	if at := e.Time; !at.IsZero() {
		r.SetTimestamp(pcommon.NewTimestampFromTime(at))
	}
	severity := severityOf(e)
	r.SetSeverityNumber(severity)
	r.SetSeverityText(strings.ToUpper(severity.String()))
	r.SetEventName(toUTF8(e.Vendor + "." + cmp.Or(e.Action, string(e.Kind))))
	r.Body().SetStr(body(e, format))

	attributes := attributes{r.Attributes()}
	attributes.put(string(semconv.LogRecordUIDKey), record.Key)
	attributes.put(string(semconv.UserIDKey), e.Actor.ID)
	attributes.put(string(semconv.UserNameKey), e.Actor.Name)
	attributes.put(string(semconv.UserEmailKey), e.Actor.Email)
	attributes.put(string(semconv.ClientAddressKey), e.Actor.Address)
	attributes.put("activity.action", e.Action)
	attributes.put("activity.kind", string(e.Kind))
	attributes.put("activity.outcome", string(e.Outcome))
	attributes.put("activity.message", e.Message)
	attributes.put("activity.target.type", e.Target.Type)
	attributes.put("activity.target.id", e.Target.ID)
	attributes.put("activity.target.name", e.Target.Name)
	attributes.put("activity.target.path", e.Target.Path)
}

// severityOf returns ERROR if a system failed, WARN if an action failed or was blocked, and INFO
// otherwise. A blocked action is not an error, since the rule worked.
func severityOf(e activity.Event) plog.SeverityNumber {
	switch {
	case e.Kind == activity.KindError:
		return plog.SeverityNumberError
	case e.Outcome == activity.OutcomeFailure, e.Outcome == activity.OutcomeBlocked:
		return plog.SeverityNumberWarn
	}
	return plog.SeverityNumberInfo
}

// body returns the record as the vendor sent it, or as OCSF.
func body(e activity.Event, format Format) string {
	if format == FormatOCSF {
		if text, err := e.OCSF(); err == nil { // it does not fail for the content of an event
			return toUTF8(string(text))
		}
	}
	return toUTF8(string(e.Raw))
}

// attributes are attributes.
type attributes struct{ pcommon.Map }

// put sets an attribute, unless the text is empty.
func (t attributes) put(name, text string) {
	if text != "" {
		t.PutStr(name, toUTF8(text))
	}
}

// toUTF8 replaces bytes that are not UTF-8. Otherwise exporters would refuse the whole batch
// because of one record.
func toUTF8(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }
