// Package killtest kills the collector repeatedly at random moments, while the fakes add records,
// and compares the output of the file exporter with the fakes' records.
//
//	go test ./killtest -count=1 -v
//
// The collector and the fakes are separate processes, built with go build.
package killtest
