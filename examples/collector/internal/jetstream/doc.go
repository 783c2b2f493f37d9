// Package jetstream collects into NATS JetStream. Each record is one message, with the vendor's
// bytes as its payload. Its subject is <subject>.<vendor>.<tenant>.<feed>, where <subject> is
// Options.Subject. Headers for filters: Activity-Key, Activity-Time (RFC 3339), Activity-Vendor,
// Activity-Kind, Activity-Action and Activity-Actor.
//
// # Duplicates
//
// Nats-Msg-Id consists of vendor, tenant, feed and record key. The stream drops a message whose id
// it has seen within its duplicate window, so a record that is published again, after a crash or by
// another collector, is stored once. The window counts from the first publication of a record: it
// must be at least as long as the longest time between a crash and the next run. The default is 48
// hours. The server keeps the ids of the window in memory, by estimate a few hundred bytes each.
//
// # One writer for each feed
// A key-value bucket has two entries for each feed: a lease and a checkpoint. The holder renews the
// lease. The other collectors watch it. If the entry did not change for three quarters of the
// lease's length, by the watcher's own monotonic clock, a watcher takes it over with a
// compare-and-swap. Clocks of different machines are never compared. The checkpoint entry names its
// writer, and whoever takes the lease rewrites that entry first. This fences off the former holder,
// however late it wakes up: its next checkpoint fails with store.ErrLeaseLost.
//
// If a writer could not release its lease because the server was unavailable, another writer of the
// same Sink takes it over at once. While one writer of the Sink has the feed, another one waits
// until the first is closed or has lost its lease.
//
// # One stream for a checkpoint
// A checkpoint entry names the stream that has the checkpoint's records. A Sink does not collect
// the feed into another stream, which would lack those records, until somebody restores the stream
// or sets Options.Reset. A stream is identified by its name, its creation time and an id in its
// metadata, which Open writes when it creates the stream. The id identifies a stream that was
// restored from a backup: nats-server 2.15 sets the creation time to the time of the restoration,
// according to its source in a cluster too. A stream that somebody else created has no id unless
// they set one (metadata activity-collector-stream). Without an id, a restored stream counts as
// another one.
//
// # Permissions
//
// The collector's user must be permitted to publish to <subject>.>, $KV.<bucket>.> and $JS.API.>,
// and to subscribe to _INBOX.>.
//
// # What is not guaranteed
// If a collector's machine is suspended while it publishes, for longer than the duplicate window,
// the collector can publish some records again when it wakes up, before it learns that it lost the
// lease. If the machine of a nats-server loses power, the server can lose what it had not yet
// written to disk (its sync_interval). With three replicas it does not.
package jetstream
