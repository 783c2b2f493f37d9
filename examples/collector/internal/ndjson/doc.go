// Package ndjson writes records as lines of JSON, for a program that reads them from a pipe or a
// file, and keeps the checkpoints in another sink. Every record is written at least once, since its
// line is written before the checkpoint is stored. A record that is written again, for instance
// after a crash, has the same key. A reader that needs each record once remembers the keys. In the
// formats event and ocsf a line has the key, the vendor and the tenant. In the format raw it has
// only the vendor's record.
//
// # Lines
// A line is JSON in UTF-8. It ends with a line feed, and contains no other line feed and no
// carriage return. No record is left out, whatever the vendor sent:
//
//   - Line breaks between the members of a record become blanks. Otherwise a raw record that is
//     JSON is written byte for byte as it was sent.
//   - Control characters in the strings of a record, which JSON does not allow, are escaped. Bytes
//     that are not UTF-8 are read as Windows-1252. Such a record loses the white space between its
//     members.
//   - A record that is still not JSON is written as one JSON string, in which each byte that is not
//     UTF-8 is the replacement character U+FFFD. An empty record is the empty string, and left out
//     of an event.
//
// # Cut lines
// The lines of a batch are written in one write. Lines of different feeds are never mixed. If a
// write fails in the middle of a line, the next write begins with the rest of that line.
//
// A killed process leaves a cut line. A reader must drop a last line without a line feed: its
// record comes again. In a file that is not empty, the first write begins with a line feed, so that
// the cut line ends. A reader must drop lines that are empty or not JSON. If several collectors
// write to one pipe, one after the other, let the shell write a line feed in between.
//
// Lines in a regular file are written through to the disk before their checkpoint is stored.
//
// # Readers
// A write waits for a slow reader, until its context ends. If the reader is gone, a write fails
// with store.ErrGone. On standard output the system also sends SIGPIPE, which ends a Go program
// unless it ignores the signal.
package ndjson
