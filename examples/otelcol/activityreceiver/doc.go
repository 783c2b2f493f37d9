// Package activityreceiver is a receiver of the OpenTelemetry Collector for the audit logs of
// Aspera on Cloud, SnapLogic, OPSWAT Central Management and SD Elements. It makes a log record of
// each event. A distribution adds it with NewFactory. The module's README.md documents the
// configuration, the attributes of the records, and the guarantees.
package activityreceiver
