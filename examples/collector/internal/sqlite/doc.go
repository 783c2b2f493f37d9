// Package sqlite collects into one SQLite file: records and the checkpoint that is true with them
// in one transaction, so that every record is there once whatever moment the process dies at.
//
// The file has two tables. records is for queries, feeds is the collector's own:
//
//	records  vendor, tenant, feed, key   which record: unique together
//	         time                        the record's own, UTC, as 2026-01-02T15:04:05.000000000Z; NULL if it has none
//	         kind, outcome               what happened and how it ended, in words that all vendors share
//	         action                      what happened, in the vendor's word
//	         who, address                who did it, and from where
//	         type, target                what it was done to
//	         message                     a sentence for people
//	         raw                         the vendor's JSON, byte for byte as it was sent
//	feeds    vendor, tenant, feed, checkpoint, stored_at
//
// # Files
//
// Other programs may read the file while it is written to (it is in WAL mode: -wal and -shm files
// belong to it). Only one collector at a time writes: it holds the file's name with .lock appended,
// which the operating system releases however the process ends. As SQLite itself says, this rests
// on file locks and is not for network file systems.
//
// All of them are made for their owner alone (mode 0600). A file that is there keeps its mode, and
// those beside it get the same.
//
// # Failures
//
// Errors say what happened and, where that is known, what to do. One that wraps store.ErrRefused is
// about a file of another program or of an unknown schema. One that wraps store.ErrGone is about a
// file that was deleted, replaced or damaged. Any other may pass, such as a full disk. Open looks for
// damage in the whole file, and Store looks for the file that was opened before and after each
// transaction.
package sqlite
