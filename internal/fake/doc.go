// Package fake is what the public fakes of the vendors' services share: a [Server] that records
// requests, keeps a quota and applies faults; strict checks of what a request contains; tokens that
// expire; rows, cursors and page sizes of lists; and a generator of realistic rows.
//
// What differs by vendor (routes, envelopes, error bodies) is the [Handler] that each fake passes
// to [NewServer].
//
// Everything is safe for concurrent use. No lock is held while a handler, a function of the user or
// a wait runs. The in-memory transport uses nothing except the caller's goroutine and timers, so
// that testing/synctest can run a day of traffic in a second.
package fake
