// Package fake holds what the public fakes of the vendors' services share: a
// [Server] that records every request, enforces a quota and misbehaves on
// order, strict checks for what a request may say, tokens that expire, and the
// rows that the fakes serve together with a generator of realistic ones.
//
// What is particular to a vendor (routes, envelopes, error bodies) is not
// here: a fake hands it to [NewServer] as a [Handler].
//
// Everything is safe for concurrent use. No lock is held while a handler, a
// hook of the user or a wait runs, and the in-memory transport uses nothing but
// the caller's goroutine and timers, so that testing/synctest can run a day of
// traffic in a second.
package fake
