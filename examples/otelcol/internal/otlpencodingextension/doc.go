// Package otlpencodingextension replaces the module of that name. Only tests of the file exporter
// import it, but go mod tidy reads those, and not every module proxy has the module.
package otlpencodingextension
