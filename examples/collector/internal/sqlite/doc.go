// Package sqlite stores records in one SQLite file. Records and the checkpoint that covers them are
// one transaction, so every record is stored once, no matter when the process dies.
//
// The file has two tables. records is for queries, feeds is for the collector:
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
// To ship records elsewhere, remember the last seq and select the rows WHERE seq > ?. A record that
// is committed later has a higher seq.
//
// # Files
// Other programs may read the file while a collector writes it. It is in WAL mode, so the -wal and
// -shm files belong to it. Only one collector at a time writes. It locks a file with the suffix
// .lock, and the operating system releases the lock when the process ends. The locks are file
// locks, which according to SQLite are not reliable on network file systems.
//
// Only their owner can read new files (mode 0600). An existing file keeps its mode, and the files
// beside it get the same mode. A file of schema 1, which everybody could read, gets mode 0600 when
// it is migrated to schema 2. To let others read it, change its mode after that.
//
// A file is either for records, or for the checkpoints of records that are stored elsewhere. Its
// application_id, in SQLite's terms, says which: "actv" or "actc". The tables are the same.
//
// # Failures
// Errors say what happened and, if it is known, what to do. Errors with store.ErrRefused: a file of
// another program, of an unknown schema or for another use, a checkpoint that somebody changed, and
// no folder for temporary files. Errors with store.ErrGone: a database that was deleted, replaced
// or damaged, or its lock, -wal or -shm file. Any other failure may pass, such as a full disk. Open
// checks the whole file for damage. Before and after each transaction, Store checks that the files
// are still the ones that were opened.
//
// If another program has locked the file, a call waits for 10 seconds or until its context ends.
// Checkpoints can be read meanwhile.
//
// # Schemas
// The current schema is 2, in the file's user_version. Open migrates a file of schema 1 in one
// transaction that copies the records. Meanwhile they are on the disk three times. If the migration
// fails or is killed, only the mode has changed. Indexes, triggers and views that somebody added
// stay. The file is about twice as large afterwards, and later records use the free space.
package sqlite
