// Package killtest kills the collector repeatedly at random moments, while the fakes add records,
// and compares the stored records with those of the fakes. Each record must be stored once, byte
// for byte. Lines on standard output may be repeated, with the same key and the same bytes.
//
//	go test ./test/killtest -count=1 -v
//	go test ./test/killtest -count=1 -v -timeout 60m -kills 300 -records 20000 -sink sqlite
//
// The first command kills the collector 20 times for each sink, and 10 times for ndjson.
//
// The fakes and the collector are separate processes, built with go build. OPSWAT's quota is a
// thousand times faster than the vendor's. The sink jetstream needs nats-server on the PATH.
package killtest
