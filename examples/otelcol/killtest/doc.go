// Package killtest kills the collector at random moments, again and again, while the fakes' records
// become more, and compares what its file exporter wrote with what the fakes have.
//
//	go test ./killtest -count=1 -v
//
// The collector and the fakes are processes of their own, as built by go build.
package killtest
