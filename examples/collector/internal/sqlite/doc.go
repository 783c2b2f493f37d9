// Package sqlite collects into one SQLite file: records and the checkpoint that is true with them
// in one transaction, so that every record is there once whatever moment the process dies at.
//
// The file has two tables. records is for queries, feeds is the collector's own:
//
//	records  seq            the order of storing: numbers grow, some are skipped, none comes twice
//	         vendor, tenant, feed, key
//	                        which record: unique together
//	         time           its own, UTC, as 2026-01-02T15:04:05.000000000Z; NULL if it has none
//	         kind, outcome  what happened and how it ended, in words that all vendors share
//	         action         what happened, in the vendor's word
//	         who, address   who did it, and from where
//	         type, target   what it was done to
//	         message        a sentence for people
//	         raw            the vendor's JSON, byte for byte as it was sent
//	         collected_at   when it was stored, like time; NULL if schema 1 stored it
//	feeds    vendor, tenant, feed, checkpoint, stored_at
//
// and two views. events is records without feed and raw. transfers has the last state of each
// Aspera transfer that was seen, by the vendor's time of update, one row for each uuid and
// direction:
//
//	transfers  seq, vendor, tenant, key, time, collected_at, outcome, who, address, target,
//	           message    of the state's record
//	           uuid       as in the key; NULL if it has none: then each record is a row
//	           direction  the record's action
//	           status, started, stopped, updated, bytes, expected_bytes, files
//	                      as the vendor wrote them; NULL if raw is not JSON
//
// To ship records elsewhere, remember the last seq and ask for the rows WHERE seq > ?. One that is
// committed later has a higher seq.
//
// # Files
//
// Other programs may read the file while it is written to (it is in WAL mode: -wal and -shm files
// belong to it). Only one collector at a time writes: it holds the file's name with .lock appended,
// which the operating system releases however the process ends. As SQLite itself says, this rests
// on file locks and is not for network file systems.
//
// All of them are made for their owner alone (mode 0600). A file that is there keeps its mode, and
// those beside it get the same. Only a file of schema 1, which everybody could read, becomes its
// owner's alone when it is brought to schema 2: to let others read it, change its mode after that.
//
// A file is for records, or for the checkpoints of records that are stored elsewhere. What SQLite
// calls its application_id says which: "actv" or "actc". The tables are the same.
//
// # Failures
//
// Errors say what happened and, where that is known, what to do. One that wraps store.ErrRefused is
// about a file of another program, of an unknown schema or for another use, or about a checkpoint
// that somebody changed. One that wraps store.ErrGone is about a file that was deleted, replaced or
// damaged, be it the database, its lock, or its -wal or -shm file. Any other may pass, such as a
// full disk. Open looks for damage in the whole file, and Store looks for the files that were
// opened before and after each transaction.
//
// What finds the file locked by another program waits for 10 seconds, or until its context ends.
// Checkpoints can be read meanwhile.
//
// # Schemas
//
// This is schema 2, the file's user_version. Open brings a file of schema 1 to it in one
// transaction which copies the records: meanwhile they are on the disk three times. Only the mode
// is changed if that fails or is killed. Indexes, triggers and views that somebody added stay. The
// file is about twice as large afterwards, and later records use the space that became free.
package sqlite
