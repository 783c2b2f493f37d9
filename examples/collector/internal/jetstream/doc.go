// Package jetstream collects into NATS JetStream.
//
// Every record is a message of its own, with the vendor's bytes as its payload, on the subject
// <subject>.<vendor>.<tenant>.<feed>, which begins with Options.Subject. What one wants to select
// by is in its headers: Activity-Key, Activity-Time (RFC 3339), Activity-Vendor, Activity-Kind,
// Activity-Action and Activity-Actor.
//
// # Once, and how long
//
// Nats-Msg-Id is made of vendor, tenant, feed and record key. The stream drops a message whose id
// it has seen within its duplicate window, so records that come again, after a crash or from a
// collector that was replaced, are stored once. The window counts from when a record was first
// published: it must be at least as long as the longest time between a crash and the next run. The
// default is 48 hours. The server keeps the ids of the window in memory, by estimate a few hundred
// bytes each.
//
// # One writer for each feed
//
// A bucket of the key-value store has two entries for each feed. The lease is renewed by its holder
// all the time. Others watch: if the entry did not change for three quarters of the lease's length,
// by the watcher's own monotonic clock, they take it over with a compare-and-swap, so that no two
// clocks are ever compared. The checkpoint entry names its writer too, and whoever takes the lease
// rewrites it first. That fences the former holder off, however late it wakes up: its next
// checkpoint fails, with store.ErrLeaseLost.
//
// If a writer could not release its lease, because the server was away, another writer of the same
// Sink takes it over at once. While a writer of the Sink has the feed, another one waits until it
// is closed or has lost its lease.
//
// # One stream for a checkpoint
//
// A checkpoint's entry names the stream that its records are in. A feed is not collected into
// another stream, which would lack those records, until somebody restores the stream or asks for
// Options.Reset. The stream is told from others of its name by the time when it was made, and by an
// id in its metadata, which Open writes when it makes the stream. The id is what a stream restored
// from a backup is recognized by: nats-server 2.15 sets its time to that of the restoration, in a
// cluster too, according to its source. A stream that somebody else made has no id unless they
// write one (metadata activity-collector-stream): restored, it is another stream.
//
// # Permissions
//
// The collector's user must be permitted to publish to <subject>.>, $KV.<bucket>.> and $JS.API.>,
// and to subscribe to _INBOX.>.
//
// # What is not guaranteed
//
// A collector whose machine was suspended in the middle of publishing for longer than the duplicate
// window can publish some records again when it wakes up, before it learns that it lost the lease.
// A nats-server whose machine loses power can lose what it had not yet written to disk (its
// sync_interval); with three replicas it does not.
package jetstream
