// Package recipes holds six programs as one would write them with the SDK, short enough to be
// copied: a file each, with a test on the fakes. They take what main would make of flags and
// environment variables: clients, a database, a folder.
//
//	nightly.go   yesterday's SnapLogic activities into a table, resumed after a crash
//	webhook.go   what OPSWAT blocks, to a webhook as it happens
//	volume.go    Aspera's volume per workspace and month, as CSV
//	recent.go    the last activities of an SD Elements project, as an HTTP handler
//	archive.go   any feed as NDJSON in a file a day, each record once
//	fleet.go     many accounts side by side, with an error for each and metrics per request
package recipes
