// Package activityreceiver is a receiver of the OpenTelemetry Collector for the audit logs of
// Aspera on Cloud, SnapLogic, OPSWAT Central Management and SD Elements. It makes a log record of
// each event.
//
// NewFactory is what a distribution needs. README.md of the module has the configuration, the
// attributes of the records, and what is guaranteed.
package activityreceiver
