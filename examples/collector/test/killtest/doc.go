// Package killtest kills the collector at random moments, again and again, while the fakes' records
// become more, and compares what was stored in the end with what the fakes have: each record once,
// to the byte. Lines on standard output may come again, with the same key and the same bytes.
//
//	go test ./test/killtest -count=1 -v
//	go test ./test/killtest -count=1 -v -timeout 60m -kills 300 -records 20000 -sink sqlite
//
// The first kills 20 times for each sink, and 10 times for ndjson.
//
// The fakes and the collector are processes of their own, as built by go build. OPSWAT's quota is a
// thousand times faster than the vendor's. The sink jetstream needs nats-server on the PATH.
package killtest
