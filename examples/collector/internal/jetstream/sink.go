// Package jetstream collects into NATS JetStream.
//
// Every record is a message of its own, with the vendor's bytes as its payload, on the subject
// activity.<vendor>.<tenant>.<feed>. What one wants to select by is in its headers: Activity-Key,
// Activity-Time (RFC 3339), Activity-Action and Activity-Actor.
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
// # What is not guaranteed
//
// A collector whose machine was suspended in the middle of publishing for longer than the duplicate
// window can publish some records again when it wakes up, before it learns that it lost the lease.
// A nats-server whose machine loses power can lose what it had not yet written to disk (its
// sync_interval); with three replicas it does not.
package jetstream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// Subjects is what the stream listens to.
const Subjects = "activity.>"

// Options configures a sink. A zero field means its default.
type Options struct {
	Stream     string        // name of the stream; default ACTIVITY. It is made if there is none
	Bucket     string        // name of the key-value bucket for checkpoints and leases; default ACTIVITY_CHECKPOINTS. Likewise
	Duplicates time.Duration // the stream's duplicate window; default 48 h. A stream that exists must have at least that
	Replicas   int           // of a stream and a bucket that are made; default 1. Three survive the loss of a server

	// Lease is how soon a collector that died is replaced by one that waits; default 30 s, at least
	// 100 ms. A collector that is started after that waits as long.
	Lease time.Duration
	// Patience is for how long a server that does not answer, or does not take what it is sent, is
	// asked again before Open and Store fail; default 1 minute.
	Patience time.Duration

	Format store.Format // of what is published; default store.Raw

	Connect []nats.Option // more for the connection, such as nats.UserCredentials or nats.RootCAs
	Logger  *slog.Logger  // default: none
}

func (o Options) withDefaults() Options {
	set := func(d *time.Duration, value time.Duration) {
		if *d == 0 {
			*d = value
		}
	}
	set(&o.Duplicates, 48*time.Hour)
	set(&o.Lease, 30*time.Second)
	set(&o.Patience, time.Minute)
	if o.Stream == "" {
		o.Stream = "ACTIVITY"
	}
	if o.Bucket == "" {
		o.Bucket = "ACTIVITY_CHECKPOINTS"
	}
	if o.Replicas == 0 {
		o.Replicas = 1
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

func (o Options) check() error {
	switch {
	case o.Duplicates < 0:
		return fmt.Errorf("a duplicate window of %v cannot recognize anything", o.Duplicates)
	case o.Lease < 100*time.Millisecond:
		return fmt.Errorf("a lease of %v is too short, 100ms is the least", o.Lease)
	case o.Patience < 0:
		return fmt.Errorf("a patience of %v is no time", o.Patience)
	}
	return nil
}

// Sink is a JetStream stream to collect into. It is safe for concurrent use.
type Sink struct {
	options Options
	conn    *nats.Conn
	stream  jetstream.JetStream
	bucket  jetstream.KeyValue
	name    string // of this collector, for the logs of others

	closed chan struct{}
	once   sync.Once
	leases sync.WaitGroup // being renewed
}

var _ store.Sink = (*Sink)(nil)

// Open connects to the NATS servers at address, nats://[user:password@]host:port or several of them
// with commas between (tls:// for TLS, ws:// and wss:// for WebSocket), and makes stream and bucket
// unless they exist. It fails if the server is away, has no JetStream, or has a stream that cannot
// serve. Errors never quote address, since that may hold a password.
func Open(ctx context.Context, address string, o Options) (*Sink, error) {
	o = o.withDefaults()
	if err := o.check(); err != nil {
		return nil, err
	}
	if !readable(address) {
		return nil, errors.New("the NATS address is not nats://[user:password@]host:port, or several of them with commas between")
	}
	conn, err := nats.Connect(address, append(connection(o.Logger), o.Connect...)...)
	if err != nil {
		return nil, fmt.Errorf("connect to NATS: %w", err)
	}
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	s := &Sink{options: o, conn: conn, name: fmt.Sprintf("%s/%d", host, os.Getpid()), closed: make(chan struct{})}
	if err := s.prepare(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	return s, nil
}

func readable(address string) bool {
	for one := range strings.SplitSeq(address, ",") {
		u, err := url.Parse(strings.TrimSpace(one))
		if err != nil || u.Host == "" || !slices.Contains([]string{"nats", "tls", "ws", "wss"}, u.Scheme) {
			return false
		}
	}
	return true
}

func connection(log *slog.Logger) []nats.Option {
	return []nats.Option{
		nats.Name("activity collector"),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(500 * time.Millisecond),
		// What cannot be sent now fails now: nothing is to reach the stream later than its sender
		// thinks.
		nats.ReconnectBufSize(-1),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				log.Warn("lost the connection to NATS, connecting again", "error", err)
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) { log.Info("connected to NATS again") }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { log.Warn("NATS reports a problem", "error", err) }),
	}
}

// prepare finds or makes the stream and the bucket.
func (s *Sink) prepare(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.options.Patience)
	defer cancel()
	js, err := jetstream.New(s.conn, jetstream.WithPublishAsyncTimeout(ackTimeout), jetstream.WithPublishAsyncMaxPending(2*inFlight))
	if err != nil {
		return fmt.Errorf("use JetStream: %w", err)
	}
	s.stream = js
	if err := s.prepareStream(ctx); err != nil {
		return err
	}
	s.bucket, err = js.KeyValue(ctx, s.options.Bucket)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		s.bucket, err = js.CreateKeyValue(ctx, jetstream.KeyValueConfig{
			Bucket: s.options.Bucket, Description: "checkpoints and leases of activity collectors",
			History: 1, Storage: jetstream.FileStorage, Replicas: s.options.Replicas,
		})
		if errors.Is(err, jetstream.ErrBucketExists) { // another collector was quicker, with other settings
			s.bucket, err = js.KeyValue(ctx, s.options.Bucket)
		}
	}
	if err != nil {
		return fmt.Errorf("prepare bucket %s: %w", s.options.Bucket, err)
	}
	return nil
}

func (s *Sink) prepareStream(ctx context.Context) error {
	name := s.options.Stream
	stream, err := s.stream.Stream(ctx, name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		stream, err = s.stream.CreateStream(ctx, jetstream.StreamConfig{
			Name: name, Description: "activity records, one message each", Subjects: []string{Subjects},
			Storage: jetstream.FileStorage, Duplicates: s.options.Duplicates, Replicas: s.options.Replicas,
			Discard: jetstream.DiscardNew,
		})
		if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) { // another collector was quicker, with other settings
			stream, err = s.stream.Stream(ctx, name)
		}
	}
	if err != nil {
		return fmt.Errorf("prepare stream %s: %w", name, err)
	}
	config := stream.CachedInfo().Config
	switch {
	case !slices.Contains(config.Subjects, Subjects):
		return fmt.Errorf("stream %s does not listen to %s: nats stream edit %s --subjects %q", name, Subjects, name, Subjects)
	case config.Duplicates < s.options.Duplicates:
		return fmt.Errorf("stream %s recognizes duplicates for %v only, less than %v: nats stream edit %s --dupe-window %v",
			name, config.Duplicates, s.options.Duplicates, name, s.options.Duplicates)
	case config.NoAck:
		return fmt.Errorf("stream %s does not acknowledge what it stores: nats stream edit %s --ack", name, name)
	}
	return nil
}

// Close gives up the connection, and with it the leases of writers that are still open: others take
// them over when they have run out.
func (s *Sink) Close() error {
	s.once.Do(func() {
		close(s.closed)
		s.leases.Wait()
		s.conn.Close()
	})
	return nil
}
