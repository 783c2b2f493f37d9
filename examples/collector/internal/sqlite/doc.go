// Package sqlite collects into one SQLite file: records and the checkpoint that is true with them
// in one transaction, so that every record is there once whatever moment the process dies at.
//
// The file has two tables. records is for queries, feeds is the collector's own:
//
//	records  vendor, tenant, feed, key   which record: unique together
//	         time                        the record's own, UTC, as 2026-01-02T15:04:05.000000000Z; NULL if it has none
//	         action, actor               what happened, and who did it, in the vendor's words
//	         raw                         the vendor's JSON, byte for byte as it was sent
//	feeds    vendor, tenant, feed, checkpoint, stored_at
//
// Other programs may read the file while it is written to (it is in WAL mode: -wal and -shm files
// belong to it). Only one collector at a time writes: it holds the file's name with .lock appended,
// which the operating system releases however the process ends. As SQLite itself says, this rests
// on file locks and is not for network file systems.
package sqlite
