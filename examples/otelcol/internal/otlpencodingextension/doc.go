// Package otlpencodingextension stands in for the module of that name, which only tests of the file
// exporter import. go mod tidy reads them, and not every module proxy has the module.
package otlpencodingextension
