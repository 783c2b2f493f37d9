// Package ndjson writes records as lines of JSON, for a program that reads them from a pipe or a
// file, and keeps the checkpoints in another sink.
//
// A line is written before the checkpoint that is true with it. So every record is written at least
// once, and one that is written again, after a crash for instance, has the same key. To have each
// once, remember the keys. In the formats event and ocsf a line has the key, the vendor and the
// tenant. In the format raw it is the vendor's record and nothing else.
//
// # Lines
//
// Lines end with a line feed, hold no other one and no carriage return, and are JSON in UTF-8.
// Whatever the vendor sent, no record is left out:
//
//   - Line breaks between the members of a record become blanks. Otherwise a raw record that is
//     JSON is written byte for byte as it was sent.
//   - Control characters in the strings of a record, which JSON does not allow, are escaped. Bytes
//     that are not UTF-8 are written as the characters that they are in ISO 8859-1.
//   - A record that is no JSON even so is written as one string of JSON. An empty one is the empty
//     string, and left out of an event.
//
// # Cut lines
//
// The lines of a batch are written at once. Lines of several feeds are never mixed. If a write
// fails in the middle of a line, the next one begins with the rest of that line.
//
// A process that is killed cannot do that. Drop what comes last and has no line feed: its record
// comes again. A process that writes to a file which is not empty begins with a line feed, so that
// a part of a line becomes a line. Drop lines that are empty or not JSON. Where several collectors
// write to one pipe, one after the other, let the shell write a line feed in between.
//
// Lines in a regular file are written through to the disk before their checkpoint is stored.
//
// # Readers
//
// The collector waits for a reader that is slow. An interrupt still ends it. Once there is no
// reader any more, a write fails with store.ErrGone. On standard output the system sends SIGPIPE as
// well, by which Go ends the process unless the program ignores that signal.
package ndjson
